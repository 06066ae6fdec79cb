"""What a data set shows and what its imitators predict: populations, how well they fit, and policies."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from mfg_imitation.figures.flow import LONGEST
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import labelled, styled

#: Panels at most, and how many in a line.
PANELS, ACROSS = 9, 3

#: How the records themselves look.
RECORDED = {"color": "0.1", "marker": "o", "markersize": 2.6, "linestyle": "none", "zorder": 8}

#: p-values below this are drawn at the bottom.
SMALLEST = 1e-4


@figure(
    "data/{data}/flows",
    tables=("data/{data}/flows", "data/{data}/fits"),
    games="data",
    caption="{data}: where the recorded population is (dots, with 95% intervals), and where it goes if all follow an "
    "imitator (lines).",
    alt="Shares of the population in the states, step by step: observed, and predicted by every imitator",
)
def flows_figure(flows: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """The share of the population in the fullest states of every crowd, against the step.

    Args:
        flows: columns of (data, or an algorithm), crowd, step, state, share, and low and high of the data.
        fits: columns algorithm and label.

    Raises:
        InputError: a column that a frame lacks, or no rows.
    """
    check_table(flows, "the table of flows", ("of", "crowd", "step", "state", "share", "low", "high"))
    flows = flows.assign(crowd=flows["crowd"].astype(object).fillna(""))
    observed = flows[flows["of"] == "data"]
    fullest = observed.groupby(["crowd", "state"], sort=False)["share"].max()
    chosen = fullest[fullest.rank(ascending=False, method="first") <= PANELS].index
    curves = _curves(fits, flows["of"])
    with styled():
        names = [_name(state) + (f" ({_name(crowd)})" if crowd else "") for crowd, state in chosen]
        drawing, panels = _panels(names, "step", "share of the population", curves)
        for (crowd, state), axes in zip(chosen, panels, strict=True):
            here = flows[(flows["crowd"] == crowd) & (flows["state"] == state)]
            dots = here[here["of"] == "data"]
            # Of a share that is 0 or 1, rounding may leave an end of the interval on its other side.
            reach = np.maximum([dots["share"] - dots["low"], dots["high"] - dots["share"]], 0)
            axes.errorbar(dots["step"], dots["share"], reach, elinewidth=0.6, label="_", **RECORDED)
            for name, look in curves.items():
                line = here[here["of"] == name]
                axes.plot(line["step"], line["share"], **_line(look, line))
            axes.set_ylim(bottom=0)
    return drawing


@figure(
    "data/{data}/goodness",
    tables=("data/{data}/goodness", "data/{data}/fits"),
    games="data",
    caption="{data}: the p-values of the chi-squared tests that the recorded population is where an imitator takes it, "
    "step by step; below the line, at 5%, it is not.",
    alt="p-values of the test that the recorded population is where an imitator takes it, step by step",
)
def goodness_figure(goodness: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """The p-value of every step and imitator, a panel for every crowd.

    Args:
        goodness: columns of (an algorithm), crowd, step (missing overall) and p_value; no rows where no population can
            be predicted, and then there is nothing to see.
        fits: columns algorithm and label.
    """
    steps = goodness[goodness["step"].notna()]
    steps = steps.assign(crowd=steps["crowd"].astype(object).fillna(""))
    crowds = list(steps["crowd"].unique())[:PANELS] or [""]
    curves = _curves(fits, steps["of"])
    with styled():
        drawing, panels = _panels([_name(crowd) for crowd in crowds], "step", "p-value", curves, dots=False)
        for crowd, axes in zip(crowds, panels, strict=True):
            here = steps[steps["crowd"] == crowd]
            for name, look in curves.items():
                line = here[here["of"] == name]
                axes.plot(line["step"], line["p_value"].clip(lower=SMALLEST), **_line(look, line))
            axes.axhline(0.05, color="0.45", linewidth=0.5)
            axes.set(yscale="log", ylim=(SMALLEST / 1.5, 1.5))
            axes.yaxis.set_minor_locator(NullLocator())
    return drawing


@figure(
    "data/{data}/policies",
    tables=("data/{data}/policies", "data/{data}/fits"),
    games="data",
    caption="{data}: how often an action was recorded (dots) and how likely every imitator plays it (lines), in the "
    "states and of the actions recorded most often.",
    alt="Probabilities of actions, step by step: as recorded, and of every imitator",
)
def policies_figure(policies: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """The probability of an action in a state against the step, a panel for every pair, the most recorded pairs first.

    Where an action is the rest of one other, one of the two is shown.

    Args:
        policies: columns algorithm, step, state, action, recorded (how often), probability.
        fits: columns algorithm and label.

    Raises:
        InputError: a column that a frame lacks, or no rows.
    """
    columns = ("algorithm", "step", "state", "action", "recorded", "probability")
    check_table(policies, "the table of policies", columns)
    curves = _curves(fits, policies["algorithm"])
    once = policies[policies["algorithm"] == policies["algorithm"].iloc[0]]
    shares = once["recorded"] / once.groupby(["step", "state"], sort=False)["recorded"].transform("sum")
    once = once.assign(share=shares)
    if once["action"].nunique() == 2:
        policies = policies[policies["action"] == once["action"].iloc[0]]
    shown = once[once["action"].isin(policies["action"].unique())]
    visits = once.groupby("state", sort=False)["recorded"].sum()
    often = shown.groupby(["state", "action"], sort=False)["recorded"].sum()
    order = pd.DataFrame({"visits": often.index.get_level_values("state").map(visits), "often": often.to_numpy()})
    first = order.sort_values(["visits", "often"], ascending=False, kind="stable").index[:PANELS]
    pairs = often.index[sorted(first)] if len(often) <= PANELS else often.index[first]
    with styled():
        names = [f"{_name(action)} in {_name(state)}" for state, action in pairs]
        drawing, panels = _panels(names, "step", "probability", curves)
        for (state, action), axes in zip(pairs, panels, strict=True):
            dots = shown[(shown["state"] == state) & (shown["action"] == action)]
            axes.plot(dots["step"], dots["share"], **RECORDED)
            here = policies[(policies["state"] == state) & (policies["action"] == action)]
            for name, look in curves.items():
                line = here[here["algorithm"] == name]
                axes.plot(line["step"], line["probability"], **_line(look, line))
            axes.set_ylim(-0.03, 1.03)
    return drawing


def _curves(fits: pd.DataFrame, drawn: pd.Series) -> dict[str, dict]:
    """The looks of the algorithms that are drawn."""
    named = fits[["algorithm", "label"]].rename(columns={"algorithm": "name"})
    return labelled(named[named["name"].isin(drawn.unique())])


def _line(look: dict, line: pd.DataFrame) -> dict:
    """A line of one step would not be seen."""
    return look if len(line) > 1 else {**look, "marker": "_", "markersize": 7}


def _name(name: object) -> str:
    text = " ".join(str(name).replace("_", " ").split())
    return title(text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…")


def _panels(
    titles: Sequence[str], x: str, y: str, looks: dict[str, dict], dots: bool = True
) -> tuple[Figure, list[Axes]]:
    """Panels line by line, and above them a legend: what was recorded, and the curves."""
    recorded = {"recorded": {**RECORDED, "label": "recorded"}} if dots else {}
    across = min(ACROSS, len(titles))
    drawing, panels = small_panels(titles, x, y, across=across, scale="linear", looks=recorded | looks)
    for axes in panels:
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(4))
    return drawing, panels
