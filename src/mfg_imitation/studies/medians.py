"""How algorithms fare: medians over the samples that they were fitted to, with intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import bootstrap


def summary(tables: Sequence[pd.DataFrame], resamples: int, seed: int) -> pd.DataFrame:
    """Medians over the seeds with 95% bootstrap intervals of the Nash imitation gap (percentiles of resampled medians).

    Args:
        tables: of one or several algorithms and games, each with a column game before the columns of
            `studies.imitation.imitators`.

    Returns:
        One row per game, experiment, demonstrations and algorithm; seeds (how many); status ("all of them", or how many
        ended how); every other column as its median; nash_imitation_gap_low and nash_imitation_gap_high. Experiments
        and sizes stay in the order of the tables, the algorithms of one lie together.
    """
    table = pd.concat(tables, ignore_index=True)
    keys = ["game", "experiment", "demonstrations", "algorithm"]
    places = [table.groupby(name, sort=False).ngroup() for name in keys]  # in order of appearance
    table = table.iloc[np.lexsort(places[::-1])]
    rows = []
    for place, group in table.groupby(keys, sort=False):
        medians = group.drop(columns=[*keys, "seed", "status"]).median()
        sample = group["nash_imitation_gap"].to_numpy()
        low = high = sample[0]
        if np.ptp(sample) > 0:  # where all agree there is nothing to resample
            found = bootstrap((sample,), np.median, n_resamples=resamples, method="percentile", rng=seed)
            low, high = found.confidence_interval
        ends = {"nash_imitation_gap_low": low, "nash_imitation_gap_high": high}
        named = {**dict(zip(keys, place, strict=True)), "seeds": len(group), "status": _how_they_ended(group["status"])}
        rows.append({**named, **medians, **ends})
    return pd.DataFrame(rows)


def _how_they_ended(status: pd.Series) -> str:
    counts = status.value_counts()
    return counts.index[0] if len(counts) == 1 else ", ".join(f"{word} {count}" for word, count in counts.items())
