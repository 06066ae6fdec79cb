"""What it is worth to ask the expert where the imitators come: the gap against the number of answers (ours)."""

import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.dagger import POPULATIONS, dagger
from mfg_imitation.imitation.demonstrations import Demonstrations, empirical_occupancy, sample_demonstrations


def queries(
    game: Game, expert: Float[Array, "H S A"], rounds: int, queries_per_round: int, seeds: int, seed: int
) -> pd.DataFrame:
    """DAgger in both populations after every round, beside behavioral cloning of as many recorded actions.

    Args:
        rounds, queries_per_round: see `dagger`.
        seeds: how many runs, with seed, seed + 1, ...

    Returns:
        One row per method (bc, dagger_own, dagger_experts), seed and round: those two, queries (answers, or recorded
        actions), nash_imitation_gap (reward, summed over steps).

    Raises:
        InputError: a number out of its range.
    """
    frames = []
    for one in range(seed, seed + seeds):
        fits = {f"dagger_{kind}": dagger(game, expert, rounds, queries_per_round, one, kind) for kind in POPULATIONS}
        asked = np.asarray(fits["dagger_own"].queries)
        sample = sample_demonstrations(game, expert, int(asked[-1]) // game.horizon, one)
        parts = (np.reshape(kind, (rounds, -1, game.horizon)) for kind in (sample.states, sample.actions))
        counted = np.cumsum(empirical_occupancy(Demonstrations(*parts), game), axis=0)
        policies = {"bc": cloned_policy(counted)} | {name: fit.policies for name, fit in fits.items()}
        for name, fitted in policies.items():
            gaps = np.asarray(nash_imitation_gap(game, fitted))
            frames.append(pd.DataFrame({"method": name, "seed": one, "queries": asked, "nash_imitation_gap": gaps}))
    return pd.concat(frames, ignore_index=True)
