"""How the imitators fare: the gap against the number of demonstrations, and all experiments at a glance."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, TEXT_WIDTH, add_axes, labelled, styled

#: What stands on a logarithmic axis for 0, and for all that float64 cannot tell from it over a horizon.
NOTHING = 1e-12

#: The two ways to measure the gap in finite populations, in words.
ESTIMATES = {"plug_in": "plug-in", "deviation_gain": "deviation gain"}

#: Panels in a line, at most.
ACROSS = 4


@figure(
    "games/{game}/imitators",
    tables=("games/{game}/imitators", "algorithms"),
    games="imitated",
    caption="{game}: the Nash imitation gap of fitted policies against the number of demonstrations, medians over the "
    "samples with 95% bootstrap intervals.",
    alt="Nash imitation gap against the number of demonstrations, {game}",
)
def learning_figure(frame: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """The Nash imitation gap against the number of demonstrations, a panel for every experiment of one game.

    Lines are medians over the seeds, bands their bootstrap intervals; what is below `NOTHING` is drawn at the bottom.

    Args:
        frame: one row per experiment, demonstrations and algorithm: those, and nash_imitation_gap with
            nash_imitation_gap_low and nash_imitation_gap_high (reward, summed over steps).
        algorithms: their name, label and variant_of; variants are left out.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    gap, curves = "nash_imitation_gap", _curves(frame, algorithms)
    check_table(frame, "the table of imitators", ("experiment", "demonstrations", "algorithm", gap))
    experiments = list(frame["experiment"].unique())
    highest = max(frame[f"{gap}_high"].max(), 10 * NOTHING)
    visible = frame.loc[frame[f"{gap}_low"] > NOTHING, f"{gap}_low"]
    floor = 10 ** np.floor(np.log10(visible.min() if len(visible) else NOTHING) - 0.5)
    with styled():
        titles = [title(experiment.replace("_", " ")) for experiment in experiments]
        names = "demonstrations", "Nash imitation gap"
        figure, panels = small_panels(titles, *names, across=ACROSS, gutter=0.2, looks=curves)
        for number, (experiment, axes) in enumerate(zip(experiments, panels, strict=True)):
            axes.set_ylim(floor, 2 * highest)
            _draw(axes, frame[frame["experiment"] == experiment], gap, floor, curves)
            axes.tick_params(labelleft=number % ACROSS == 0)
    return figure


@figure(
    "imitation/matrix",
    tables=("imitators", "algorithms"),
    caption="The median Nash imitation gap of every algorithm in every game and experiment, with the most "
    "demonstrations; the best of a row is bold, and what is empty was not fitted.",
    alt="Median Nash imitation gap of every algorithm in every game and experiment",
)
def matrix_figure(frame: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """The median Nash imitation gap of every algorithm in every game and experiment, with the most demonstrations.

    The darker a cell, the larger the gap; the best of a row is bold.

    Args:
        frame: columns game, experiment, demonstrations, algorithm, nash_imitation_gap.
        algorithms: their name, label and variant_of; variants are left out.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    gap, curves = "nash_imitation_gap", _curves(frame, algorithms)
    check_table(frame, "the table of imitators", ("game", "experiment", "demonstrations", "algorithm", gap))
    most = frame[frame["demonstrations"] == frame.groupby(["game", "experiment"])["demonstrations"].transform("max")]
    cells = most.set_index(["game", "experiment", "algorithm"])[gap].unstack()[list(curves)]  # noqa: PD010
    values = np.maximum(cells.to_numpy(), NOTHING)
    left, right, top, row = 2.1, 0.1, 0.34, 0.19
    total = top + len(cells) * row + 0.08
    with styled(**{"axes.grid": False}):
        figure = Figure(figsize=(TEXT_WIDTH, total))
        axes = add_axes(figure, left, 0.08, TEXT_WIDTH - left - right, len(cells) * row)
        axes.imshow(values, norm=LogNorm(1e-6, 1e3, clip=True), cmap="Greys", aspect="auto", alpha=0.6)
        for (i, j), value in np.ndenumerate(values):
            if np.isnan(value):  # not fitted there
                continue
            best = value <= np.nanmin(values[i]) * (1 + 1e-9)
            text = f"{value:.2g}" if value > NOTHING else "0"
            axes.text(j, i, text, ha="center", va="center", fontsize=7, fontweight="bold" if best else "normal")
        labels = [f"{title(game)}, {title(experiment)}".replace("_", " ") for game, experiment in cells.index]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xticks(range(len(curves)), [look["label"] for look in curves.values()])
        axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
        for label, look in zip(axes.get_xticklabels(), curves.values(), strict=True):
            label.set_color(look["color"])
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


@figure(
    "imitation/finite_populations",
    tables=("finite_populations",),
    caption="Finite populations: the error of both estimates of the Nash imitation gap against the number of players.",
    alt="Error of both estimates of the gap against the number of players",
)
def players_figure(frame: pd.DataFrame) -> Figure:
    """The error of both empirical gaps against the number of players, with fitted slopes.

    One column of panels for every game, one row for every distance from its expert.

    Args:
        frame: columns game, alpha (distance from the expert), estimate (plug_in or deviation_gain), n_players, error
            (root mean square, reward), slope.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of populations", ("game", "alpha", "estimate", "n_players", "error", "slope"))
    games, alphas = (list(frame[name].unique()) for name in ("game", "alpha"))
    places = list(itertools.product(alphas, games))
    titles = [rf"{title(game.replace('_', ' '))}, $\alpha = {alpha:g}$" for alpha, game in places]
    with styled():
        figure, panels = small_panels(titles, "players", "error", across=len(games), gutter=0.42, height=1.4)
        for (alpha, game), axes in zip(places, panels, strict=True):
            here = frame[(frame["game"] == game) & (frame["alpha"] == alpha) & (frame["error"] > 0)]
            for (estimate, words), color in zip(ESTIMATES.items(), STATES, strict=False):
                line = here[here["estimate"] == estimate]
                if line.empty:
                    continue
                axes.plot(line["n_players"], line["error"], marker="o", markersize=2.5, linewidth=1.1, color=color)
                first = (line["n_players"].iloc[0], line["error"].iloc[0])
                text = f"{words}: $N^{{{line['slope'].iloc[0]:.2f}}}$"
                axes.annotate(text, first, (4, 6), textcoords="offset points", color=color, annotation_clip=False)
            axes.margins(x=0.08, y=0.2)
            few_ticks(axes.xaxis, axes.yaxis)
    return figure


@figure(
    "imitation/which",
    tables=("tally", "algorithms"),
    caption="Which imitator when: in how many games of an experiment every algorithm loses at most 10% more than the "
    "best (the larger of both gaps, median over the samples, most demonstrations).",
    alt="Number of games in which every algorithm is near the best, by experiment",
)
def tally_figure(frame: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """In what share of the games every algorithm is near the best: a line for each, a column for every experiment.

    Those that are near the best most often stand on top; the darker, the more often. Algorithms that were fitted in one
    game only are left out.

    Args:
        frame: columns experiment, algorithm, cells, compared and near, as of `studies.ranking.tally`.
        algorithms: their name and label.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the tally", ("experiment", "algorithm", "cells", "compared", "near"))
    frame = frame[frame["compared"]]
    labels = dict(zip(algorithms["name"], algorithms["label"], strict=True))
    places = {"index": "algorithm", "columns": "experiment", "sort": False}
    wide = {name: frame.pivot_table(values=name, **places) for name in ("cells", "near")}
    share = wide["near"] / wide["cells"]
    order = share.iloc[:, -1].sort_values(ascending=False, kind="stable").index
    share, near, cells = (table.loc[order] for table in (share, wide["near"], wide["cells"]))
    left, right, top, row = 1.7, 0.1, 0.62, 0.2
    with styled(**{"axes.grid": False}):
        figure = Figure(figsize=(TEXT_WIDTH, top + len(share) * row + 0.08))
        axes = add_axes(figure, left, 0.08, TEXT_WIDTH - left - right, len(share) * row)
        axes.imshow(share, vmin=0, vmax=1, cmap="Greys", aspect="auto", alpha=0.6)
        for (i, j), value in np.ndenumerate(share.to_numpy()):
            if not np.isnan(value):
                text = f"{near.iloc[i, j]:.0f}/{cells.iloc[i, j]:.0f}"
                axes.text(j, i, text, ha="center", va="center", fontsize=7)
        axes.set_yticks(range(len(share)), [labels[name] for name in share.index])
        names = [title(name.replace("_", " ")) for name in share]
        axes.set_xticks(range(share.shape[1]), names, rotation=30, ha="left")
        axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


def _curves(frame: pd.DataFrame, algorithms: pd.DataFrame) -> dict[str, dict]:
    """How the algorithms look that the frame has, variants of others aside."""
    shown = algorithms["variant_of"].isna() & algorithms["name"].isin(set(frame["algorithm"]))
    return labelled(algorithms[shown])


def _draw(axes: Axes, here: pd.DataFrame, gap: str, floor: float, curves: dict[str, dict]) -> None:
    for algorithm, look in curves.items():
        line = here[here["algorithm"] == algorithm].sort_values("demonstrations")
        middle, low, high = (np.maximum(line[f"{gap}{end}"], floor) for end in ("", "_low", "_high"))
        axes.fill_between(line["demonstrations"], low, high, color=look["color"], alpha=0.18, linewidth=0)
        axes.plot(line["demonstrations"], middle, marker="o", markersize=2, **look)
    few_ticks(axes.xaxis, axes.yaxis)
