"""Common noise: where everyone is after every history, and what awareness is worth.

Nothing is computed and nothing is read here: every number comes with the frame.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, styled

#: The classes of policies: how their lines look, and what they are called.
CLASSES = {
    "aware": {"label": "aware of the history", "color": "#009E73", "linestyle": "-", "linewidth": 1.8, "zorder": 4},
    "noise_aware": {
        "label": "of the noise now",
        "color": "#0072B2",
        "linestyle": (0, (2.6, 1.9)),
        "linewidth": 1.1,
        "zorder": 5,
    },
    "unaware": {"label": "unaware", "color": "#D55E00", "linestyle": (0, (5, 1, 1, 1)), "linewidth": 1.1, "zorder": 3},
}

#: The aware again, where many trajectories share a history.
CROWDS = {"label": "aware, crowds", "color": "#009E73", "linestyle": (0, (1, 1)), "linewidth": 1.3, "zorder": 6}

#: Gaps below are drawn here.
NOTHING = 1e-7

#: Panels of a figure of histories, at most: the states that the population fills most.
MOST_STATES = 8

#: The look of the unaware imitators' populations, over that of the experts'.
IMITATORS = {"color": "0.25", "linewidth": 0.7, "linestyle": (0, (2, 1.5)), "zorder": 5}


@figure(
    "noise/gaps",
    tables=("noise/means", "noise/games"),
    caption="Common noise: the Nash imitation gap of behavioral cloning against the number of demonstrations, by what "
    "the imitators know of the noise; means over the samples with 95% intervals. Every trajectory has a history of its "
    "own, but for the dotted line. Thin lines at the right: with infinitely many demonstrations.",
    alt="Nash imitation gap against the number of demonstrations, by what imitators know of the noise",
)
def awareness_figure(frame: pd.DataFrame, games: pd.DataFrame) -> Figure:
    """The gap of behavioral cloning against the number of demonstrations, a panel for every game.

    Args:
        frame: columns game, algorithm, sharing, awareness, demonstrations, nash_imitation_gap with _low and _high.
        games: columns game and floor_AWARENESS.

    Raises:
        InputError: a column that a frame lacks, or no rows.
    """
    gap = "nash_imitation_gap"
    columns = ("game", "algorithm", "sharing", "awareness", "demonstrations", gap, f"{gap}_low", f"{gap}_high")
    check_table(frame, "the table of means", columns)
    check_table(games, "the table of games", ("game", *(f"floor_{kind}" for kind in CLASSES)))
    crowds = frame[(frame["sharing"] > 1) & (frame["awareness"] == "aware")]
    frame = frame[(frame["algorithm"] == "bc") & (frame["sharing"] == 1)]
    looks = CLASSES | ({} if crowds.empty else {"crowds": CROWDS})
    names = list(games["game"])
    with styled():
        titles = [title(name.replace("_", " ")) for name in names]
        drawn, panels = small_panels(titles, "demonstrations", "Nash imitation gap", across=3, looks=looks)
        for name, axes in zip(names, panels, strict=True):
            floors = games[games["game"] == name].iloc[0]
            for kind, look in CLASSES.items():
                here = frame[(frame["game"] == name) & (frame["awareness"] == kind)].sort_values("demonstrations")
                low, middle, high = (np.maximum(here[f"{gap}{end}"], NOTHING) for end in ("_low", "", "_high"))
                axes.fill_between(here["demonstrations"], low, high, color=look["color"], alpha=0.18, linewidth=0)
                axes.plot(here["demonstrations"], middle, marker="o", markersize=2, **look)
                last = here["demonstrations"].max()
                thin = {**look, "linewidth": 0.6, "label": None}
                axes.plot([last, 4 * last], [max(floors[f"floor_{kind}"], NOTHING)] * 2, **thin)
            together = crowds[crowds["game"] == name].sort_values("demonstrations")
            axes.plot(together["demonstrations"], np.maximum(together[gap], NOTHING), **CROWDS)
            few_ticks(axes.xaxis, axes.yaxis)
    return drawn


@figure(
    "noise/{game}/histories",
    tables=("noise/{game}/histories",),
    games="noisy",
    caption="{game}: the population of the experts after every history of the noise, state by state. A line is a "
    "history, coloured by the noise state of the step before; the more likely, the wider. Dashed: unaware imitators.",
    alt="The population after every history of the noise, {game}",
)
def histories_figure(frame: pd.DataFrame) -> Figure:
    """The flows, fanning out by history: a panel for every state.

    Args:
        frame: one row per policy (expert, unaware), step, history and state: before (the history up to the step
            before), noise, probability and population.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    columns = ("policy", "step", "history", "before", "noise", "probability", "state", "population")
    check_table(frame, "the table of histories", columns)
    noises = list(frame["noise"].drop_duplicates())
    fullest = frame.groupby("state", sort=False)["population"].max().sort_values(ascending=False, kind="stable")
    states = [state for state in frame["state"].drop_duplicates() if state in fullest.index[:MOST_STATES]]
    colors = dict(zip(noises, STATES, strict=False))
    looks = {name: {"label": title(name), "color": color, "linewidth": 1.6} for name, color in colors.items()}
    looks["unaware imitators"] = {**IMITATORS, "label": "unaware imitators"}
    with styled():
        titles = [title(state.replace("_", " ")) for state in states]
        across = min(4, len(states))
        drawn, panels = small_panels(
            titles, "step", "share of the population", across=across, scale="linear", looks=looks
        )
        for state, axes in zip(states, panels, strict=True):
            here = frame[frame["state"] == state]
            # Histories that differ in the last noise only have the same population.
            nodes = here.groupby(["policy", "step", "before"], dropna=False, sort=False)
            points = nodes.agg(population=("population", "first"), probability=("probability", "sum")).reset_index()
            points["before"] = points["before"].fillna("")
            for policy, own in points.groupby("policy", sort=False):
                place = {(row.step, row.before): row for row in own.itertuples()}
                for (step, before), row in place.items():
                    if step == 0:
                        continue
                    parent, _, last = before.rpartition(" > ")
                    start = place[step - 1, parent]
                    look = dict(IMITATORS)
                    if policy == "expert":
                        look = {"color": colors[last], "linewidth": 0.4 + 2.4 * np.sqrt(row.probability), "zorder": 3}
                    axes.plot([step - 1, step], [start.population, row.population], solid_capstyle="round", **look)
            axes.set(xlim=(0, max(here["step"].max(), 1)), ylim=(0, None))
            axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(3))
    return drawn
