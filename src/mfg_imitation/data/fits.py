"""Algorithms fitted to a data set, and what there is to say of each fit."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.data.declaration import DataSetFile
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.proxies import Proxies, errors_of
from mfg_imitation.engine.value import reward_range
from mfg_imitation.errors import did_you_mean, one_line
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.demonstrations import empirical_occupancy, recorded_counts
from mfg_imitation.names import ROUNDING

#: What was fitted, by the name of the algorithm: an `Imitation`, or what has its fields and more.
Fits = Mapping[str, Any]


def with_starts(file: DataSetFile) -> list[str]:
    """The algorithms that a file names, and those that they start from, each behind those that it starts from.

    Raises:
        InputError: there is no algorithm of such a name.
    """
    needed, waiting = set(), list(file.declaration["algorithms"])
    while waiting:
        name = waiting.pop()
        if name not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            file.refuse("algorithms", f"names {name!r}{did_you_mean(name, ALGORITHMS)}, but there are {known}")
        needed.add(name)
        waiting += ALGORITHMS[name].starts_from
    return [name for name in ALGORITHMS if name in needed]


def fitted_to(data: Dataset, game: Game, algorithms: Sequence[str]) -> tuple[Fits, list[str]]:
    """Fit algorithms, each from those before it that it starts from; and what they warned of, a sentence each.

    No algorithm is told the population: all estimate it from the trajectories.
    """
    said, fits, remarks = data.file.declaration, {}, []
    noise = said["label_noise"]
    for name in algorithms:
        entry = ALGORITHMS[name]
        starts = [fits[before].policy for before in entry.starts_from if before in fits]
        offered: dict[str, Any] = {"iterations": said["iterations"], "seed": said["seed"], "label_noise": noise}
        if starts:
            offered["starts"] = jnp.stack(starts)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            fits[name] = jax.block_until_ready(entry.run(data.demonstrations, game, offered))
        remarks += [f"{entry.label} warns: {one_line(warning.message)}." for warning in warned]
    return fits, list(dict.fromkeys(remarks))


def fits_table(data: Dataset, game: Game, fits: Fits, goodness: pd.DataFrame | None, rewarded: bool) -> pd.DataFrame:
    """One row per algorithm.

    Args:
        goodness: see `goodness_table`; None where no population can be predicted.
        rewarded: whether the game has a reward to measure gaps in.

    Returns:
        algorithm, label; objective, status, iterations and certificate, see `Imitation`; label_noise and impossible,
        see `LikelihoodFit`, where the algorithm says them; where populations can be predicted, the errors of `PROXIES`
        against the data, and chi_square, p_value and largest of `goodness_table`, overall; with a reward,
        nash_imitation_gap and unit (the range of the rewards times the horizon).
    """
    target, rows = empirical_occupancy(data.demonstrations, game), []
    for name, fit in fits.items():
        row = {"algorithm": name, "label": ALGORITHMS[name].label}
        row |= {key: getattr(fit, key) for key in ("objective", "status", "iterations", "certificate")}
        row |= {key: getattr(fit, key, np.nan) for key in ("label_noise", "impossible")}
        if goodness is not None:
            errors = jax.jit(errors_of)(game, target, target.sum(axis=-1), fit.policy)
            numbers = (float(error) for error in errors)
            row |= {
                key: error if error > ROUNDING else 0.0 for key, error in zip(Proxies._fields, numbers, strict=True)
            }
            overall = goodness[(goodness["of"] == name) & goodness["step"].isna()].iloc[0]
            row |= {key: overall[key] for key in ("chi_square", "p_value", "largest")}
            if rewarded:
                row["nash_imitation_gap"] = float(nash_imitation_gap(game, fit.policy))
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(unit=float(reward_range(game)) * game.horizon) if "nash_imitation_gap" in table else table


def policies_table(data: Dataset, fits: Fits) -> pd.DataFrame:
    """One row per algorithm, visited step and state, and action: recorded (how often it was), and probability."""
    counts = np.asarray(recorded_counts(data.demonstrations, data.game))
    step, state = np.nonzero(counts.sum(axis=-1))
    n_actions = counts.shape[-1]
    frame = pd.DataFrame(
        {
            "step": np.repeat(step, n_actions),
            "state": np.repeat(np.array(data.game.states, object)[state], n_actions),
            "action": np.tile(np.array(data.game.actions, object), len(step)),
            "recorded": counts[step, state].ravel(),
        }
    )
    frames = [_filled(frame, name, np.asarray(fit.policy)[step, state].ravel()) for name, fit in fits.items()]
    return pd.concat(frames, ignore_index=True)


def _filled(frame: pd.DataFrame, name: str, probabilities: Float[Array, " rows"] | np.ndarray) -> pd.DataFrame:
    frame = frame.assign(probability=probabilities)
    frame.insert(0, "algorithm", name)
    return frame
