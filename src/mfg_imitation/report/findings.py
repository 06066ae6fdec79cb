"""What pages say of tables in sentences: counts, winners, ties and extremes. Here they are computed, there said."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from mfg_imitation.games.declaration import pairs
from mfg_imitation.names import ROUNDING

#: Gaps below this are drawn and counted as 0.
NOTHING = ROUNDING


def with_most_demonstrations(imitators: pd.DataFrame) -> pd.DataFrame:
    """Of each game and experiment, the rows with the most demonstrations that were tried."""
    most = imitators.groupby(["game", "experiment"])["demonstrations"].transform("max")
    return imitators[imitators["demonstrations"] == most]


def wide(imitators: pd.DataFrame, algorithms: list[str], column: str = "nash_imitation_gap") -> pd.DataFrame:
    """A column of `with_most_demonstrations`, one row per game and experiment, one column per algorithm."""
    table = imitators.pivot_table(index=["game", "experiment"], columns="algorithm", values=column)
    places = imitators[["game", "experiment"]].drop_duplicates()
    return table.reindex(index=pd.MultiIndex.from_frame(places), columns=algorithms)


def exact(imitators: pd.DataFrame, algorithm: str, experiment: str) -> tuple[int, int]:
    """In how many games of an experiment an algorithm's median gap is 0 (below `NOTHING`), and of how many.

    Args:
        imitators: `with_most_demonstrations`.
    """
    here = imitators[(imitators["algorithm"] == algorithm) & (imitators["experiment"] == experiment)]
    return int((here["nash_imitation_gap"] <= NOTHING).sum()), len(here)


class Ends(NamedTuple):
    """An algorithm's median gap with the fewest and with the most demonstrations."""

    fewest: int
    with_fewest: float
    most: int
    with_most: float


def ends(imitators: pd.DataFrame, game: str, experiment: str) -> dict[str, Ends]:
    """What more demonstrations were worth to every algorithm in one game and experiment."""
    here = imitators[(imitators["game"] == game) & (imitators["experiment"] == experiment)]
    found = {}
    for algorithm, rows in here.groupby("algorithm", sort=False):
        gaps = rows.set_index("demonstrations")["nash_imitation_gap"].sort_index()
        found[algorithm] = Ends(int(gaps.index[0]), float(gaps.iloc[0]), int(gaps.index[-1]), float(gaps.iloc[-1]))
    return found


def lost_crowds(imitators: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Imitators with the least Nash imitation gap of all that are not near the best: their own population earns less.

    Args:
        imitators: `with_most_demonstrations`.
        ranked: `studies.ranking.ranking` of the same games.

    Returns:
        The rows of `imitators` that they are.
    """
    keys = ["game", "experiment", "demonstrations", "algorithm"]
    joined = imitators.merge(ranked[[*keys, "near"]], on=keys)
    least = joined.groupby(["game", "experiment"])["nash_imitation_gap"].transform("min")
    return joined[(joined["nash_imitation_gap"] <= least + NOTHING) & ~joined["near"].astype(bool)]


def behind_cloning(ranked: pd.DataFrame, algorithm: str) -> pd.DataFrame:
    """Where an algorithm does worse than behavioral cloning on the same samples, with the most demonstrations."""
    most = with_most_demonstrations(ranked)
    return most[(most["algorithm"] == algorithm) & most["worse_than_bc"].astype(bool)]


def optima_apart(imitators: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Where two solvers of one program end in different optima: both gaps, and both objectives, row by row.

    Nothing where one of them was not fitted.

    Args:
        imitators: `with_most_demonstrations`.
        one, other: the two algorithms.
    """
    pair = imitators[imitators["algorithm"].isin([one, other])]
    values = ["objective", "nash_imitation_gap"]
    pair = pair.pivot_table(index=["game", "experiment"], columns="algorithm", values=values, sort=False)
    pair = pair.reindex(columns=pd.MultiIndex.from_product([values, [one, other]])).dropna()
    return pair[pair["nash_imitation_gap"].max(axis=1) > NOTHING]


def verdicts(card: pd.DataFrame) -> pd.DataFrame:
    """How many claims of a scorecard hold, fail, and were not measured: one row for each gap, "" for claims of none."""
    gap = card["gap"].fillna("")
    counts = pd.crosstab(gap, card["verdict"])
    return counts.reindex(columns=["holds", "fails", "not measured"], fill_value=0)


def failing(card: pd.DataFrame, gap: str) -> list[str]:
    """The claims that fail for a gap."""
    return card.loc[(card["gap"] == gap) & (card["verdict"] == "fails"), "claim"].tolist()


def largest_gaps(paths: pd.DataFrame, gaps: list[str]) -> pd.DataFrame:
    """The largest of each gap on every path away from an expert."""
    return paths.groupby("towards", sort=False)[gaps].max()


def rules(declaration: Mapping) -> pd.DataFrame:
    """What a declared game says of every state and action, in its own words.

    Returns:
        One row per pair: state, action, goes to, reward, and by every: which of the two the file leaves to `every`.
    """
    states, actions = tuple(declaration["states"]), tuple(declaration["actions"])
    tables = [list(pairs(declaration[key], states, actions, key)) for key in ("transition", "reward")]
    rows = []
    for (s, a, successors, _), (_, _, reward, _) in zip(*tables, strict=True):
        left = [key for key in ("transition", "reward") if actions[a] not in declaration[key].get(states[s], {})]
        goes = ", ".join(f"{successor}: {chance}" for successor, chance in successors.items())
        rows.append((states[s], actions[a], goes, str(reward), " and ".join(left)))
    return pd.DataFrame(rows, columns=["state", "action", "goes to", "reward", "by every"])


def after_all_answers(queries: pd.DataFrame) -> pd.DataFrame:
    """Median gaps over the seeds after the last round: one row per game, queries and one column for every method."""
    last = queries[queries["queries"] == queries.groupby("game")["queries"].transform("max")]
    medians = last.pivot_table(
        index=["game", "queries"], columns="method", values="nash_imitation_gap", aggfunc="median"
    )
    return medians.reset_index().rename_axis(columns=None)


def without_kernel(unknown: pd.DataFrame) -> pd.DataFrame:
    """Median gaps over the seeds of those who know the kernel and of those who simulated most.

    Returns:
        One row per case: case, player_steps, bc, mfc_adv, mfc_adv_simulated, and apart, the median over the seeds of
        the relative difference of the last two.
    """
    rows = []
    for case, here in unknown.groupby("case", sort=False):
        most = here["player_steps"].max()
        kept = here[(here["algorithm"] != "mfc_adv_simulated") | (here["player_steps"] == most)]
        gaps = kept.pivot_table(index="seed", columns="algorithm", values="nash_imitation_gap")
        apart = (gaps["mfc_adv_simulated"] / gaps["mfc_adv"] - 1).median()
        rows.append({"case": case, "player_steps": int(most), **gaps.median(), "apart": apart})
    return pd.DataFrame(rows)
