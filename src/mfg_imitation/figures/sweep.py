"""The paper's Figure 2: a frame in, a Figure out.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mfg_imitation.errors import InputError
from mfg_imitation.figures.panels import check_table, few_ticks, legend_lines, name_axes, name_panels, panel_grid
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import labelled, styled
from mfg_imitation.names import GAPS, JUDGED_GAPS, ROUNDING, SYMBOLS

#: The smallest gap on logarithmic axes, as a part of the largest: below it the curves are straight lines.
SMALLEST = 1e-6


def _for_either_gap(name: str, caption: str, alt: str, **entry):
    """Enter a figure for each gap that Section 5 may speak of; {gap} stands for it."""

    def enter(draw):
        for gap in JUDGED_GAPS:
            texts = {"caption": caption.replace("{gap}", GAPS[gap]), "alt": alt.replace("{gap}", GAPS[gap])}
            figure(name.replace("{gap}", gap), gap=gap, **texts, **entry)(draw)
        return draw

    return enter


@_for_either_gap(
    "figure_2_{gap}",
    tables=("games/{paper}/sweep", "proxies"),
    caption="The paper's Figure 2, for the {gap}: that of imitators of the expert of {paper} against each proxy, one "
    "panel for each L_P (rows) and horizon H (columns).",
    alt="{gap} against each proxy, for every L_P and H",
)
@_for_either_gap(
    "games/{game}/sweep_{gap}",
    tables=("games/{game}/sweep", "proxies"),
    games="swept",
    caption="{game}: the {gap} of imitators of the expert against each proxy, one panel for each L_P (rows) and "
    "horizon H (columns).",
    alt="{gap} against each proxy on the configured grid, {game}",
)
def sweep_figure(
    frame: pd.DataFrame,
    proxies: pd.DataFrame,
    *,
    gap: str,
    rows: str = "transition_lipschitz",
    columns: str = "horizon",
    scale: str = "linear",
) -> Figure:
    """A gap against each of the proxies, a panel for every value of `rows` and `columns` (Figure 2).

    Args:
        frame: one row per policy: `rows` and `columns` (numbers; blank throughout means a single row or
            column of panels), alpha (the order along a curve), a column for each proxy, and the gap.
        proxies: their name and label.
        gap: nash_imitation_gap, population_value_gap or frozen_population_gap (reward, summed over steps).
        scale: "linear", as in the paper, or "log" on both axes, for small errors; zeros are left out.

    Raises:
        InputError: an unknown gap or scale, or a column that the frame lacks.
    """
    for name, value, allowed in (("gap", gap, tuple(GAPS)), ("scale", scale, ("linear", "log"))):
        if value not in allowed:
            raise InputError(f"{name}: {value!r} is not one of {', '.join(allowed)}")
    curves = labelled(proxies)
    check_table(frame, "the table of a sweep", (rows, columns, "alpha", *curves, gap))
    down, across = _values(frame[rows]), _values(frame[columns])
    with styled():
        figure, panels = panel_grid(len(down), len(across), sharey=scale == "log")
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[_equals(frame[rows], down[i]) & _equals(frame[columns], across[j])]
            here = here.dropna(subset=[*curves, gap]).sort_values("alpha", kind="stable")
            if here.empty:
                axes.set_axis_off()
            elif scale == "linear":
                draw_linear(axes, here, gap, curves)
            else:
                _draw_log(axes, here, gap, curves, smallest=SMALLEST * frame[gap].max())
        name_panels(panels, [_equation(columns, value) for value in across], [_equation(rows, value) for value in down])
        name_axes(figure, panels, [GAPS[gap]], legend_lines(curves))
    return figure


def draw_linear(axes: Axes, here: pd.DataFrame, gap: str, curves: Mapping[str, Mapping]) -> None:
    """Every panel has its own y axis, up to a round number: from panel to panel the gaps differ 50-fold."""
    for proxy, look in curves.items():
        axes.plot(*_thin(here[[proxy, gap]].to_numpy()).T, **look, clip_on=False)
    low, high = min(0, here[gap].min()), here[gap].max()
    if max(-low, high) < ROUNDING:
        low = high = 0
    ticks = MaxNLocator(2, steps=[1, 2, 2.5, 4, 5, 10]).tick_values(low, high if high > low else low + 1)
    axes.set(xlim=(0, 2), xticks=[0, 1, 2], ylim=(low, ticks[-1]), yticks=ticks[ticks >= low])


def _draw_log(axes: Axes, here: pd.DataFrame, gap: str, curves: Mapping[str, Mapping], smallest: float) -> None:
    """All panels share the y axis, those of a column the x axis: factors between curves can be compared."""
    axes.set(xscale="log", yscale="log")
    for proxy, look in curves.items():
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


def _values(column: pd.Series) -> list[float]:
    """The levels of a column in increasing order; the single NaN of a blank one."""
    return sorted(column.dropna().unique()) or [np.nan]


def _equals(column: pd.Series, value: float) -> pd.Series:
    return column.isna() if pd.isna(value) else column == value


def _equation(name: str, value: float) -> str:
    if pd.isna(value):
        return ""
    return f"${SYMBOLS[name]} = {value:g}$" if name in SYMBOLS else f"{name.replace('_', ' ')} = {value:g}"
