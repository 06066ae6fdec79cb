"""What a policy does, as a table."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.games.game import Game
from mfg_imitation.studies.game_summary import places

#: Digits of the numbers: a policy of a large game has many, and readers compare no more.
DIGITS = 9


def policy_table(game: Game, policy: Float[Array, "H S A"]) -> pd.DataFrame:
    """What a policy plays, and where its own population is: one row per step, state and action that is played there.

    Returns:
        Columns step, state, action, probability (above 0), population (share in the state at the step); for a game with
        geometry also row and column, and floor where there are several.
    """
    flow, policy = np.asarray(population_flow(game, policy)), np.asarray(jnp.asarray(policy))
    step, state, action = np.nonzero(policy > 0)
    columns = {"step": step, "state": np.asarray(game.states)[state], "action": np.asarray(game.actions)[action]}
    numbers = {"probability": policy[step, state, action], "population": flow[step, state]}
    rounded = {name: [float(f"{value:.{DIGITS}g}") for value in column] for name, column in numbers.items()}
    return pd.DataFrame({**columns, **places(game, state), **rounded})
