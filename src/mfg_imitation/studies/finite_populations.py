"""How many players show the Nash imitation gap: both estimates against the exact one, as populations grow."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.empirical_gap import EmpiricalGap, empirical_nash_imitation_gap, estimate_of
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.games.game import Game

#: The two estimates of `EmpiricalGap`.
ESTIMATES = ("plug_in", "deviation_gain")

#: How many repetitions stand behind each of the brackets whose coverage is counted.
BRACKETED = 20

#: How often each of a bracket's two intervals is to hold its estimate's mean.
CONFIDENCE = 0.95


def finite_populations(
    game: Game, policy: Float[Array, "H S A"], n_players: Sequence[int], repetitions: int, seed: int
) -> pd.DataFrame:
    """Both estimates at every number of players, each with its error over independent populations.

    Returns:
        One row per estimate and number of players: estimate, n_players, repetitions, mean, low, high (95% interval of
        the mean), exact, error (root mean square over the repetitions), all in units of reward over the horizon; slope,
        fitted to log error against log n_players, the same in all rows of an estimate (missing for a single number);
        rare and covered, the same in both rows of a number of players: `EmpiricalGap.rare`, and the share of the
        brackets of `BRACKETED` repetitions each that hold the exact gap (missing where there are fewer repetitions).
    """
    exact = float(nash_imitation_gap(game, policy))
    found = {n: empirical_nash_imitation_gap(game, policy, n, repetitions, seed + i) for i, n in enumerate(n_players)}
    frames = []
    for name in ESTIMATES:
        rows = []
        for n, gap in found.items():
            estimate = getattr(gap, name)
            error = np.sqrt(np.mean((estimate.repetitions - exact) ** 2))
            interval = estimate.mean, estimate.low, estimate.high
            rows.append((name, n, repetitions, *interval, exact, error, gap.rare, _covered(gap, exact)))
        columns = ["estimate", "n_players", "repetitions", "mean", "low", "high", "exact", "error", "rare", "covered"]
        frame = pd.DataFrame(rows, columns=columns)
        fits = len(frame) > 1 and (frame["error"] > 0).all()
        slope = np.polyfit(np.log(frame["n_players"]), np.log(frame["error"]), 1)[0] if fits else np.nan
        frames.append(frame.assign(slope=slope))
    return pd.concat(frames, ignore_index=True)


def _covered(gap: EmpiricalGap, exact: float) -> float:
    """The share of brackets, of so many repetitions each, that hold the exact gap."""
    brackets = len(gap.plug_in.repetitions) // BRACKETED
    if not brackets:
        return np.nan
    gains, plug_ins = (
        np.reshape(getattr(gap, name).repetitions[: brackets * BRACKETED], (brackets, BRACKETED))
        for name in ("deviation_gain", "plug_in")
    )
    low = np.array([estimate_of(numbers, CONFIDENCE).low for numbers in gains])
    high = np.array([estimate_of(numbers, CONFIDENCE).high for numbers in plug_ins])
    return float(np.mean((low <= exact) & (exact <= high)))
