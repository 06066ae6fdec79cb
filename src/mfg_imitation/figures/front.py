"""The small pictures beside the findings of the first page: one message each, legible at a third of a page's width."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.panels import few_ticks
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import OTHERS, add_axes, labelled, styled, write
from mfg_imitation.figures.transfer import recovered_rewards
from mfg_imitation.names import GAPS, JUDGED_GAPS, SWEPT

#: Width and height in inches.
WIDTH, HEIGHT = 2.4, 1.75

#: The experiment of which the picture on noise is drawn, if it was done.
NOISE = "label_noise"


@figure(
    "front/figure_2",
    tables=("games/{paper}/sweep", "proxies"),
    caption="One panel of Figure 2, for either gap.",
    alt="Two small panels: Nash imitation gap and population value gap against each proxy, at the largest L_P and H "
    "of a few",
)
def figure_2(frame: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """Both gaps against the proxies at one L_P and H.

    Args:
        frame: see `studies.sweep`; of the values of L_P up to 1 and of H up to 20 the largest are shown.
    """
    curves = labelled(proxies)
    slope = frame.loc[frame[SWEPT] <= 1, SWEPT].max() if (frame[SWEPT] <= 1).any() else frame[SWEPT].min()
    horizon = (
        frame.loc[frame["horizon"] <= 20, "horizon"].max() if (frame["horizon"] <= 20).any() else frame["horizon"].min()
    )
    here = frame[(frame[SWEPT] == slope) & (frame["horizon"] == horizon)].sort_values("alpha")
    with styled():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        for number, gap in enumerate(JUDGED_GAPS):
            axes = add_axes(figure, 0.24 + 1.12 * number, 0.36, 0.92, 1.12)
            for name in [name for name in curves if name in ("bc", "vanilla_adv", "mfc_adv")]:
                axes.plot(
                    here[name], here[gap], **{key: curves[name][key] for key in ("color", "linestyle", "linewidth")}
                )
            axes.set(xlim=(0, 2), xticks=[0, 1, 2], ylim=(0, None))
            axes.yaxis.set_major_locator(MaxNLocator(2))
            axes.set_title(("Definition 7", "value gap")[number], pad=3)
        write(
            figure, rf"error, at $L_P = {slope:g}$, $H = {horizon:g}$", WIDTH / 2 + 0.1, 0.04, ha="center", va="bottom"
        )
    return figure


@figure(
    "front/bounds",
    tables=("theory/bridge", "proxies"),
    caption="The share of each bound that small slips in the bridge reach.",
    alt="Bars that end close to 1: the share of each bound that is reached",
)
def bounds(bridge: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """The least share of every bound that the bridge reaches at its smallest amplified error."""
    tight = bridge[bridge["amplified_error"] == bridge["amplified_error"].min()]
    shares = tight.groupby("proxy", sort=False)["ratio"].min()
    return _bars(shares, labelled(proxies), "share of the bound reached", "{:.5f}", 1.0)


@figure(
    "front/growth",
    tables=("theory/tightness", "proxies"),
    caption="The Nash imitation gap per unit of error, over the horizon.",
    alt="Curves of the gap per unit of error over the horizon: by BC's error exponential, by MFC-ADV's flat",
)
def growth(tightness: pd.DataFrame, proxies: pd.DataFrame) -> Figure:
    """NIG per unit of error over the horizon, for steady slips at the smallest amplified error and the largest L_P."""
    curves = labelled(proxies)
    here = steady_slips(tightness)
    with styled():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = add_axes(figure, 0.5, 0.36, WIDTH - 1.1, HEIGHT - 0.46)
        axes.set(yscale="log", xlabel="horizon")
        for name in ("bc", "mfc_adv"):
            look = {key: curves[name][key] for key in ("color", "linestyle", "linewidth")}
            values = here["nash_imitation_gap"] / here[name]
            axes.plot(here["horizon"], values, marker="o", markersize=2.5, **look)
            beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False, "color": look["color"]}
            axes.annotate(curves[name]["label"], (here["horizon"].iloc[-1], values.iloc[-1]), (4, 0), **beside)
        few_ticks(axes.yaxis)
        axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        write(figure, "gap per unit of error", 0.04, 0.36 + (HEIGHT - 0.46) / 2, rotation=90, ha="left", va="center")
    return figure


def steady_slips(tightness: pd.DataFrame) -> pd.DataFrame:
    """Steady slips at the smallest amplified error, the largest L_P and the smallest L_r, by the horizon."""
    here = tightness[
        (tightness["slip"] == "steady") & (tightness["amplified_error"] == tightness["amplified_error"].min())
    ]
    here = here[here[SWEPT] == here[SWEPT].max()]
    return here[here["reward_lipschitz"] == here["reward_lipschitz"].min()].sort_values("horizon")


@figure(
    "front/which",
    tables=("tally", "algorithms"),
    caption="In how many pairs of game and experiment each imitator is within 10% of the best.",
    alt="Bars: share of pairs of game and experiment in which each imitator is near the best",
)
def which(tally: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """How often every imitator is near the best, over all experiments."""
    whole = mostly_fitted(tally)
    shares = whole.set_index("algorithm")["near_share"].sort_values(ascending=False, kind="stable").head(6)
    return _bars(shares, labelled(algorithms), "within 10% of the best", "{:.0%}", 1.0)


def mostly_fitted(tally: pd.DataFrame) -> pd.DataFrame:
    """Of all experiments together, the rows of the compared imitators that were fitted in most of the places."""
    whole = tally[(tally["experiment"] == "all") & tally["compared"].astype(bool)]
    return whole[whole["cells"] > whole["cells"].max() / 2]


@figure(
    "front/noise",
    tables=("imitators", "algorithms"),
    caption="Nash imitation gaps against the number of demonstrations with noisy labels; what is 0 is drawn at the "
    "bottom.",
    alt="Nash imitation gaps of imitators against the number of demonstrations with noisy labels",
)
def noise(imitators: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """Gaps over the number of noisy demonstrations, in the game that was tried with most sizes."""
    curves = labelled(algorithms)
    here = imitators[imitators["experiment"] == NOISE] if NOISE in set(imitators["experiment"]) else imitators
    here = here[here["game"] == telling_game(here)]
    with styled():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = add_axes(figure, 0.5, 0.36, WIDTH - 1.2, HEIGHT - 0.46)
        floor = (
            max(here.loc[here["nash_imitation_gap"] > NOTHING, "nash_imitation_gap"].min() / 10, 1e-6)
            if (here["nash_imitation_gap"] > NOTHING).any()
            else 1e-6
        )
        axes.set(xscale="log", yscale="log", xlabel="demonstrations")
        ends = []
        for name in [name for name in ("bc", "vanilla_adv", "mfc_adv", "likelihood") if name in set(here["algorithm"])]:
            rows = here[here["algorithm"] == name].sort_values("demonstrations")
            look = {key: curves[name][key] for key in ("color", "linestyle", "linewidth")}
            values = rows["nash_imitation_gap"].clip(lower=floor)
            axes.plot(rows["demonstrations"], values, marker="o", markersize=2.5, clip_on=False, **look)
            ends.append((float(values.iloc[-1]), rows["demonstrations"].iloc[-1], curves[name]["label"], look["color"]))
        axes.set_ylim(floor, None)
        _name_ends(axes, ends)
        few_ticks(axes.xaxis, axes.yaxis)
        write(figure, GAPS["nash_imitation_gap"], 0.04, 0.36 + (HEIGHT - 0.46) / 2, rotation=90, ha="left", va="center")
    return figure


def telling_game(imitators: pd.DataFrame) -> str:
    """The game that was tried with most sizes; of several, the one in which most is lost."""
    games = imitators.groupby("game", sort=False)
    sizes = games["demonstrations"].nunique()
    return games["nash_imitation_gap"].max()[sizes[sizes == sizes.max()].index].idxmax()


@figure(
    "front/lost_crowds",
    tables=("imitators", "algorithms"),
    caption="Both gaps of every imitator, as shares of the largest possible loss; top left the crowd is lost and "
    "nobody gains by leaving.",
    alt="Points: population value gap against Nash imitation gap of every imitator",
)
def lost_crowds(imitators: pd.DataFrame, algorithms: pd.DataFrame) -> Figure:
    """The population value gap over the Nash imitation gap, both over the reward's range times the horizon."""
    curves, floor = labelled(algorithms), 1e-5
    with styled():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = add_axes(figure, 0.5, 0.36, WIDTH - 0.6, HEIGHT - 0.46)
        axes.set(
            xscale="log", yscale="log", xlim=(floor / 1.5, 2), ylim=(floor / 1.5, 2), xlabel=GAPS["nash_imitation_gap"]
        )
        for name in ("bc", "vanilla_adv", "mfc_adv", "likelihood"):
            rows = imitators[imitators["algorithm"] == name]
            shares = [
                (rows[gap] / rows["unit"]).clip(lower=floor) for gap in ("nash_imitation_gap", "population_value_gap")
            ]
            if len(rows):
                axes.plot(*shares, "o", markersize=2.2, color=curves[name]["color"], alpha=0.75, markeredgewidth=0)
        few_ticks(axes.xaxis, axes.yaxis)
        write(
            figure, GAPS["population_value_gap"], 0.04, 0.36 + (HEIGHT - 0.46) / 2, rotation=90, ha="left", va="center"
        )
    return figure


@figure(
    "front/rewards",
    tables=("rewards/medians",),
    caption="What is lost where the kernel has changed: by the best recovered reward, played, and by the best "
    "imitator.",
    alt="Bars: losses of the best recovered reward and of the best imitator where the kernel has changed",
)
def rewards(medians: pd.DataFrame) -> Figure:
    """Per case, where the kernel has changed, the loss of the best recovered reward and that of the best imitator."""
    best, values = recovered_rewards(medians), {}
    for row in best[best["kernel"] != "same"].itertuples():
        values[f"{row.case.replace('_', ' ')}: reward"] = row.loss
        values[f"{row.case.replace('_', ' ')}: imitator"] = row.beside_loss
    shares = pd.Series(values, dtype=float)
    looks = {name: {"color": OTHERS[2] if name.endswith("reward") else "0.55", "label": name} for name in shares.index}
    return _bars(shares, looks, "loss where the kernel has changed", "{:.3g}", None)


def _bars(values: pd.Series, looks: dict, label: str, written: str, most: float | None) -> Figure:
    """Horizontal bars with their names inside or above, and their numbers."""
    with styled():
        figure = Figure(figsize=(WIDTH, max(0.36 + 0.29 * len(values) + 0.05, 0.7)))
        height = 0.29 * len(values)
        axes = add_axes(figure, 0.08, 0.32, WIDTH - 0.62, height)
        top = most or float(values.max()) or 1.0
        for number, (name, value) in enumerate(values.items()):
            place = len(values) - 1 - number
            axes.barh(place - 0.18, value, height=0.32, color=looks[name]["color"])
            axes.text(0, place + 0.02, looks[name]["label"], va="bottom", ha="left", fontsize=7.5)
            axes.annotate(
                written.format(value),
                (value, place - 0.18),
                (3, 0),
                textcoords="offset points",
                va="center",
                annotation_clip=False,
            )
        axes.set(xlim=(0, top), ylim=(-0.5, len(values) - 0.5), yticks=[], xlabel=label)
        axes.xaxis.set_major_locator(MaxNLocator(2))
        axes.grid(axis="y", visible=False)
    return figure


def _name_ends(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Names right of the lines' ends, moved apart where they would overlap."""
    low, high = np.log(axes.get_ylim())
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    last = -np.inf
    for value, x, label, color in sorted(ends):
        at = (np.log(value) - low) / (high - low) * height
        place = max(at, last + 8)
        last = place
        axes.annotate(
            label,
            (x, value),
            (5, place - at),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            color=color,
        )
