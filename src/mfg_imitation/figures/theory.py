"""The figures of the theorems: a frame in, a Figure out.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from mfg_imitation.figures.panels import check_table, few_ticks, name_axes, name_panels, panel_grid
from mfg_imitation.figures.style import CURVES, STYLE
from mfg_imitation.names import SWEPT

#: The smallest share of a bound that is told apart from 0.
SMALLEST = 1e-6

#: The slips of the sheltered attractor, in words with the proxy whose bound each makes tight.
SLIPS = {"steady": ("steady slip, BC", "bc"), "single": ("single slip, vanilla-ADV", "vanilla_adv")}

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
            few_ticks(axes.xaxis)
        name_panels(panels, [f"$H = {value}$" for value in across], [f"$L_P = {value:g}$" for value in down], size=7)
        name_axes(figure, panels, ["share of games"], "largest NIG / bound among the policies of a game")
    return figure


def tightness_figure(frame: pd.DataFrame) -> Figure:
    """NIG over each bound against H for the smallest amplified error, a line for every L_P.

    Args:
        frame: the first table of `tightness.tightness`.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "amplified_error"))
    frame = frame[frame["amplified_error"] == frame["amplified_error"].min()]
    with matplotlib.rc_context(STYLE):
        figure, panels, slips = _slip_panels(frame)
        for axes, _, here in slips:
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
            few_ticks(axes.yaxis)
        name_axes(figure, panels, ["NIG / bound"], "horizon H (lines: $L_P$, the broader the larger)")
    return figure


def regime_figure(frame: pd.DataFrame) -> Figure:
    """NIG over the bound that each slip makes tight against the amplified error, at the largest L_P.

    Args:
        frame: the first table of `tightness.tightness`.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "theta"))
    frame = frame[frame[SWEPT] == frame[SWEPT].max()]
    horizons = sorted(frame["horizon"].unique())
    greys = [f"{grey:.3f}" for grey in np.linspace(LIGHTEST, DARKEST, len(horizons))]
    with matplotlib.rc_context(STYLE):
        figure, panels, slips = _slip_panels(frame)
        for axes, slip, here in slips:
            _, proxy = SLIPS[slip]
            for horizon, grey in zip(horizons, greys, strict=True):
                line = here[here["horizon"] == horizon].sort_values("theta")
                axes.plot(line["theta"], line[f"ratio_{proxy}"], color=grey, linewidth=1.1)
            axes.axvline(1, color=CURVES[proxy]["color"], linewidth=0.6)
            axes.set(xscale="log", yscale="log")
            few_ticks(axes.xaxis, axes.yaxis)
        lines = [Line2D([], [], color=g, label=f"H = {h}") for h, g in zip(horizons, greys, strict=True)]
        name_axes(figure, panels, ["NIG / bound"], "amplified error θ (the proof needs θ < 1, left of the line)", lines)
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
            few_ticks(axes.xaxis, axes.yaxis)
        rows = [f"{game.replace('_', ' ')}" for game in games]
        name_panels(panels, [look["label"] for look in CURVES.values()], rows, size=7)
        lines = [
            Line2D([], [], color="0.4", linewidth=0.8, label="theorem"),
            Line2D([], [], color="0.2", linewidth=1.6, label="frontier found"),
            Line2D([], [], color="0.2", linewidth=0.9, linestyle=(0, (2, 1.5)), label="slips"),
        ]
        name_axes(figure, panels, ["Nash imitation gap"], "largest error allowed, by each proxy", lines)
    return figure


def _slip_panels(frame: pd.DataFrame) -> tuple[Figure, np.ndarray, list[tuple[Axes, str, pd.DataFrame]]]:
    """A panel for every slip (down) and L_r (across), each with its slip and its rows of the frame."""
    across = sorted(frame["reward_lipschitz"].unique())
    figure, panels = panel_grid(len(SLIPS), len(across), sharey=True)
    places = [(slip, slope) for slip in SLIPS for slope in across]
    rows = [frame[(frame["slip"] == slip) & (frame["reward_lipschitz"] == slope)] for slip, slope in places]
    name_panels(panels, [f"$L_r = {slope:g}$" for slope in across], [words for words, _ in SLIPS.values()], size=7)
    return figure, panels, [(axes, slip, here) for axes, (slip, _), here in zip(panels.flat, places, rows, strict=True)]
