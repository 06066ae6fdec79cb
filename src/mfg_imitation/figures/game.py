"""The figures of one game's page: a frame in, a Figure out.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from mfg_imitation.errors import InputError
from mfg_imitation.figures.panels import check_table, legend_lines, name_axes, panel_grid
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, TEXT_WIDTH, add_axes, labelled, styled
from mfg_imitation.figures.sweep import draw_linear
from mfg_imitation.names import GAPS, JUDGED_GAPS

#: The gaps of `paths_figure`, a row of panels each.
ROWS = JUDGED_GAPS

#: The paths of `paths_figure`, a column of panels each, as far as the frame has them.
PATHS = {"declared": "towards the declared slip", "uniform": "towards uniform", "random": "towards random"}


@figure(
    "games/{game}/paths",
    tables=("games/{game}/paths", "proxies"),
    games="selected",
    caption="{game}: both gaps against each proxy on paths from the expert towards other policies.",
    alt="Nash imitation gap and population value gap against each proxy, {game}",
)
def paths_figure(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """Both gaps against the proxies, on each path from the expert: Figure 2 for one game as it is.

    Args:
        frame: one row per policy: towards (declared, uniform or random: the path), alpha (the order along a
            curve), a column for each proxy, nash_imitation_gap and population_value_gap (reward, summed over steps).
        proxies: their name and label.

    Raises:
        InputError: a column that the frame lacks, an unknown path, or no rows.
    """
    curves = labelled(proxies)
    check_table(frame, "the table of paths", ("towards", "alpha", *curves, *ROWS))
    for path in frame["towards"].unique():
        if path not in PATHS:
            raise InputError(f"towards: {path!r} is not one of {', '.join(PATHS)}")
    paths = [path for path in PATHS if path in set(frame["towards"])]
    with styled():
        figure, panels = panel_grid(len(ROWS), len(paths), sharey=False)
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[frame["towards"] == paths[j]].dropna(subset=[*curves, ROWS[i]])
            draw_linear(axes, here.sort_values("alpha", kind="stable"), ROWS[i], curves)
        for axes, path in zip(panels[0], paths, strict=True):
            axes.set_title(PATHS[path], pad=5)
        name_axes(figure, panels, [GAPS[gap] for gap in ROWS], legend_lines(curves))
    return figure


@figure(
    "games/{game}/convergence",
    tables=("games/{game}/convergence",),
    games="selected",
    caption="{game}: the exploitability over the iterations of the solver, and the tolerance that it has to meet.",
    alt="Exploitability over the iterations of the solver, {game}",
)
def convergence_figure(frame: pd.DataFrame) -> Figure:
    """The exploitability of the solver's policies over its iterations, and the tolerance that it has to meet.

    Args:
        frame: one row per measured iterate: iteration (from 0), exploitability and tolerance (reward, summed
            over steps; no tolerance where it is missing). A policy known in closed form is a single row.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of a solver", ("iteration", "exploitability", "tolerance"))
    frame = frame.sort_values("iteration")
    iteration, measured = frame["iteration"].to_numpy(), frame["exploitability"].to_numpy()
    last, tolerance = iteration[-1], frame["tolerance"].iloc[-1]
    levels = [value for value in (*measured, tolerance) if value > 0] or [1.0]
    lowest, highest = 10 ** np.floor(np.log10(min(levels)) - 0.3), 10 ** np.ceil(np.log10(max(levels)) + 0.1)
    # 0, or below it by rounding, has no place on a logarithmic axis: it is marked at the axis' lower end.
    drawn, mark = np.maximum(measured, lowest), "o" if measured[-1] > 0 else "v"
    with styled():
        figure = Figure(figsize=(TEXT_WIDTH, 2.0))
        axes = add_axes(figure, 0.56, 0.42, TEXT_WIDTH - 1.16, 1.46)
        look = {"color": STATES[0], "clip_on": False, "zorder": 4}
        axes.plot(iteration, drawn, linewidth=1.3, **look)
        axes.plot(last, drawn[-1], mark, markersize=4, **look)
        beside = {"textcoords": "offset points", "annotation_clip": False}
        axes.annotate(_short(measured[-1]), (last, drawn[-1]), (7, 0), color=STATES[0], va="center", **beside)
        if tolerance > 0:
            axes.axhline(tolerance, color="0.35", linewidth=0.8, linestyle=(0, (4, 3)), zorder=3)
            # The label is on the side of the line where the curve does not begin.
            below = {True: {"xytext": (4, -2), "va": "top"}, False: {"xytext": (4, 2), "va": "bottom"}}
            place = {"xy": (0, tolerance), "xycoords": axes.get_yaxis_transform(), "color": "0.35"}
            axes.annotate(f"tolerance {_short(tolerance)}", **place, **beside, **below[drawn[0] > tolerance])
        # Linear up to iteration 1, so that iteration 0, the start, has its place.
        axes.set_xscale("symlog", linthresh=1, linscale=0.4)
        axes.set(xlim=(0, last) if last > 0 else (-0.5, 0.5), yscale="log", ylim=(lowest, highest))
        axes.set(xlabel="iteration of the solver", ylabel="exploitability")
        decades = 10.0 ** np.arange(np.floor(np.log10(last)) + 1) if last > 0 else []
        axes.set_xticks([0, *decades], ["0", *map(_short, decades)])
        axes.yaxis.set_major_locator(LogLocator(numticks=6))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
    return figure


def _short(value: float) -> str:
    """A number as mathtext."""
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".replace(".0e", "e").split("e")
    power = rf"10^{{{int(exponent)}}}"
    return f"${power}$" if digits == "1" else rf"${digits} \times {power}$"
