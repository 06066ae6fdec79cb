"""What an expert does, drawn: bands of actions for a few states, maps and tables of the likeliest action for many.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mfg_imitation.figures.flow import CELL, MAPS, WALL, name_of, width_of
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, TEXT_WIDTH, add_axes, styled, write

#: Up to so many states have a band each.
BANDS = 8

#: Where the share of the population is at most this, an action is drawn pale: hardly anybody plays it.
NOBODY = 1e-6
PALE = 0.25

#: Arrows for actions that are steps on a map: to the right and upwards.
ARROWS = {"up": (0, 1), "down": (0, -1), "left": (-1, 0), "right": (1, 0)}

#: Entries of the legend in a line, and the largest map that has arrows, in cells.
ENTRIES, CELLS = 6, 150


@figure(
    "games/{game}/policy",
    tables=("games/{game}/policy",),
    games="selected",
    caption="{game}: what the expert does at every step, state by state. Pale: hardly anybody is there.",
    alt="The expert's actions over the steps, {game}",
)
def policy_figure(frame: pd.DataFrame) -> Figure:
    """What a policy does over the steps.

    Few states have a band each: the heights of its colours are the probabilities of the actions. Of many states the
    likeliest action is shown: in a table of states by steps or, where states have a row and a column, on maps at some
    of the steps.

    Args:
        frame: one row per step, state and action: step, state, action (names), probability (above 0), population
        (share in
            the state); with a map also row and column, and floor where it has several.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of a policy", ("step", "state", "action", "probability", "population"))
    actions = frame["action"].astype(str).drop_duplicates().tolist()
    frame = frame.assign(action=frame["action"].astype(str), state=frame["state"].astype(str))
    colors = {action: STATES[number % len(STATES)] for number, action in enumerate(actions)}
    with styled():
        if {"row", "column"} <= set(frame) and frame["row"].nunique() > 1 < frame["column"].nunique():
            return _draw_maps(frame, colors)
        if frame["state"].nunique() <= BANDS:
            return _draw_bands(frame, colors)
        return _draw_table(frame, colors)


def _draw_bands(frame: pd.DataFrame, colors: dict[str, str]) -> Figure:
    states, steps = frame["state"].drop_duplicates().tolist(), np.sort(frame["step"].unique())
    names = [name_of(state) for state in states]
    left, right, height, between, bottom, top = 0.12 + width_of(names), 0.1, 0.34, 0.1, 0.4, _heading(colors)
    total = bottom + len(states) * (height + between) + top
    figure = Figure(figsize=(TEXT_WIDTH, total))
    for number, (state, name) in enumerate(zip(states, names, strict=True)):
        floor = bottom + (len(states) - 1 - number) * (height + between)
        axes = add_axes(figure, left, floor, TEXT_WIDTH - left - right, height)
        here = frame[frame["state"] == state]
        shares = here.pivot_table(index="step", columns="action", values="probability", fill_value=0)
        shares = shares.reindex(index=steps, columns=list(colors)).fillna(0)
        there = here.groupby("step")["population"].first().reindex(steps).fillna(0).to_numpy() > NOBODY
        _draw_band(axes, shares, there, colors)
        axes.set(xlim=(steps[0], steps[-1] + 1), ylim=(0, 1), yticks=[])
        axes.grid(visible=False)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
        axes.tick_params(labelbottom=number == len(states) - 1)
        write(figure, name, left - 0.08, floor + height / 2, ha="right", va="center")
    axes.set_xlabel("step")
    _legend(figure, colors)
    return figure


def _draw_band(axes: Axes, shares: pd.DataFrame, there: np.ndarray, colors: dict[str, str]) -> None:
    """The probabilities of one state's actions on one another; steps that are alike are one piece."""
    values = np.column_stack([shares.to_numpy().round(4), there])
    starts = np.flatnonzero(np.r_[True, (np.diff(values, axis=0) != 0).any(axis=1)])
    widths = np.diff(np.r_[starts, len(values)])
    for start, width in zip(starts, widths, strict=True):
        begin = 0.0
        for action, share in zip(shares, values[start], strict=False):
            if share > 0:
                color = colors[action] if there[start] else _pale(colors[action])
                look = {"color": color, "edgecolor": color, "linewidth": 0.3, "align": "edge"}
                axes.bar(shares.index[start], share, bottom=begin, width=width, **look)
            begin += share


def _draw_table(frame: pd.DataFrame, colors: dict[str, str]) -> Figure:
    states, steps = frame["state"].drop_duplicates().tolist(), np.sort(frame["step"].unique())
    every = -(-len(states) // 30)
    names = [name_of(state) for state in states[::every]]
    left, bottom, height, top = (
        0.32 + width_of(names, 7),
        0.4,
        float(np.clip(0.11 * len(states), 1.2, 4)),
        _heading(colors),
    )
    figure = Figure(figsize=(TEXT_WIDTH, bottom + height + top))
    axes = add_axes(figure, left, bottom, TEXT_WIDTH - left - 0.1, height)
    image = np.ones((len(states), len(steps), 3))
    rows, columns = {state: i for i, state in enumerate(states)}, {step: i for i, step in enumerate(steps)}
    for one in _likeliest(frame).itertuples():
        image[rows[one.state], columns[one.step]] = _color(one, colors)
    axes.imshow(image, interpolation="none", aspect="auto", extent=(steps[0], steps[-1] + 1, len(states) - 0.5, -0.5))
    axes.set(xlabel="step", yticks=np.arange(0, len(states), every), yticklabels=names)
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    write(figure, "state", 0.06, bottom + height / 2, rotation=90, ha="left", va="center")
    _legend(figure, colors)
    return figure


def _draw_maps(frame: pd.DataFrame, colors: dict[str, str]) -> Figure:
    floors = sorted(frame["floor"].unique(), reverse=True) if "floor" in frame else [None]
    low, high = (frame[["row", "column"]].agg(how).to_numpy() for how in ("min", "max"))
    shape = tuple(high - low + 1)
    steps = np.sort(frame["step"].unique())
    steps = steps[np.unique(np.linspace(0, len(steps) - 1, MAPS).round().astype(int))]
    across = MAPS // 2 if CELL * shape[1] <= TEXT_WIDTH / MAPS or len(steps) > MAPS // 2 else len(steps)
    left, between, caption, top = 0.3 if floors[0] is not None else 0.06, 0.1, 0.18, _heading(colors)
    width = (TEXT_WIDTH - left - 0.06 + between) / across - between
    height = width * shape[0] / shape[1]
    lines = np.array_split(steps, -(-len(steps) // across))
    line = caption + len(floors) * (height + between)
    figure = Figure(figsize=(TEXT_WIDTH, 0.06 + len(lines) * line + top))
    likeliest = _likeliest(frame[frame["step"].isin(steps)])
    for j, shown in enumerate(lines):
        for k, step in enumerate(shown):
            for level, floor in enumerate(floors):
                here = likeliest[(likeliest["step"] == step) & (floor is None or likeliest.get("floor") == floor)]
                under = 0.06 + (len(lines) - j) * line - caption - (level + 1) * (height + between) + between
                axes = add_axes(figure, left + k * (width + between), under, width, height)
                _draw_map(axes, here, low, shape, colors)
                if level == 0:
                    axes.set_title(f"step {step}", pad=3, fontsize=7)
                if k == 0 and floor is not None:
                    axes.set_ylabel(f"floor {floor}", fontsize=7, labelpad=2)
    _legend(figure, colors)
    return figure


def _draw_map(axes: Axes, here: pd.DataFrame, low: np.ndarray, shape: tuple[int, int], colors: dict[str, str]) -> None:
    image = np.full((*shape, 3), to_rgb(WALL))
    for one in here.itertuples():
        place = one.row - low[0], one.column - low[1]
        image[place] = _color(one, colors)
        if one.action in ARROWS and shape[0] * shape[1] <= CELLS and one.population > NOBODY:
            x, y = ARROWS[one.action]
            look = {"width": 0.07, "head_width": 0.3, "head_length": 0.24, "length_includes_head": True, "linewidth": 0}
            axes.arrow(place[1] - 0.32 * x, place[0] + 0.32 * y, 0.64 * x, -0.64 * y, color="white", **look)
    axes.imshow(image, interpolation="none", zorder=0)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set(visible=True, color=WALL, linewidth=0.4)


def _likeliest(frame: pd.DataFrame) -> pd.DataFrame:
    """Of every step and state the row of the action that is played most; of equals, the first."""
    return frame.loc[frame.groupby(["step", "state"], sort=False)["probability"].idxmax()]


def _color(one, colors: dict[str, str]) -> np.ndarray:
    """An action's colour, whiter the less it is played."""
    color = np.array(to_rgb(_pale(colors[one.action]) if one.population <= NOBODY else colors[one.action]))
    return 1 - (1 - color) * (0.35 + 0.65 * one.probability)


def _pale(color: str) -> tuple[float, ...]:
    return tuple(1 - (1 - np.array(to_rgb(color))) * PALE)


def _heading(colors: dict[str, str]) -> float:
    """Height of the legend, in inches."""
    return 0.12 + 0.17 * -(-len(colors) // ENTRIES)


def _legend(figure: Figure, colors: dict[str, str]) -> None:
    patches = [Patch(color=color, label=title(action)) for action, color in list(colors.items())[: 4 * ENTRIES]]
    look = {"frameon": False, "handlelength": 1.2, "columnspacing": 1.6, "borderaxespad": 0.2}
    figure.legend(handles=patches, loc="upper center", ncols=min(ENTRIES, len(patches)), **look)
