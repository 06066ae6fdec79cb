"""Medians over seeds, with intervals."""

import numpy as np
import pandas as pd
from scipy.stats import bootstrap


def summary(table: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Medians over the seeds with 95% bootstrap intervals (percentiles of resampled medians).

    Returns:
        One row per game, experiment, demonstrations and algorithm; every other column of `imitators` but the seed as
        its median, and nash_imitation_gap_low and nash_imitation_gap_high.
    """
    keys = ["game", "experiment", "demonstrations", "algorithm"]
    rows = []
    for place, group in table.groupby(keys, sort=False):
        medians = group.drop(columns=[*keys, "seed"]).median()
        sample = group["nash_imitation_gap"].to_numpy()
        low = high = sample[0]
        if np.ptp(sample) > 0:  # where all agree there is nothing to resample
            found = bootstrap((sample,), np.median, n_resamples=resamples, method="percentile", rng=seed)
            low, high = found.confidence_interval
        ends = {"nash_imitation_gap_low": low, "nash_imitation_gap_high": high}
        rows.append({**dict(zip(keys, place, strict=True)), "seeds": len(group), **medians, **ends})
    return pd.DataFrame(rows)
