"""Which imitator is the better one: paired differences over the samples, ties by tolerance, both gaps counted."""

import warnings

import numpy as np
import pandas as pd
import scipy
from jaxtyping import Float

#: Losses that differ by less than this share of the range of rewards times the horizon are equal: solvers stop there.
TIE = 1e-4

#: A difference is one where Wilcoxon's signed-rank test finds it with a chance of error below this.
LEVEL = 0.05

#: A loss of at most this much more than the best is near it.
NEAR = 0.1

#: What stands for all experiments together.
ALL = "all"

#: What every algorithm is held against, beside the best.
BASELINE = "bc"


def ranking(table: pd.DataFrame) -> pd.DataFrame:
    """The algorithms of one game, compared on the same samples.

    What an imitator loses is the larger of its Nash imitation gap and of what its population earns less than the
    experts: a crowd that is lost altogether has nothing to gain from deviating, and is not the best for that.

    Args:
        table: of one game and any algorithms, the columns game, experiment, demonstrations, algorithm, seed,
            nash_imitation_gap, population_value_gap and unit of `studies.imitation.imitators`.

    Returns:
        One row per experiment, demonstrations and algorithm: game and these; loss (median over the seeds, units of
        reward); best (the algorithm with the least median); near (its loss is within `NEAR` of the best's, or tied);
        behind (median of the paired differences from the best's, 0 where tied) and behind_p (of Wilcoxon's
        signed-rank test of them, two-sided, differences below the tolerance counting as 0); alone (it is the best, and
        all others are behind at `LEVEL`); behind_bc, behind_bc_p, the same differences from behavioral cloning;
        worse_than_bc and better_than_bc, at `LEVEL`.
    """
    table = table.assign(loss=table[["nash_imitation_gap", "population_value_gap"]].max(axis=1))
    rows = []
    for (experiment, size), cell in table.groupby(["experiment", "demonstrations"], sort=False):
        losses = cell.pivot_table(index="seed", columns="algorithm", values="loss", sort=False)
        tie = TIE * cell["unit"].iloc[0]
        medians = losses.median()
        best = medians.idxmin()
        found = pd.DataFrame({"loss": medians, "best": best, "near": medians <= (1 + NEAR) * medians[best] + tie})
        for name, other in (("behind", best), ("behind_bc", BASELINE)):
            differences = losses.sub(losses[other], axis=0) if other in losses else losses * np.nan
            tied = untied(differences, cell["unit"].iloc[0])
            found[name], found[f"{name}_p"] = tied.median(), tied.apply(chance)
        behind = (found["behind_p"] < LEVEL) & (found["behind"] > 0)
        found["alone"] = (found.index == best) & (behind.sum() == len(found) - 1) & (len(found) > 1)
        for name, sign in (("worse_than_bc", 1), ("better_than_bc", -1)):
            found[name] = (found["behind_bc_p"] < LEVEL) & (sign * found["behind_bc"] > 0)
        place = {"game": cell["game"].iloc[0], "experiment": experiment, "demonstrations": size}
        rows.append(found.rename_axis("algorithm").reset_index().assign(**place))
    columns = ["game", "experiment", "demonstrations", "algorithm"]
    ranked = pd.concat(rows, ignore_index=True)
    return ranked[[*columns, *ranked.columns.difference(columns, sort=False)]]


def untied(differences: pd.DataFrame | pd.Series, unit: float) -> pd.DataFrame | pd.Series:
    """Differences of losses, with 0 for those of at most `TIE` of the unit: the rewards' range times the horizon."""
    return differences.mask(differences.abs() <= TIE * unit, 0.0)


def chance(differences: Float[pd.Series, " seeds"]) -> float:
    """The p-value of no difference, by Wilcoxon's signed-rank test, two-sided; 1 where all are tied."""
    told = differences.dropna()
    if told.empty:
        return np.nan
    if not told.any():
        return 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few seeds, or ties among them, leave an approximate distribution
        return float(scipy.stats.wilcoxon(told, zero_method="zsplit").pvalue)


def tally(ranked: pd.DataFrame) -> pd.DataFrame:
    """Over the cells of `ranking` (a game and an experiment, with the most demonstrations): who is near the best.

    Returns:
        One row per experiment and algorithm, and one per algorithm for all experiments together ("all"): experiment,
        algorithm, cells (how many it was fitted in), near, alone, worse_than_bc and better_than_bc (how many of them),
        near_share, and compared (whether the algorithm was fitted in several games, where there are several).
    """
    most = ranked.groupby(["game", "experiment"])["demonstrations"].transform("max")
    cells = ranked[ranked["demonstrations"] == most]
    groups = pd.concat([cells, cells.assign(experiment=ALL)]).groupby(["experiment", "algorithm"], sort=False)
    counts = groups[["near", "alone", "worse_than_bc", "better_than_bc"]].sum().astype(int)
    counts.insert(0, "cells", groups.size())
    counts = counts.assign(near_share=counts["near"] / counts["cells"]).reset_index()
    games = cells.groupby("algorithm")["game"].nunique()
    return counts.assign(compared=counts["algorithm"].map(games) >= min(2, cells["game"].nunique()))
