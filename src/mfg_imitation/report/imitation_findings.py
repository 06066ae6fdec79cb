"""What the page on imitation says of its tables in sentences."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mfg_imitation.names import GAPS
from mfg_imitation.report.cells import number
from mfg_imitation.report.findings import (
    behind_cloning,
    ends,
    exact,
    lost_crowds,
    optima_apart,
    wide,
    with_most_demonstrations,
)
from mfg_imitation.report.literal import literal

GAP = "nash_imitation_gap"

#: The experiments in which labels are noisy alike in all states.
NOISY = ("label_noise", "label_noise_0.2")


def words(name: str) -> str:
    """A name as one reads it."""
    return name.replace("_", " ")


def tally_said(tally: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """How often every imitator is near the best, over all experiments."""
    whole = tally[(tally["experiment"] == "all") & tally["compared"].astype(bool)]
    whole = whole.sort_values("near_share", ascending=False, kind="stable")
    return [
        f"**{labels[row.algorithm]}** is within 10% of the best in {row.near} of {row.cells} pairs of game and "
        f"experiment ({row.near_share:.0%}), alone "
        f"the best in {row.alone}, better than BC in {row.better_than_bc} and worse in {row.worse_than_bc}."
        for row in whole.itertuples()
    ]


def reasons_said(
    frame: pd.DataFrame, ranked: pd.DataFrame, labels: Mapping[str, str], experiments: Sequence[str]
) -> list[str]:
    """Why some imitators do better: what the tables have of it."""
    most, lines = with_most_demonstrations(frame), []
    if "clean" in experiments and (found := exact(most, "bc", "clean"))[1]:
        lines.append(
            f"**BC is exact where experts are pure and labels are clean**: each state shows the one action that is "
            f"played there. Its median gap is 0 in "
            f"{found[0]} of {found[1]} games."
        )
    for name in NOISY:
        for game in frame.loc[frame["experiment"] == name, "game"].unique():
            apart = ends(frame, game, name)
            if "mfc_adv" in apart and apart["mfc_adv"].most >= 100 * apart["mfc_adv"].fewest:
                told = "; ".join(
                    f"{labels[key]} {number(one.with_fewest)} and {number(one.with_most)}"
                    for key, one in apart.items()
                    if key in ("bc", "mfc_adv", "likelihood")
                )
                lines.append(
                    f"**Matching occupancies does not become exact with more noisy labels**: the occupancy that they "
                    f"converge to is not the expert's. "
                    f"Median gaps in {literal(words(game))} ({words(name)}) with {apart['mfc_adv'].fewest} and with "
                    f"{apart['mfc_adv'].most} "
                    f"demonstrations: {told}."
                )
    behind = behind_cloning(ranked, "mfc_adv")
    if len(behind):
        groups = behind.groupby("game", sort=False)
        where = "; ".join(
            f"{literal(words(game))}: {', '.join(map(words, rows['experiment']))}" for game, rows in groups
        )
        lines.append(
            f"**MFC-ADV does worse than BC** in {len(behind)} pairs of game and experiment"
            + (f" ({where})" if where else "")
            + ": what it matches is noisy in the population as well as in the actions, and it trades one against the "
            "other."
        )
    lost = lost_crowds(most, ranked)
    if len(lost):
        worst = lost.loc[lost["population_value_gap"].idxmax()]
        lines.append(
            f"**A small Nash imitation gap can be a lost crowd**: in {len(lost)} cases the least gap belongs to an "
            f"imitator that is not near the best. "
            f"The worst is {labels[worst['algorithm']]} in {literal(words(worst['game']))} "
            f"({words(worst['experiment'])}): its gap is "
            f"{number(worst[GAP])}, but its population earns {number(worst['population_value_gap'])} less than the "
            f"experts'."
        )
    return lines


def left_out_table(frame: pd.DataFrame, experiments: Sequence[str]) -> pd.DataFrame:
    """Which experiments were not done in which games: columns game and left out; no rows where all were done."""
    done = set(zip(frame["game"], frame["experiment"], strict=True))
    missing = {
        game: [words(name) for name in sorted(experiments) if (game, name) not in done]
        for game in sorted(frame["game"].unique())
    }
    rows = [(words(game), ", ".join(names)) for game, names in missing.items() if names]
    return pd.DataFrame(rows, columns=["game", "left out"])


def optima_table(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Median gaps at two optima of vanilla-ADV's program beside MFC-ADV's, and how far their objectives are apart."""
    most = with_most_demonstrations(frame)
    pair = optima_apart(most, "vanilla_adv", "vanilla_adv_simplex")
    shown = pd.DataFrame(
        {
            "game": pair.index.get_level_values("game"),
            "experiment": pair.index.get_level_values("experiment"),
            "interior point": pair[GAP, "vanilla_adv"].to_numpy(),
            "simplex": pair[GAP, "vanilla_adv_simplex"].to_numpy(),
            "MFC-ADV": wide(most, ["mfc_adv"]).loc[pair.index, "mfc_adv"].to_numpy(),
        }
    )
    apart = (pair["objective", "vanilla_adv"] - pair["objective", "vanilla_adv_simplex"]).abs().max()
    said = (
        f"The medians of the two objectives differ by at most {number(apart)}. MFC-ADV stands beside them for "
        f"comparison."
        if len(pair)
        else ""
    )
    return shown, said


def sums_and_maxima(frame: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Median gaps where the sum of the steps' distances is minimised, and where their maximum is."""
    names = ["vanilla_adv", "vanilla_adv_max", "mfc_adv", "mfc_adv_max"]
    shown = wide(with_most_demonstrations(frame), names).dropna()
    return shown.rename(columns=labels).reset_index().rename_axis(columns=None)


def all_imitators(frame: pd.DataFrame, labels: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """All medians with the most demonstrations, and the formats of the columns of numbers."""
    errors = [name for name in frame if f"empirical_{name}" in frame]
    columns = {
        "label_noise": "label noise found",
        "objective": "objective",
        "status": "status",
        "iterations": "iterations",
    }
    columns |= {"certificate": "certificate"} | {name: f"{labels.get(name, name)} error" for name in errors} | GAPS
    final = with_most_demonstrations(frame)[["game", "experiment", "demonstrations", "seeds", "algorithm", *columns]]
    final = final.assign(algorithm=final["algorithm"].map(labels), experiment=final["experiment"].map(words))
    counted = [name for name in columns.values() if name != "status"]
    return final.rename(columns=columns).reset_index(drop=True), dict.fromkeys(counted, "{:.3g}")


def compared_in_pairs(ranked: pd.DataFrame, labels: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """What every imitator loses, and its paired differences, with the most demonstrations; and formats."""
    frame = with_most_demonstrations(ranked)
    frame = frame.assign(
        algorithm=frame["algorithm"].map(labels),
        best=frame["best"].map(labels),
        experiment=frame["experiment"].map(words),
    )
    shown = ["game", "experiment", "algorithm", "loss", "best", "behind", "behind_p", "behind_bc", "behind_bc_p"]
    numbers = ("loss", "behind", "behind p", "behind bc", "behind bc p")
    return frame[shown].rename(columns=words).reset_index(drop=True), dict.fromkeys(numbers, "{:.3g}")


def of_largest_populations(populations: pd.DataFrame) -> pd.DataFrame:
    """The estimates in the largest populations that were simulated."""
    columns = ["game", "alpha", "estimate", "n_players", "mean", "low", "high", "exact", "error", "slope"]
    return populations.loc[populations["n_players"] == populations["n_players"].max(), columns]


def brackets_table(populations: pd.DataFrame) -> pd.DataFrame:
    """How often the bracket of the two estimates holds the exact gap."""
    brackets = populations[populations["estimate"] == "plug_in"].rename(columns={"mean": "plug-in"})
    return brackets[["game", "alpha", "n_players", "exact", "plug-in", "rare", "covered"]]
