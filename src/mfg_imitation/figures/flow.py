"""How a population moves and what it earns, drawn: lines for a few states, maps for places, a table for all else.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LogNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, NullFormatter

from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import FONTS, STATES, TEXT_WIDTH, add_axes, styled, write

#: What `flow_figure` shows, with the colours of its maps: perceptually uniform, also to the colour-blind.
MEASURES = {"population": ("population, share", "mako_r"), "reward": ("reward of the expert", "viridis")}

#: So many maps show how the population moves.
MAPS = 8

#: Up to so many steps are marked one by one.
FEW = 12

#: The maps stand in one line if that leaves every cell this wide, else in two; and are this high together.
CELL, HIGHEST = 0.1, 3.6  # inches

#: The colour of walls, a grey that no scale has.
WALL = "0.72"

#: A logarithmic colour scale leaves out the cells that together hold at most this share of the population.
REMAINDER = 0.01

#: Names of states are cut to so many characters.
LONGEST = 22


@figure(
    "games/{game}/flow",
    tables=("games/{game}/flow",),
    games="selected",
    caption="{game}: the population at every step when everyone plays the expert, and what the expert earns in it.",
    alt="Population flow and rewards under the expert, {game}",
)
def flow_figure(frame: pd.DataFrame) -> Figure:
    """The population under the expert's policy over the steps, and the reward that the expert earns in it.

    Drawn as lines for a few states, as maps of states by steps for many, and as maps of the place itself at
    some of the steps where states have a row and a column. Colour scales of populations that spread over more
    than a factor of 20 are logarithmic.

    Args:
        frame: one row per step and state: step, state (its name), population (share), reward; for a game with
            a map also row and column, and floor where it has several (whole numbers, downwards, rightwards
            and upwards). A place of the map without a state is a wall.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of a flow", ("step", "state", *MEASURES))
    places = frame.drop_duplicates("state")
    with styled():
        if {"row", "column"} <= set(frame) and places["row"].nunique() > 1 < places["column"].nunique():
            return _draw_maps(frame)
        if len(places) <= len(STATES):
            return _draw_lines(frame)
        return _draw_table(frame)


def _draw_lines(frame: pd.DataFrame) -> Figure:
    """A line per state, named at its end."""
    states = frame["state"].drop_duplicates().tolist()
    names, last = [name_of(state) for state in states], frame["step"].max()
    left, right, bottom, height, between, top = 0.52, 0.26 + width_of(names), 0.38, 1.35, 0.16, 0.1
    figure = Figure(figsize=(TEXT_WIDTH, bottom + 2 * height + between + top))
    for row, (measure, (label, _)) in enumerate(MEASURES.items()):
        floor = bottom + (1 - row) * (height + between)
        axes = add_axes(figure, left, floor, TEXT_WIDTH - left - right, height)
        table = _table(frame, "step", "state", measure)[states]
        for i, (state, color) in enumerate(zip(states, STATES, strict=False)):
            # Later lines are thinner: those that they cover stay in sight.
            look = {"linewidth": 1.9 - 0.9 * i / max(len(states) - 1, 1), "zorder": 3 + i / 10}
            marker = {"marker": "o" if last < FEW else None, "markersize": 3.5}
            axes.plot(table.index, table[state], color=color, clip_on=False, **look, **marker)
        low, high = min(0, table.min(axis=None)), max(0, table.max(axis=None))
        high = high if high > low else low + 1
        ticks = MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        axes.set(xlim=(0, max(last, 1)), yticks=ticks[(ticks >= low) & (ticks <= high)], ylim=(low, high))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        axes.tick_params(labelbottom=row == 1)
        write(figure, label, 0.06, floor + height / 2, rotation=90, ha="left", va="center")
        _name_ends(axes, last, table.iloc[-1].to_numpy(), names, 72 * height)
    axes.set_xlabel("step")
    return figure


def _name_ends(axes: Axes, last: int, values: np.ndarray, names: Sequence[str], height: float) -> None:
    """The names at the right of the lines' ends, moved apart where they would lie on one another (points)."""
    low, high = axes.get_ylim()
    ends = (values - low) / (high - low) * height
    order, apart = np.argsort(ends, kind="stable"), min(9.0, height / len(ends))
    # The nearest places in the same order, at least so far apart: less these distances, they must not fall.
    distances = apart * np.arange(len(ends))
    moved = ends[order] - distances
    if (np.diff(moved) < 0).any():
        from scipy.optimize import isotonic_regression  # takes longer to import than most figures to draw

        moved = isotonic_regression(moved).x
    moved = moved.clip(0, height - distances[-1])
    places = np.empty(len(ends))
    places[order] = moved + distances
    for name, value, end, place, color in zip(names, values, ends, places, STATES, strict=False):
        line = {
            "arrowstyle": "-",
            "color": color,
            "linewidth": 0.5,
            "relpos": (0, 0.5),
            "shrinkA": 1,
            "shrinkB": 4,
        }
        beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
        arrow = line if abs(place - end) > 1 else None
        axes.annotate(name, (last, value), (12, place - end), color=ink_of(color), arrowprops=arrow, **beside)


def _draw_table(frame: pd.DataFrame) -> Figure:
    """States down, steps across, side by side for the population and for the reward."""
    states = frame["state"].drop_duplicates().tolist()
    every = -(-len(states) // 30)  # more names than this would not be legible
    names = [name_of(state) for state in states[::every]]
    left, bottom, height, top = 0.32 + width_of(names, 7), 0.38, np.clip(0.11 * len(states), 1.2, 4), 0.26
    width = (TEXT_WIDTH - left) / 2 - 0.62
    figure = Figure(figsize=(TEXT_WIDTH, bottom + height + top))
    for i, (measure, (label, colors)) in enumerate(MEASURES.items()):
        table = _table(frame, "state", "step", measure).loc[states]
        axes = add_axes(figure, left + i * (width + 0.66), bottom, width, height)
        norm = _norm(table.to_numpy().T, measure)
        _draw_image(axes, table.to_numpy(), norm, colors)
        axes.set_aspect("auto")
        axes.set(title=label, xlabel="step")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        if i == 0:
            write(figure, "state", 0.06, bottom + height / 2, rotation=90, ha="left", va="center")
        axes.set_yticks(np.arange(0, len(states), every), names if i == 0 else [])
        _color_bar(figure, left + i * (width + 0.66) + width + 0.06, bottom, height, norm, colors)
    return figure


def _draw_maps(frame: pd.DataFrame) -> Figure:
    """The map at some of the steps, floors one above the other; below, the same for the reward."""
    floors = sorted(frame["floor"].unique(), reverse=True) if "floor" in frame else [None]
    rows, columns = (np.arange(frame[axis].min(), frame[axis].max() + 1) for axis in ("row", "column"))
    steps = frame["step"].unique()
    steps = steps[np.unique(np.linspace(0, len(steps) - 1, MAPS).round().astype(int))]
    left, right, bottom, heading, caption, between = 0.28, 0.52, 0.06, 0.24, 0.18, 0.07
    room = TEXT_WIDTH - left - right + between
    across = MAPS if room / MAPS >= CELL * len(columns) else MAPS // 2
    width = room / across - between
    lines = np.array_split(steps, -(-len(steps) // across))
    height = min(width * len(rows) / len(columns), HIGHEST / len(lines) / len(floors))
    line = caption + len(floors) * (height + between)
    block = heading + len(lines) * line
    figure = Figure(figsize=(TEXT_WIDTH, len(MEASURES) * block + bottom))
    shown = frame[frame["step"].isin(steps)]
    for i, (measure, (label, colors)) in enumerate(MEASURES.items()):
        ceiling = bottom + (len(MEASURES) - i) * block
        write(figure, label, left, ceiling - heading + 0.02, ha="left", va="bottom")
        norm = _norm(_table(shown, "step", "state", measure).to_numpy(), measure)
        for j, k in np.ndindex(len(lines), across):
            for level, floor in enumerate(floors):
                if k >= len(lines[j]):
                    break
                here = shown[(shown["step"] == lines[j][k]) & (floor is None or shown.get("floor") == floor)]
                cells = _table(here, "row", "column", measure)
                low = ceiling - heading - j * line - caption - level * (height + between) - height
                axes = add_axes(figure, left + k * (width + between), low, width, height)
                _draw_image(axes, cells.reindex(index=rows, columns=columns).to_numpy(), norm, colors)
                axes.set(xticks=[], yticks=[])
                if level == 0:
                    axes.set_title(f"step {lines[j][k]}", pad=3, fontsize=7)
                if k == 0 and floor is not None:
                    axes.set_ylabel(f"floor {floor}", fontsize=7, labelpad=2)
        low = ceiling - block + between
        _color_bar(figure, TEXT_WIDTH - right + 0.08, low, block - heading - caption - between, norm, colors)
    return figure


def _draw_image(axes: Axes, cells: np.ndarray, norm: Normalize, colors: str) -> None:
    axes.imshow(np.ma.masked_invalid(cells), cmap=_colors(colors), norm=norm, interpolation="none")
    axes.grid(visible=False)
    axes.spines[:].set(visible=True, color=WALL, linewidth=0.4)


def _norm(values: np.ndarray, measure: str) -> Normalize:
    """The common scale of a measure; values [steps, states]."""
    low, high = values.min(), values.max()
    if measure == "population":
        ordered = np.sort(values, axis=1)
        least = ordered[ordered.cumsum(axis=1) > REMAINDER].min()
        if high > 20 * least:
            return LogNorm(least, high, clip=True)
        low = 0.0
    return Normalize(low, high if high > low else low + 1)


def _color_bar(figure: Figure, x: float, y: float, height: float, norm: Normalize, colors: str) -> None:
    bar = figure.colorbar(ScalarMappable(norm, _colors(colors)), cax=add_axes(figure, x, y, 0.09, height))
    bar.outline.set(linewidth=0.4, edgecolor="0.6")
    if isinstance(norm, LogNorm):
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        bar.locator = MaxNLocator(4)
    bar.ax.grid(visible=False)


def _colors(name: str) -> Colormap:
    import seaborn  # takes longer than to draw a game that has no map

    return seaborn.color_palette(name, as_cmap=True).with_extremes(bad=WALL)


def name_of(state: object) -> str:
    """A state's name as mathtext, cut where it is long."""
    text = " ".join(str(state).split())
    return title(text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…")


def width_of(names: Sequence[str], size: float = 8) -> float:
    """Of the widest name, in inches."""
    font = FontProperties(family=FONTS, size=size)
    return max(TextPath((0, 0), name, prop=font).get_extents().x1 for name in names) / 72


def ink_of(color: str) -> str:
    """A line's colour, darkened for text."""
    return tuple(0.75 * np.array(to_rgb(color)))


def _table(frame: pd.DataFrame, index: str, columns: str, measure: str) -> pd.DataFrame:
    return frame.pivot_table(index=index, columns=columns, values=measure)
