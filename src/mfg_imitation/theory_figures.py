"""The figures of the theorems: a frame in, a Figure out.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from mfg_imitation.plotting import check_table, panel_grid
from mfg_imitation.style import CURVES, STYLE
from mfg_imitation.tables import SWEPT

#: The smallest share of a bound that is told apart from 0.
SMALLEST = 1e-6

#: The slips of the sheltered attractor, in words.
SLIPS = {"steady": "steady slip", "single": "single slip"}

#: Greys from light to dark, for lines that stand for a horizon.
LIGHTEST, DARKEST = 0.75, 0.1


def verification_figure(frame: pd.DataFrame) -> Figure:
    """How much of each bound random games use up: the share of games below a ratio, a panel for every L_P and H.

    Args:
        frame: one row per game: transition_lipschitz, horizon, and for each proxy the largest ratio NIG / bound.
    """
    check_table(frame, "the table of verified games", (SWEPT, "horizon", *CURVES))
    down, across = sorted(frame[SWEPT].unique()), sorted(frame["horizon"].unique())
    with matplotlib.rc_context(STYLE):
        figure, panels = panel_grid(len(down), len(across), sharey=True)
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[(frame[SWEPT] == down[i]) & (frame["horizon"] == across[j])]
            for proxy, look in CURVES.items():
                ratio = np.sort(here[proxy].to_numpy()).clip(SMALLEST)
                axes.step(ratio, np.arange(1, len(ratio) + 1) / max(len(ratio), 1), where="post", **look)
            axes.set(xscale="log", xlim=(SMALLEST, 1.5), ylim=(0, 1.02), yticks=[0, 0.5, 1])
            _few_ticks(axes, "x")
        _titles(panels, [f"$H = {value}$" for value in across], [f"$L_P = {value:g}$" for value in down])
        _labels(figure, panels, "largest NIG / bound among the policies of a game", "share of games", _proxies())
    return figure


def tightness_figure(frame: pd.DataFrame) -> Figure:
    """NIG over each bound against H for the smallest amplified error, a line for every L_P.

    Args:
        frame: the first table of `tightness.tightness`.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "amplified_error"))
    frame = frame[frame["amplified_error"] == frame["amplified_error"].min()]
    across = sorted(frame["reward_lipschitz"].unique())
    with matplotlib.rc_context(STYLE):
        figure, panels = panel_grid(len(SLIPS), len(across), sharey=True)
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[(frame["slip"] == [*SLIPS][i]) & (frame["reward_lipschitz"] == across[j])]
            axes.set(xscale="log", yscale="log", ylim=(3e-5, 1))
            for slope, line in here.sort_values("horizon").groupby(SWEPT):
                for proxy, look in CURVES.items():
                    axes.plot(line["horizon"], line[f"ratio_{proxy}"], **{**look, "linewidth": 0.8 + 0.5 * slope})
                last = line.iloc[-1]
                place = {"textcoords": "offset points", "xytext": (2, 0), "va": "center", "fontsize": 5, "color": "0.3"}
                axes.annotate(f"{slope:g}", (last["horizon"], last["ratio_mfc_adv"]), **place)
            ticks = sorted(here["horizon"].unique())
            axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
            axes.xaxis.set_major_formatter(matplotlib.ticker.FixedFormatter([str(tick) for tick in ticks]))
            axes.xaxis.set_minor_locator(NullLocator())
            _few_ticks(axes, "y")
        _titles(panels, [f"$L_r = {value:g}$" for value in across], list(SLIPS.values()))
        _labels(figure, panels, "horizon H (lines: $L_P$, the broader the larger)", "NIG / bound", _proxies())
    return figure


def regime_figure(frame: pd.DataFrame) -> Figure:
    """NIG over the bound that each slip makes tight against the amplified error, at the largest L_P.

    Args:
        frame: the first table of `tightness.tightness`.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "theta"))
    frame = frame[frame[SWEPT] == frame[SWEPT].max()]
    across, horizons = sorted(frame["reward_lipschitz"].unique()), sorted(frame["horizon"].unique())
    greys = [f"{grey:.3f}" for grey in np.linspace(LIGHTEST, DARKEST, len(horizons))]
    with matplotlib.rc_context(STYLE):
        figure, panels = panel_grid(len(SLIPS), len(across), sharey=True)
        for (i, j), axes in np.ndenumerate(panels):
            slip, proxy = [("steady", "bc"), ("single", "vanilla_adv")][i]
            here = frame[(frame["slip"] == slip) & (frame["reward_lipschitz"] == across[j])]
            for horizon, grey in zip(horizons, greys, strict=True):
                line = here[here["horizon"] == horizon].sort_values("theta")
                axes.plot(line["theta"], line[f"ratio_{proxy}"], color=grey, linewidth=1.1)
            axes.axvline(1, color=CURVES[proxy]["color"], linewidth=0.6)
            axes.set(xscale="log", yscale="log")
            _few_ticks(axes, "x")
            _few_ticks(axes, "y")
        _titles(panels, [f"$L_r = {value:g}$" for value in across], ["steady, BC", "single, vanilla"])
        lines = [Line2D([], [], color=g, label=f"H = {h}") for h, g in zip(horizons, greys, strict=True)]
        _labels(figure, panels, "amplified error θ (the proof needs θ < 1, left of the line)", "NIG / bound", lines)
    return figure


def frontier_figure(frame: pd.DataFrame) -> Figure:
    """Largest NIG found at every error, between the family of slips and the theorem; each game at its longest horizon.

    Args:
        frame: the tables of `frontier.frontier`, of all games.
    """
    check_table(frame, "the table of frontiers", ("game", "horizon", "proxy", "error", "frontier", "family", "bound"))
    games = list(frame["game"].unique())
    with matplotlib.rc_context(STYLE):
        figure, panels = panel_grid(len(games), len(CURVES), sharey=False)
        for (i, j), axes in np.ndenumerate(panels):
            here, proxy = frame[frame["game"] == games[i]], [*CURVES][j]
            here = here[(here["horizon"] == here["horizon"].max()) & (here["proxy"] == proxy)].sort_values("error")
            colour = CURVES[proxy]["color"]
            axes.fill_between(here["error"], here["frontier"], here["bound"], color="0.9", linewidth=0)
            axes.plot(here["error"], here["bound"], color="0.4", linewidth=0.8)
            axes.plot(here["error"], here["frontier"], color=colour, linewidth=1.6)
            axes.plot(here["error"], here["family"], color=colour, linewidth=0.9, linestyle=(0, (2, 1.5)))
            axes.set(xscale="log", yscale="log")
            _few_ticks(axes, "x")
            _few_ticks(axes, "y")
        rows = [f"{game.replace('_', ' ')}" for game in games]
        _titles(panels, [look["label"] for look in CURVES.values()], rows)
        lines = [
            Line2D([], [], color="0.4", linewidth=0.8, label="theorem"),
            Line2D([], [], color="0.2", linewidth=1.6, label="frontier found"),
            Line2D([], [], color="0.2", linewidth=0.9, linestyle=(0, (2, 1.5)), label="slips"),
        ]
        _labels(figure, panels, "largest error allowed, by each proxy", "Nash imitation gap", lines)
    return figure


def _few_ticks(axes: Axes, name: str) -> None:
    axis = getattr(axes, f"{name}axis")
    axis.set_major_locator(LogLocator(numticks=4))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def _proxies() -> list[Line2D]:
    return [Line2D([], [], **look) for look in CURVES.values()]


def _titles(panels: np.ndarray, columns: Sequence[str], rows: Sequence[str]) -> None:
    for axes, title in zip(panels[0], columns, strict=True):
        axes.set_title(title, pad=5)
    for axes, title in zip(panels[:, -1], rows, strict=True):
        beside = {"xycoords": "axes fraction", "textcoords": "offset points", "rotation": 270, "fontsize": 7}
        axes.annotate(title, (1, 0.5), (7, 0), va="center", **beside)


def _labels(figure: Figure, panels: np.ndarray, x: str, y: str, lines: list[Line2D]) -> None:
    """The names that the panels share, at the places of `plotting.name_axes`."""
    width, height = figure.get_size_inches()
    center = (panels[0, 0].get_position().x0 + panels[0, -1].get_position().x1) / 2
    middle = (panels[-1, 0].get_position().y0 + panels[0, 0].get_position().y1) / 2
    figure.text(center, 0.06 / height, x, ha="center", va="bottom")
    figure.text(0.06 / width, middle, y, rotation=90, ha="left", va="center")
    place = {"loc": "upper center", "bbox_to_anchor": (center, 1), "borderaxespad": 0.3, "ncols": len(lines)}
    figure.legend(handles=lines, frameon=False, handlelength=2.4, columnspacing=2, **place)
