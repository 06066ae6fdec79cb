"""The paper's Figure 2: a frame in, a Figure out.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from mfg_imitation.errors import InputError
from mfg_imitation.style import CURVES, STYLE, TEXT_WIDTH, save_figure

__all__ = ["save_figure", "sweep_figure"]

#: The columns that can stand on the y axis, in words.
GAPS = {
    "nash_imitation_gap": "Nash imitation gap",
    "population_value_gap": "population value gap",
    "frozen_population_gap": "frozen-population gap",
}

#: Columns that the paper has a symbol for.
SYMBOLS = {"transition_lipschitz": "L_P", "horizon": "H"}

#: The smallest gap on logarithmic axes, as a part of the largest: below it the curves are straight lines.
SMALLEST = 1e-6

#: A panel whose gap never exceeds this shows a gap of 0: the rest is rounding, and no curve.
ROUNDING = 1e-9


def sweep_figure(
    frame: pd.DataFrame,
    gap: str,
    *,
    rows: str = "transition_lipschitz",
    columns: str = "horizon",
    scale: str = "linear",
) -> Figure:
    """A gap against each of the three proxies, a panel for every value of `rows` and `columns` (Figure 2).

    Args:
        frame: one row per policy: `rows` and `columns` (numbers; blank throughout means a single row or
            column of panels), alpha (the order along a curve), the proxies bc, vanilla_adv and mfc_adv
            (1-norms, in [0, 2]), and the gap.
        gap: nash_imitation_gap, population_value_gap or frozen_population_gap (reward, summed over steps).
        scale: "linear", as in the paper, or "log" on both axes, for small errors; zeros are left out.

    Raises:
        InputError: an unknown gap or scale, or a column that the frame lacks.
    """
    if gap not in GAPS:
        raise InputError(f"gap: {gap!r} is not one of {', '.join(GAPS)}")
    if scale not in ("linear", "log"):
        raise InputError(f"scale: {scale!r} is not one of linear, log")
    check_table(frame, "the table of a sweep", (rows, columns, "alpha", *CURVES, gap))
    down, across = _values(frame[rows]), _values(frame[columns])
    with matplotlib.rc_context(STYLE):
        figure, panels = panel_grid(len(down), len(across), sharey=scale == "log")
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[_equals(frame[rows], down[i]) & _equals(frame[columns], across[j])]
            here = here.dropna(subset=[*CURVES, gap]).sort_values("alpha", kind="stable")
            if here.empty:
                axes.set_axis_off()
            elif scale == "linear":
                draw_linear(axes, here, gap)
            else:
                _draw_log(axes, here, gap, smallest=SMALLEST * frame[gap].max())
        name_panels(panels, [_equation(columns, value) for value in across], [_equation(rows, value) for value in down])
        name_axes(figure, panels, [GAPS[gap]])
    return figure


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


def draw_linear(axes: Axes, here: pd.DataFrame, gap: str) -> None:
    """Every panel has its own y axis, up to a round number: from panel to panel the gaps differ 50-fold."""
    for proxy, look in CURVES.items():
        axes.plot(*_thin(here[[proxy, gap]].to_numpy()).T, **look, clip_on=False)
    low, high = min(0, here[gap].min()), here[gap].max()
    if max(-low, high) < ROUNDING:
        low = high = 0
    ticks = MaxNLocator(2, steps=[1, 2, 2.5, 4, 5, 10]).tick_values(low, high if high > low else low + 1)
    axes.set(xlim=(0, 2), xticks=[0, 1, 2], ylim=(low, ticks[-1]), yticks=ticks[ticks >= low])


def _draw_log(axes: Axes, here: pd.DataFrame, gap: str, smallest: float) -> None:
    """All panels share the y axis, those of a column the x axis: factors between curves can be compared."""
    axes.set(xscale="log", yscale="log")
    for proxy, look in CURVES.items():
        points = here.loc[(here[proxy] > 0) & (here[gap] > max(0, smallest)), [proxy, gap]].to_numpy()
        axes.plot(*np.exp(_thin(np.log(points))).T, **look)
    axes.margins(y=0.02)
    few_ticks(axes.xaxis, axes.yaxis)


def _thin(points: np.ndarray) -> np.ndarray:
    """The curve without points nearer than 1/1000 of its extent to the last one kept: a small file."""
    if len(points) < 3:
        return points
    extent = np.ptp(points, axis=0)
    places = points / np.where(extent > 0, extent, 1)
    kept = [0]
    for i in range(1, len(points) - 1):
        if np.abs(places[i] - places[kept[-1]]).max() >= 1e-3:
            kept.append(i)
    return points[[*kept, len(points) - 1]]


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
    x: str = "error of the imitator, as measured by each proxy",
    lines: Sequence[Line2D] | None = None,
) -> None:
    """The names that panels share: of the curves above, of the x axes below, at the left of the y axes.

    Args:
        labels: of the y axes; each stands for as many rows of panels as the others.
        lines: what the legend names; None for the three algorithms.
    """
    width, height = figure.get_size_inches()
    center = (panels[0, 0].get_position().x0 + panels[0, -1].get_position().x1) / 2
    figure.text(center, 0.06 / height, x, ha="center", va="bottom")
    for label, rows in zip(labels, np.split(panels, len(labels)), strict=True):
        middle = (rows[-1, 0].get_position().y0 + rows[0, 0].get_position().y1) / 2
        figure.text(0.06 / width, middle, label, rotation=90, ha="left", va="center")
    lines = algorithm_lines() if lines is None else lines
    place = {"loc": "upper center", "bbox_to_anchor": (center, 1), "borderaxespad": 0.3, "ncols": len(lines)}
    figure.legend(handles=lines, frameon=False, handlelength=2.8, columnspacing=3, **place)


def algorithm_lines() -> list[Line2D]:
    """The three algorithms, for a legend."""
    return [Line2D([], [], **look) for look in CURVES.values()]


def _values(column: pd.Series) -> list[float]:
    """The levels of a column in increasing order; the single NaN of a blank one."""
    return sorted(column.dropna().unique()) or [np.nan]


def _equals(column: pd.Series, value: float) -> pd.Series:
    return column.isna() if pd.isna(value) else column == value


def _equation(name: str, value: float) -> str:
    if pd.isna(value):
        return ""
    return f"${SYMBOLS[name]} = {value:g}$" if name in SYMBOLS else f"{name.replace('_', ' ')} = {value:g}"
