"""Recovered rewards and imitators, where they were learned and where the kernel has changed."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import TEXT_WIDTH, add_axes, styled, write

#: The kernels: how they are written and drawn.
KERNELS = {
    "same": ("where it was learned", {"color": "#4c78a8", "marker": "o"}),
    "changed": ("where the kernel has changed", {"color": "#e45756", "marker": "D"}),
}

#: How methods are written.
METHODS = {
    "bc": "BC",
    "vanilla_adv": "vanilla-ADV",
    "mfc_adv": "MFC-ADV",
    "entropy": "MF-AIRL",
    "margin": "MFIRL",
    "control": "Yang et al.",
}


def recovered_rewards(medians: pd.DataFrame) -> pd.DataFrame:
    """Of every case and kernel the recovered reward that loses least: its rows of the table rewards/medians."""
    recovered = medians[medians["recovered"]]
    return recovered.loc[recovered.groupby(["case", "kernel"], sort=False)["loss"].idxmin()]


@figure(
    "rewards/transfer",
    tables=("rewards/medians",),
    caption="What imitators and recovered rewards lose under the true reward (the larger of both gaps; medians over "
    "the samples, with 95% bootstrap intervals), where they were learned and where the kernel has changed. A loss of 0 "
    "is drawn at the left end.",
    alt="Loss of imitators and recovered rewards, with the same kernel and with a changed one",
)
def transfer_figure(frame: pd.DataFrame) -> Figure:
    """The loss of everyone, a panel for every case, a row for every method and what it plays.

    Args:
        frame: columns case, kernel (a name of `KERNELS`), method, plays, loss, low, high (reward, summed over steps).

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of recovered rewards", ("case", "kernel", "method", "plays", "loss", "low", "high"))
    cases = list(frame["case"].unique())
    names = list(dict.fromkeys(zip(frame["method"], frame["plays"], strict=True)))
    left, gutter, below, above = 1.35, 0.2, 0.42, 0.5
    width = (TEXT_WIDTH - left - 0.12 - (len(cases) - 1) * gutter) / len(cases)
    height = 0.16 * len(names)
    with styled():
        drawn = Figure(figsize=(TEXT_WIDTH, below + height + above))
        for number, case in enumerate(cases):
            axes = add_axes(drawn, left + number * (width + gutter), below, width, height)
            axes.set_title(title(case.replace("_", " ")), pad=4)
            for (kernel, (label, look)), shift in zip(KERNELS.items(), (-0.15, 0.15), strict=True):
                here = frame[(frame["case"] == case) & (frame["kernel"] == kernel)]
                rows = np.array([names.index(pair) for pair in zip(here["method"], here["plays"], strict=True)]) + shift
                low, middle, high = (np.maximum(here[name], NOTHING) for name in ("low", "loss", "high"))
                axes.hlines(rows, low, high, color=look["color"], linewidth=1)
                axes.plot(middle, rows, linestyle="none", markersize=3, label=label, **look)
            axes.set(xscale="log", ylim=(len(names) - 0.5, -0.5))
            labels = [f"{METHODS.get(method, method)}, {plays}" for method, plays in names] if number == 0 else []
            axes.set_yticks(range(len(names)), labels or [""] * len(names))
            axes.xaxis.set_major_locator(LogLocator(numticks=4))
            axes.xaxis.set_minor_locator(NullLocator())
        write(
            drawn,
            "loss, in units of reward over the horizon",
            left + (TEXT_WIDTH - left) / 2,
            0.06,
            ha="center",
            va="bottom",
        )
        handles, labels = axes.get_legend_handles_labels()
        drawn.legend(handles, labels, frameon=False, loc="upper center", ncols=len(labels), borderaxespad=0.3)
    return drawn
