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

from mfg_imitation.figures.panels import check_table, few_ticks, legend_lines, name_axes, name_panels, panel_grid
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import labelled, styled
from mfg_imitation.names import SWEPT

#: The smallest share of a bound that is told apart from 0.
SMALLEST = 1e-6

#: The slips of the sheltered attractor, with the proxy whose bound each makes tight.
SLIPS = {"steady": "bc", "single": "vanilla_adv"}

#: Greys from light to dark, for lines that stand for a horizon.
LIGHTEST, DARKEST = 0.75, 0.1


@figure(
    "theory/random_games",
    tables=("theory/random_games", "proxies"),
    caption="How much of each bound random games use up: share of games below a ratio NIG / bound, by L_P and horizon.",
    alt="Distribution of NIG over each bound, by L_P and horizon",
)
def random_games_figure(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """How much of each bound random games use up: the share of games below a ratio, a panel for every L_P and H.

    Args:
        frame: one row per game: transition_lipschitz, horizon, and for each proxy the largest ratio NIG / bound.
        proxies: their name and label.
    """
    curves = _bounded(frame, proxies)
    check_table(frame, "the table of random games", (SWEPT, "horizon", *curves))
    down, across = sorted(frame[SWEPT].unique()), sorted(frame["horizon"].unique())
    with styled():
        figure, panels = panel_grid(len(down), len(across), sharey=True)
        for (i, j), axes in np.ndenumerate(panels):
            here = frame[(frame[SWEPT] == down[i]) & (frame["horizon"] == across[j])]
            for proxy, look in curves.items():
                ratio = np.sort(here[proxy].to_numpy()).clip(SMALLEST)
                axes.step(ratio, np.arange(1, len(ratio) + 1) / max(len(ratio), 1), where="post", **look)
            axes.set(xscale="log", xlim=(SMALLEST, 1.5), ylim=(0, 1.02), yticks=[0, 0.5, 1])
            few_ticks(axes.xaxis)
        name_panels(panels, [f"$H = {value}$" for value in across], [f"$L_P = {value:g}$" for value in down], size=7)
        words = "largest NIG / bound among the policies of a game"
        name_axes(figure, panels, ["share of games"], legend_lines(curves), words)
    return figure


@figure(
    "theory/tightness",
    tables=("theory/tightness", "proxies"),
    caption="NIG over each bound for slips in the sheltered attractor, against the horizon.",
    alt="NIG over each bound against the horizon, for both slips",
)
def tightness_figure(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """NIG over each bound against H for the smallest amplified error, a line for every L_P.

    Args:
        frame: the first table of `lower_bound.tightness`.
        proxies: their name and label.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "amplified_error"))
    curves = _bounded(frame.filter(like="ratio_").rename(columns=lambda name: name.removeprefix("ratio_")), proxies)
    frame = frame[frame["amplified_error"] == frame["amplified_error"].min()]
    with styled():
        figure, panels, slips = _slip_panels(frame, curves)
        for axes, _, here in slips:
            axes.set(xscale="log", yscale="log", ylim=(3e-5, 1))
            for slope, line in here.sort_values("horizon").groupby(SWEPT):
                for proxy, look in curves.items():
                    axes.plot(line["horizon"], line[f"ratio_{proxy}"], **{**look, "linewidth": 0.8 + 0.5 * slope})
                last = line.iloc[-1]
                place = {"textcoords": "offset points", "xytext": (2, 0), "va": "center", "fontsize": 5, "color": "0.3"}
                axes.annotate(f"{slope:g}", (last["horizon"], last["ratio_mfc_adv"]), **place)
            ticks = sorted(here["horizon"].unique())
            axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
            axes.xaxis.set_major_formatter(matplotlib.ticker.FixedFormatter([str(tick) for tick in ticks]))
            axes.xaxis.set_minor_locator(NullLocator())
            few_ticks(axes.yaxis)
        words = "horizon H (lines: $L_P$, the broader the larger)"
        name_axes(figure, panels, ["NIG / bound"], legend_lines(curves), words)
    return figure


@figure(
    "theory/regime",
    tables=("theory/tightness", "proxies"),
    caption="Inside and outside the regime of the lower bound: NIG over the bound that each slip makes tight, against "
    "the amplified error.",
    alt="NIG over the tight bound against the amplified error",
)
def regime_figure(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """NIG over the bound that each slip makes tight against the amplified error, at the largest L_P.

    Args:
        frame: the first table of `lower_bound.tightness`.
        proxies: their name and label.
    """
    check_table(frame, "the table of tightness", ("slip", SWEPT, "reward_lipschitz", "horizon", "theta"))
    curves = labelled(proxies)
    frame = frame[frame[SWEPT] == frame[SWEPT].max()]
    horizons = sorted(frame["horizon"].unique())
    greys = [f"{grey:.3f}" for grey in np.linspace(LIGHTEST, DARKEST, len(horizons))]
    with styled():
        figure, panels, slips = _slip_panels(frame, curves)
        for axes, slip, here in slips:
            proxy = SLIPS[slip]
            for horizon, grey in zip(horizons, greys, strict=True):
                line = here[here["horizon"] == horizon].sort_values("theta")
                axes.plot(line["theta"], line[f"ratio_{proxy}"], color=grey, linewidth=1.1)
            axes.axvline(1, color=curves[proxy]["color"], linewidth=0.6)
            axes.set(xscale="log", yscale="log")
            few_ticks(axes.xaxis, axes.yaxis)
        lines = [Line2D([], [], color=g, label=f"H = {h}") for h, g in zip(horizons, greys, strict=True)]
        name_axes(figure, panels, ["NIG / bound"], lines, "amplified error θ (the proof needs θ < 1, left of the line)")
    return figure


@figure(
    "theory/frontier",
    tables=("theory/frontier", "proxies"),
    caption="The largest gap found at every error, between a family of slips and the theorem; each game at its longest "
    "horizon.",
    alt="Largest NIG found at every error, between the family of slips and the theorem",
)
def frontier_figure(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """Largest NIG found at every error, between the family of slips and the theorem; each game at its longest horizon.

    Args:
        frame: the tables of `worst_policy.frontier`, of all games.
        proxies: their name and label.
    """
    curves = labelled(proxies[proxies["name"].isin(set(frame["proxy"]))])
    check_table(frame, "the table of frontiers", ("game", "horizon", "proxy", "error", "frontier", "family", "bound"))
    games = list(frame["game"].unique())
    with styled():
        figure, panels = panel_grid(len(games), len(curves), sharey=False)
        for (i, j), axes in np.ndenumerate(panels):
            here, proxy = frame[frame["game"] == games[i]], [*curves][j]
            here = here[(here["horizon"] == here["horizon"].max()) & (here["proxy"] == proxy)].sort_values("error")
            colour = curves[proxy]["color"]
            axes.fill_between(here["error"], here["frontier"], here["bound"], color="0.9", linewidth=0)
            axes.plot(here["error"], here["bound"], color="0.4", linewidth=0.8)
            axes.plot(here["error"], here["frontier"], color=colour, linewidth=1.6)
            axes.plot(here["error"], here["family"], color=colour, linewidth=0.9, linestyle=(0, (2, 1.5)))
            axes.set(xscale="log", yscale="log")
            few_ticks(axes.xaxis, axes.yaxis)
        rows = [f"{game.replace('_', ' ')}" for game in games]
        name_panels(panels, [look["label"] for look in curves.values()], rows, size=7)
        lines = [
            Line2D([], [], color="0.4", linewidth=0.8, label="theorem"),
            Line2D([], [], color="0.2", linewidth=1.6, label="frontier found"),
            Line2D([], [], color="0.2", linewidth=0.9, linestyle=(0, (2, 1.5)), label="slips"),
        ]
        name_axes(figure, panels, ["Nash imitation gap"], lines, "largest error allowed, by each proxy")
    return figure


def _bounded(frame: pd.DataFrame, proxies: pd.DataFrame) -> dict[str, dict]:
    """How the proxies look of which the frame has a column: those that have a bound."""
    return labelled(proxies[proxies["name"].isin(list(frame))])


def _slip_panels(
    frame: pd.DataFrame, curves: dict[str, dict]
) -> tuple[Figure, np.ndarray, list[tuple[Axes, str, pd.DataFrame]]]:
    """A panel for every slip (down) and L_r (across), each with its slip and its rows of the frame."""
    across = sorted(frame["reward_lipschitz"].unique())
    figure, panels = panel_grid(len(SLIPS), len(across), sharey=True)
    places = [(slip, slope) for slip in SLIPS for slope in across]
    rows = [frame[(frame["slip"] == slip) & (frame["reward_lipschitz"] == slope)] for slip, slope in places]
    down = [f"{slip} slip, {curves[proxy]['label']}" for slip, proxy in SLIPS.items()]
    name_panels(panels, [f"$L_r = {slope:g}$" for slope in across], down, size=7)
    return figure, panels, [(axes, slip, here) for axes, (slip, _), here in zip(panels.flat, places, rows, strict=True)]
