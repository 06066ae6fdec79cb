"""How algorithms fare: medians over the samples that they were fitted to, with intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from mfg_imitation.io.reference import ENDS, PRECISION
from mfg_imitation.names import CLOSED_FORM, GAPS, ROUNDING

GAP = "nash_imitation_gap"


def summary(tables: Sequence[pd.DataFrame], resamples: int, seed: int) -> pd.DataFrame:
    """Medians over the seeds with 95% bootstrap intervals (percentiles of resampled medians).

    Args:
        tables: of one or several algorithms and games, each with a column game before the columns of
            `studies.imitation.imitators`.

    Returns:
        One row per game, experiment, demonstrations and algorithm; seeds (how many); status ("all of them", or how many
        ended how); every other column as its median; nash_imitation_gap_low and nash_imitation_gap_high; and
        <measure>_precision: of a closed form 0, else the measure's range over the seeds. The end of a search depends on
        rounding where many policies are as good, and any seed may then end where another did. Gaps are differences of
        values as large as the unit, of which they keep at least what rounding leaves. Experiments and sizes stay in the
        order of the tables, the algorithms of one lie together.
    """
    table = pd.concat(tables, ignore_index=True)
    keys = ["game", "experiment", "demonstrations", "algorithm"]
    places = [table.groupby(name, sort=False).ngroup() for name in keys]  # in order of appearance
    table = table.iloc[np.lexsort(places[::-1])]
    rows = []
    for place, group in table.groupby(keys, sort=False):
        numbers = group.drop(columns=[*keys, "seed", "status"])
        low, high = _intervals(numbers, resamples, seed)
        precision = range_of_searches(numbers, group["status"]).drop(list(ENDS), errors="ignore").fillna(0)
        precision[list(GAPS)] = precision[list(GAPS)].clip(lower=ROUNDING * numbers["unit"].max())
        named = {**dict(zip(keys, place, strict=True)), "seeds": len(group), "status": _how_they_ended(group["status"])}
        ends = {f"{GAP}_low": low[GAP], f"{GAP}_high": high[GAP]}
        precision = {**precision, **dict.fromkeys(ends, precision[GAP])}
        rows.append({**named, **numbers.median(), **ends, **{name + PRECISION: of for name, of in precision.items()}})
    return pd.DataFrame(rows)


def range_of_searches(numbers: pd.DataFrame | pd.Series, status: pd.Series) -> pd.Series | float:
    """To what precision numbers over the seeds are known: of closed forms 0, of searches their range; see `summary`."""
    return (numbers.max() - numbers.min()) * (status != CLOSED_FORM).any()


def _intervals(numbers: pd.DataFrame, resamples: int, seed: int) -> tuple[pd.Series, pd.Series]:
    """The ends of the interval of every column's median; all columns are resampled alike."""
    if len(numbers) == 1:  # nothing to resample
        return numbers.iloc[0], numbers.iloc[0]
    found = scipy.stats.bootstrap(
        (numbers.to_numpy(float),), np.median, n_resamples=resamples, method="percentile", rng=seed
    )
    return tuple(pd.Series(end, numbers.columns) for end in found.confidence_interval)


def median_interval(numbers: pd.Series, resamples: int, seed: int) -> tuple[float, float]:
    """The 95% bootstrap interval of a median, in the unit of the numbers."""
    low, high = _intervals(numbers.to_frame(), resamples, seed)
    return float(low.iloc[0]), float(high.iloc[0])


def _how_they_ended(status: pd.Series) -> str:
    counts = status.value_counts()
    return counts.index[0] if len(counts) == 1 else ", ".join(f"{word} {count}" for word, count in counts.items())
