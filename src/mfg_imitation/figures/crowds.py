"""Where imitators believe that their crowd is, and where it is, side by side.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mfg_imitation.figures.flow import name_of
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, TEXT_WIDTH, add_axes, labelled, styled, write

#: What the expert is called beside the algorithms.
EXPERT = "expert"


@figure(
    "games/{game}/crowds",
    tables=("games/{game}/crowds", "algorithms"),
    games="imitated",
    caption="{game}: where the crowd of every imitator is when all imitate (solid), and where one imitator among "
    "experts "
    "would be (dotted), fitted to one sample.",
    alt="The population of the expert and of every imitator, predicted and own, {game}",
)
def crowds_figure(frame: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """The populations of an expert and of imitators: predicted among experts, and their own.

    For few states a panel for every imitator, a colour for every state; for many the distances from the experts'
    population.

    Args:
        frame: see `studies.crowds.crowds`.
        algorithms: their name and label.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of crowds", ("algorithm", "step", "state", "predicted", "own"))
    labels = dict(zip(algorithms["name"], algorithms["label"], strict=True)) | {EXPERT: "expert"}
    with styled():
        if frame["state"].nunique() <= len(STATES):
            return _draw_states(frame, labels)
        return _draw_distances(frame, algorithms)


def shares_of(frame: pd.DataFrame, name: str, kind: str) -> pd.DataFrame:
    """The shares of one policy: a row for every step, a column for every state in their order, 0 where none is said.

    Args:
        frame: see `studies.crowds.crowds`.
        kind: own or predicted.
    """
    here = frame[frame["algorithm"] == name]
    table = here.pivot_table(index="step", columns="state", values=kind, sort=False, fill_value=0)
    steps = range(int(frame["step"].max()) + 1)
    return table.reindex(index=steps, columns=frame["state"].drop_duplicates(), fill_value=0).fillna(0)


def _draw_states(frame: pd.DataFrame, labels: dict[str, str]) -> Figure:
    names, states = frame["algorithm"].drop_duplicates().tolist(), frame["state"].drop_duplicates().tolist()
    left, bottom, height, top, between = 0.4, 0.4, 1.15, 0.48, 0.1
    width = (TEXT_WIDTH - left - 0.1 + between) / len(names) - between
    figure = Figure(figsize=(TEXT_WIDTH, bottom + height + top))
    for number, name in enumerate(names):
        axes = add_axes(figure, left + number * (width + between), bottom, width, height)
        own, predicted = (shares_of(frame, name, kind) for kind in ("own", "predicted"))
        for state, color in zip(states, STATES, strict=False):
            axes.plot(own.index, own[state], color=color, linewidth=1.6, clip_on=False)
            axes.plot(
                predicted.index, predicted[state], color=color, linewidth=1.2, linestyle=(0, (1, 1.2)), clip_on=False
            )
        axes.set(xlim=(0, max(own.index[-1], 1)), ylim=(0, 1), yticks=[0, 0.5, 1], xlabel="step")
        axes.set_title(labels.get(name, name), pad=4)
        axes.tick_params(labelleft=number == 0)
        axes.xaxis.set_major_locator(MaxNLocator(2, integer=True, steps=[1, 2, 5, 10]))
    write(figure, "population, share", 0.05, bottom + height / 2, rotation=90, ha="left", va="center")
    lines = [
        Line2D([], [], color=color, linewidth=1.6, label=name_of(state))
        for state, color in zip(states, STATES, strict=False)
    ]
    kinds = [
        Line2D([], [], color="0.3", linewidth=1.6, label="own"),
        Line2D([], [], color="0.3", linestyle=(0, (1, 1.2)), label="predicted"),
    ]
    place = {"loc": "upper center", "ncols": len(lines) + 2, "borderaxespad": 0.2, "columnspacing": 1.4}
    figure.legend(handles=[*lines, *kinds], frameon=False, handlelength=1.8, **place)
    return figure


def _draw_distances(frame: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    looks, left, bottom, height, top, between = labelled(algorithms), 0.5, 0.4, 1.5, 0.5, 0.4
    width = (TEXT_WIDTH - left - 0.1 - between) / 2
    figure = Figure(figsize=(TEXT_WIDTH, bottom + height + top))
    shown = [name for name in frame["algorithm"].drop_duplicates() if name != EXPERT]
    experts = shares_of(frame, EXPERT, "own")
    panels = [add_axes(figure, left + i * (width + between), bottom, width, height) for i in range(2)]
    highest = 0.0
    for axes, (kind, words) in zip(
        panels, (("predicted", "predicted among experts"), ("own", "own population")), strict=True
    ):
        for name in shown:
            apart = (shares_of(frame, name, kind) - experts).abs().sum(axis=1)
            highest = max(highest, float(apart.max()))
            axes.plot(apart.index, apart.to_numpy(), **looks[name], clip_on=False)
        axes.set_title(words, pad=4)
        axes.set(xlabel="step", xlim=(0, max(experts.index[-1], 1)))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    for axes in panels:
        axes.set_ylim(0, 1.05 * highest or 1)
        axes.yaxis.set_major_locator(MaxNLocator(3))
    write(
        figure, "distance from the experts' population", 0.05, bottom + height / 2, rotation=90, ha="left", va="center"
    )
    lines = [Line2D([], [], **looks[name]) for name in shown]
    figure.legend(handles=lines, loc="upper center", ncols=max(len(lines), 1), frameon=False, borderaxespad=0.2)
    return figure
