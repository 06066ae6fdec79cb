"""Grids of panels, their names, axes and legends."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from mfg_imitation.errors import InputError
from mfg_imitation.figures.style import TEXT_WIDTH, add_axes, write

#: Entries of a legend side by side, at most.
ENTRIES = 4


def check_table(frame: pd.DataFrame, name: str, columns: Sequence[str]) -> None:
    """Raise `InputError` unless the frame has these columns, and rows."""
    for column in columns:
        if column not in frame:
            raise InputError(f"{name} has no column {column!r}")
    if frame.empty:
        raise InputError(f"{name} has no rows")


def panel_grid(n_rows: int, n_columns: int, sharey: bool) -> tuple[Figure, np.ndarray]:
    """Panels at places fixed in inches: a layout engine measures text, which differs between file formats."""
    left, right, bottom, top, between = 0.48, 0.24, 0.38, 0.46, 0.2
    space = 0.2 if sharey else 0.3  # between columns, in widths of a panel: room for its own tick labels
    width = (TEXT_WIDTH - left - right) / (n_columns + space * (n_columns - 1))
    height = min(0.72 * width, 2.4, 7 / n_rows)
    total = bottom + n_rows * height + (n_rows - 1) * between + top
    figure = Figure(figsize=(TEXT_WIDTH, total))
    figure.subplots_adjust(
        left=left / TEXT_WIDTH,
        right=1 - right / TEXT_WIDTH,
        bottom=bottom / total,
        top=1 - top / total,
        wspace=space,
        hspace=between / height,
    )
    return figure, figure.subplots(n_rows, n_columns, squeeze=False, sharex="col", sharey=sharey)


def small_panels(
    titles: Sequence[str],
    x: str,
    y: str,
    *,
    across: int,
    gutter: float = 0.36,
    height: float = 1.2,
    scale: str = "log",
    looks: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A panel for every title, line by line, and what they share.

    Args:
        titles: as they are written.
        x, y: names of all axes.
        across: panels in a line, at most.
        gutter: inches between panels, sideways.
        height: of a panel, in inches.
        scale: of both axes.
        looks: of the curves that a legend above names.
    """
    looks = looks or {}
    left, right, bottom, between = 0.5, 0.12, 0.42, 0.52
    top = 0.3 + 0.16 * -(-len(looks) // ENTRIES)
    lines = -(-len(titles) // across)
    width = (TEXT_WIDTH - left - right - (across - 1) * gutter) / across
    total = bottom + lines * height + (lines - 1) * between + top
    figure, panels = Figure(figsize=(TEXT_WIDTH, total)), []
    for number, title in enumerate(titles):
        line, place = divmod(number, across)
        up = bottom + (lines - 1 - line) * (height + between)
        axes = add_axes(figure, left + place * (width + gutter), up, width, height)
        axes.set(xscale=scale, yscale=scale)
        axes.set_title(title, pad=4)
        panels.append(axes)
    write(figure, x, left + (TEXT_WIDTH - left - right) / 2, 0.06, ha="center", va="bottom")
    write(figure, y, 0.06, bottom + (total - bottom - top) / 2, rotation=90, ha="left", va="center")
    if looks:
        place = {"loc": "upper center", "ncols": min(ENTRIES, len(looks)), "borderaxespad": 0.3}
        figure.legend(handles=legend_lines(looks), frameon=False, handlelength=2.8, **place)
    return figure, panels


def few_ticks(*axes: Axis) -> None:
    """A few powers of ten, and nothing between them."""
    for axis in axes:
        axis.set_major_locator(LogLocator(numticks=4))
        axis.set_minor_locator(NullLocator())


def name_panels(panels: np.ndarray, columns: Sequence[str], rows: Sequence[str], size: float = 8) -> None:
    """Names above the columns of panels, and at the right of the rows."""
    for axes, name in zip(panels[0], columns, strict=True):
        axes.set_title(name, pad=5)
    for axes, name in zip(panels[:, -1], rows, strict=True):
        beside = {"xycoords": "axes fraction", "textcoords": "offset points", "rotation": 270, "fontsize": size}
        axes.annotate(name, (1, 0.5), (5, 0), va="center", **beside)


def name_axes(
    figure: Figure,
    panels: np.ndarray,
    labels: Sequence[str],
    lines: Sequence[Line2D],
    x: str = "error of the imitator, as measured by each proxy",
) -> None:
    """The names that panels share: of the curves above, of the x axes below, at the left of the y axes.

    Args:
        labels: of the y axes; each stands for as many rows of panels as the others.
        lines: what the legend names.
    """
    width, height = figure.get_size_inches()
    center = (panels[0, 0].get_position().x0 + panels[0, -1].get_position().x1) / 2
    figure.text(center, 0.06 / height, x, ha="center", va="bottom")
    for label, rows in zip(labels, np.split(panels, len(labels)), strict=True):
        middle = (rows[-1, 0].get_position().y0 + rows[0, 0].get_position().y1) / 2
        figure.text(0.06 / width, middle, label, rotation=90, ha="left", va="center")
    place = {"loc": "upper center", "bbox_to_anchor": (center, 1), "borderaxespad": 0.3, "ncols": len(lines)}
    figure.legend(handles=lines, frameon=False, handlelength=2.8, columnspacing=3, **place)


def legend_lines(looks: Mapping[str, Mapping[str, Any]]) -> list[Line2D]:
    """What a legend shows of lines that look so."""
    return [Line2D([], [], **look) for look in looks.values()]
