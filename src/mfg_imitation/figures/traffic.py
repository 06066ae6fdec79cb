"""A map of a network of roads with its traffic, at a few steps. Nothing is computed here."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrow
from matplotlib.ticker import NullLocator

from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import TEXT_WIDTH, add_axes, styled, write

#: Maps in a line, and lines of them; at the last step shown this share of the population is still on the road.
ACROSS, LINES, REST = 3, 2, 0.05

#: Up to so many letters, names of nodes stand on the nodes.
SHORT = 2

#: Inches: radius of a node, widest and narrowest arrow, how far it is to the right of its road's middle, highest map.
RADIUS, WIDEST, NARROWEST, ASIDE, HIGHEST = 0.055, 0.06, 0.004, 0.036, 2.6

#: A link with a smaller share of the population than this is empty.
EMPTY = 1e-3

COLORS = "flare"


@figure(
    "games/{game}/traffic",
    tables=("games/{game}/traffic", "games/{game}/nodes"),
    games="networks",
    caption="{game}: the expert's population on the roads at six steps. Width: share of the population on the road. "
    "Colour: its travel time over that of the empty road. Black nodes are destinations.",
    alt="Map of the roads with the traffic of the expert at six steps, {game}",
)
def traffic_figure(traffic: pd.DataFrame, nodes: pd.DataFrame) -> Figure:
    """The roads at six steps, evenly spaced over the time with traffic: an arrow for each direction.

    An arrow's width is the share of the population on it, its colour the travel time over that of the empty road.

    Args:
        traffic: one row per step and link: step, from, to, population (share), delay (no unit, 1 where empty).
        nodes: one row per node: node (text), x, y (any unit), origin and destination (shares of the population).

    Raises:
        InputError: a column that a frame lacks, or no rows.
    """
    check_table(traffic, "the table of traffic", ("step", "from", "to", "population", "delay"))
    check_table(nodes, "the table of nodes", ("node", "x", "y", "origin", "destination"))
    nodes = nodes.set_index("node")
    busy = traffic.groupby("step")["population"].sum()
    last = max(busy.index[busy >= REST], default=1)
    steps = np.unique(np.linspace(min(1, last), last, ACROSS * LINES).round().astype(int))
    shown = traffic[traffic["step"].isin(steps)]
    largest, slowest = max(shown["population"].max(), EMPTY), max(shown["delay"].max(), 1.1)
    colors, norm = _colors(), LogNorm(1, slowest)
    places, height = _laid_out(nodes, TEXT_WIDTH / ACROSS)
    foot, heading = 0.36, 0.16
    total = -(-len(steps) // ACROSS) * (height + heading) + foot
    with styled():
        drawn = Figure(figsize=(TEXT_WIDTH, total))
        for i, step in enumerate(steps):
            line, column = divmod(i, ACROSS)
            low = total - (line + 1) * (height + heading)
            axes = add_axes(drawn, column * TEXT_WIDTH / ACROSS, low, TEXT_WIDTH / ACROSS, height)
            axes.set(xlim=(0, TEXT_WIDTH / ACROSS), ylim=(0, height))
            axes.set_axis_off()
            axes.set_title(f"step {step}: {busy[step]:.0%} on the road", pad=2, fontsize=7)
            here = shown[shown["step"] == step].sort_values("population", kind="stable")
            for start, end, share, delay in here[["from", "to", "population", "delay"]].itertuples(index=False):
                color = colors(norm(max(delay, 1))) if share >= EMPTY else "0.75"
                _draw_arrow(axes, places[start], places[end], max(share / largest * WIDEST, NARROWEST), color)
            _draw_nodes(axes, nodes, places)
        small = {"va": "center", "fontsize": 7}
        write(drawn, f"the widest road: {100 * largest:.3g}% of the population", 0.1, 0.2, ha="left", **small)
        write(drawn, "travel time over that of the empty road", 3.55, 0.2, ha="right", **small)
        place = add_axes(drawn, 3.65, 0.2, 1.7, 0.08)
        bar = drawn.colorbar(ScalarMappable(norm, colors), cax=place, orientation="horizontal")
        ticks = [tick for tick in (1, 1.5, 2, 3, 5, 10, 20, 50, 100) if tick <= slowest]
        bar.ax.xaxis.set_minor_locator(NullLocator())
        bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
        bar.outline.set(linewidth=0.4, edgecolor="0.6")
        bar.ax.grid(visible=False)
    return drawn


def _laid_out(nodes: pd.DataFrame, width: float) -> tuple[dict[str, np.ndarray], float]:
    """Where the nodes are on a map of this width, and its height (inches)."""
    given = nodes[["x", "y"]].to_numpy(float)
    margin = 0.16 if _short(nodes) else 0.34
    extent, room = np.ptp(given, axis=0), np.array([width, HIGHEST]) - 2 * margin
    scale = min(room[extent > 0] / extent[extent > 0])  # inches per unit
    height = scale * extent[1] + 2 * margin
    middle = (given.max(axis=0) + given.min(axis=0)) / 2
    return dict(zip(nodes.index, (given - middle) * scale + (width / 2, height / 2), strict=True)), height


def _draw_arrow(axes: Axes, start: np.ndarray, end: np.ndarray, width: float, color) -> None:
    """From node to node, to the right of the line between them (inches)."""
    length = np.linalg.norm(end - start)
    along, edge = (end - start) / length, min(RADIUS, length / 4)
    aside = ASIDE * np.array([along[1], -along[0]])
    first, last = start + edge * along + aside, end - edge * along + aside
    head = min(1.4 * width + 0.04, 0.5 * np.linalg.norm(last - first))
    shape = {"width": width, "head_width": 1.4 * width + 0.02, "head_length": head, "length_includes_head": True}
    axes.add_patch(FancyArrow(*first, *(last - first), **shape, facecolor=color, linewidth=0))


def _draw_nodes(axes: Axes, nodes: pd.DataFrame, places: Mapping[str, np.ndarray]) -> None:
    """A disc for every node, black for destinations; its name on it, or else above or below, away from the middle."""
    middle, short = np.mean([place[1] for place in places.values()]), _short(nodes)
    for node, place in places.items():
        aim = nodes.loc[node, "destination"] > 0
        look = {"facecolor": "0.1" if aim else "white", "edgecolor": "0.3", "linewidth": 0.4, "zorder": 4}
        axes.add_patch(Circle(place, RADIUS, **look))
        name = {"s": title(node), "ha": "center", "zorder": 5}
        if short:
            axes.text(*place, **name, fontsize=4.5, color="white" if aim else "0.1", va="center_baseline")
        else:
            above = place[1] >= middle - 1e-9
            up = (RADIUS + 0.03) * (1 if above else -1)
            axes.text(place[0], place[1] + up, **name, fontsize=6.5, va="bottom" if above else "top")


def _short(nodes: pd.DataFrame) -> bool:
    return max(map(len, nodes.index)) <= SHORT


def _colors() -> Colormap:
    import seaborn  # takes longer than to draw a game that has no map

    return seaborn.color_palette(COLORS, as_cmap=True)
