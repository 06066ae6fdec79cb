"""What awareness is worth, and what it costs in samples: ratios and slopes of the gaps of `studies.common_noise`."""

import numpy as np
import pandas as pd

from mfg_imitation.io.reference import PRECISION
from mfg_imitation.names import AWARENESS, SMALL_SAMPLE
from mfg_imitation.studies.medians import range_of_searches

GAP = "nash_imitation_gap"


def means_table(imitators: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Means over the samples, with intervals that resampling gives.

    Args:
        imitators: columns game, algorithm, sharing, awareness, demonstrations, seed, status, nash_imitation_gap,
            population_value_gap.

    Returns:
        One row per game, algorithm, sharing, awareness and demonstrations: seeds, nash_imitation_gap,
        population_value_gap (means), and nash_imitation_gap_low and _high, a 95% interval; and the _precision of these
        four, see `range_of_searches`.
    """
    rng = np.random.default_rng(seed)
    rows = []
    keys = ["game", "algorithm", "sharing", "awareness", "demonstrations"]
    for place, group in imitators.groupby(keys, sort=False):
        gaps = group[GAP].to_numpy()
        draws = gaps[rng.integers(len(gaps), size=(resamples, len(gaps)))]
        low, high = np.quantile(draws.mean(axis=-1), (0.025, 0.975))
        numbers = {GAP: gaps.mean(), f"{GAP}_low": low, f"{GAP}_high": high}
        value = {"population_value_gap": group["population_value_gap"].mean()}
        ranges = range_of_searches(group[[GAP, *value]], group["status"])
        precision = dict.fromkeys(numbers, ranges[GAP]) | {name: ranges[name] for name in value}
        known = {name + PRECISION: of for name, of in precision.items()}
        rows.append({**dict(zip(keys, place, strict=True)), "seeds": len(gaps), **numbers, **value, **known})
    return pd.DataFrame(rows)


def worth_of_awareness(imitators: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """How much less those lose who know the history, and how fast each class gets better with data.

    Returns:
        One row per game and algorithm: demonstrations (the most), seeds; aware and unaware, the mean gaps there; share,
        aware / unaware, with the ends of a 95% interval, share_low and share_high (samples are resampled in pairs);
        slope_AWARENESS, of the logarithm of the mean gap in the logarithm of the number of demonstrations, over the
        numbers from 100 on where the gap is not 0, with slope_AWARENESS_low and _high, missing where there are fewer
        than two; price, how many times as many demonstrations the aware need, to lose what the unaware do with 100
        (missing where they never lose as much, or so much with all); and of behavioral cloning sharing, how many share
        a history, crowd_aware, the mean gap of the aware with the most demonstrations of crowds, and crowd_worth, how
        many demonstrations that each have their own history would have done as well, as a share of these, at most 1.
        And the _precision of the mean gaps, see `range_of_searches`, and of the share.
    """
    crowds = imitators[(imitators["sharing"] > 1) & (imitators["awareness"] == "aware")].set_index(
        ["game", "algorithm"]
    )
    imitators = imitators[imitators["sharing"] == 1]
    rng = np.random.default_rng(seed)
    rows = []
    for (game, algorithm), group in imitators.groupby(["game", "algorithm"], sort=False):
        sizes = np.sort(group["demonstrations"].unique())
        table = {
            awareness: here.pivot_table(GAP, "demonstrations", "seed").loc[sizes].to_numpy()
            for awareness, here in group.groupby("awareness")
        }
        seeds = table["aware"].shape[1]
        draws = rng.integers(seeds, size=(resamples, seeds))
        means = {awareness: np.moveaxis(gaps[:, draws], 1, 0).mean(axis=-1) for awareness, gaps in table.items()}
        exact = {awareness: gaps.mean(axis=1) for awareness, gaps in table.items()}
        share = means["aware"][:, -1] / means["unaware"][:, -1]
        row = {
            "game": game,
            "algorithm": algorithm,
            "demonstrations": sizes[-1],
            "seeds": seeds,
            **{awareness: exact[awareness][-1] for awareness in AWARENESS},
            "share": exact["aware"][-1] / exact["unaware"][-1],
            "share_low": np.quantile(share, 0.025),
            "share_high": np.quantile(share, 0.975),
        }
        for awareness in AWARENESS:
            slopes = [_slope(sizes, some) for some in means[awareness]]
            known = np.array([slope for slope in slopes if np.isfinite(slope)])
            ends = np.quantile(known, (0.025, 0.975)) if known.size else (np.nan, np.nan)
            row |= {f"slope_{awareness}": _slope(sizes, exact[awareness])}
            row |= {f"slope_{awareness}_low": ends[0], f"slope_{awareness}_high": ends[1]}
        row |= dict.fromkeys(("price", "sharing", "crowd_aware", "crowd_worth"), np.nan)
        if SMALL_SAMPLE in sizes:
            level = exact["unaware"][list(sizes).index(SMALL_SAMPLE)]
            row["price"] = _size_at(sizes, exact["aware"], level) / SMALL_SAMPLE
        if (game, algorithm) in crowds.index:
            here = crowds.loc[[(game, algorithm)]]
            largest = here["demonstrations"].max()
            gap = here.loc[here["demonstrations"] == largest, GAP].mean()
            row |= {"sharing": here["sharing"].iloc[0], "crowd_aware": gap}
            as_good = gap <= exact["aware"][-1]
            row["crowd_worth"] = 1.0 if as_good else _size_at(sizes, exact["aware"], gap) / largest
        most = group[group["demonstrations"] == sizes[-1]]
        precision = {name: range_of_searches(here[GAP], here["status"]) for name, here in most.groupby("awareness")}
        of_share = (precision["aware"] + row["share"] * precision["unaware"]) / row["unaware"]  # to first order
        precision |= dict.fromkeys(("share", "share_low", "share_high"), of_share)
        rows.append({**row, **{name + PRECISION: of for name, of in precision.items()}})
    return pd.DataFrame(rows)


def _slope(sizes, gaps) -> float:
    used = (sizes >= SMALL_SAMPLE) & (gaps > 0)
    return float(np.polyfit(np.log(sizes[used]), np.log(gaps[used]), 1)[0]) if used.sum() > 1 else np.nan


def _size_at(sizes, gaps, level) -> float:
    """With how many demonstrations a falling curve comes down to a level, between sizes along straight lines in
    logarithms; NaN where it begins below or does not come so far."""
    below = np.flatnonzero(gaps <= level)
    if not below.size or not below[0] or level <= 0:
        return np.nan
    ends = np.s_[below[0] - 1 : below[0] + 1]
    logs = np.log(np.maximum(gaps[ends], np.finfo(float).tiny))
    return float(np.exp(np.interp(-np.log(level), -logs, np.log(sizes[ends]))))
