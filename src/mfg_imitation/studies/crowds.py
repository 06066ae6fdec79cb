"""Where imitators believe that they are, and where they are: the population predicted among experts, and their own."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import agent_flow_of, population_flow
from mfg_imitation.games.game import Game
from mfg_imitation.studies.game_summary import places
from mfg_imitation.studies.imitation import Fits, key

#: Digits of the shares, and the share from which on there is somebody.
DIGITS, SOMEBODY = 6, 1e-9


def crowds(
    game: Game, expert: Float[Array, "H S A"], fits: Mapping[str, Fits], experiment: str, demonstrations: int
) -> pd.DataFrame:
    """The populations of an expert and of its imitators, fitted to the first sample: a row per policy, step and state.

    Every state has a row at the first step; after that, only where somebody is.

    Args:
        fits: by algorithm, what it has fitted, see `studies.imitation.imitators`.
        experiment, demonstrations: which of these policies.

    Returns:
        Columns experiment, demonstrations, algorithm ("expert" for the expert), step, state, predicted (share in the
        state of one imitator among experts), own (share of the imitators, when all imitate); for a game with geometry
        also row and column, and floor where there are several.
    """
    place = key(experiment, demonstrations)
    policies = {"expert": expert} | {name: jnp.asarray(fit[place][0]) for name, fit in fits.items() if place in fit}
    experts, frames = population_flow(game, expert), []
    for name, policy in policies.items():
        own, predicted = np.asarray(population_flow(game, policy)), np.asarray(agent_flow_of(game, policy, experts))
        somebody = np.maximum(own, predicted) > SOMEBODY
        somebody[0] = True
        step, state = np.nonzero(somebody)
        shares = {"predicted": predicted[somebody], "own": own[somebody]}
        rounded = {column: [float(f"{share:.{DIGITS}g}") for share in values] for column, values in shares.items()}
        where = {"experiment": experiment, "demonstrations": demonstrations, "algorithm": name, "step": step}
        frames.append(
            pd.DataFrame({**where, "state": np.asarray(game.states)[state], **places(game, state), **rounded})
        )
    return pd.concat(frames, ignore_index=True)
