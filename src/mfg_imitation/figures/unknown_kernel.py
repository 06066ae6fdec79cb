"""Imitation without the kernel: the gap against the number of simulated steps."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, legend_lines
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import TEXT_WIDTH, add_axes, looks, styled, write

#: The algorithms of the study, in words.
LABELS = {"bc": "BC", "mfc_adv": "MFC-ADV, kernel known", "mfc_adv_simulated": "MFC-ADV, kernel learned"}


@figure(
    "imitation/unknown_kernel",
    tables=("unknown_kernel",),
    caption="Without the kernel: the Nash imitation gap of MFC-ADV in a kernel learned from simulated players against "
    "the number of their steps (medians over the samples, dots: each sample), beside MFC-ADV with the true kernel and "
    "behavioral cloning.",
    alt="Nash imitation gap against the number of simulated steps",
)
def unknown_kernel_figure(frame: pd.DataFrame) -> Figure:
    """The Nash imitation gap against the simulated player-steps, a panel for every case.

    Lines are medians over the seeds, dots the seeds; what simulates nothing is a level line.

    Args:
        frame: columns case, algorithm (`LABELS`), player_steps (missing for what simulates nothing) and
            nash_imitation_gap (reward, summed over steps).

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    gap = "nash_imitation_gap"
    check_table(frame, "the table of unknown kernels", ("case", "algorithm", "player_steps", gap))
    cases = list(frame["case"].unique())
    curves = {name: {**look, "label": LABELS[name]} for name, look in looks(LABELS).items()}
    left, right, bottom, top, between, across = 0.5, 0.12, 0.42, 0.46, 0.36, 3
    lines = -(-len(cases) // across)
    width, height, space = (TEXT_WIDTH - left - right - (across - 1) * between) / across, 1.2, 0.5
    total = bottom + lines * height + (lines - 1) * space + top
    with styled():
        figure = Figure(figsize=(TEXT_WIDTH, total))
        for number, case in enumerate(cases):
            line, place = divmod(number, across)
            x, y = left + place * (width + between), bottom + (lines - 1 - line) * (height + space)
            axes = add_axes(figure, x, y, width, height)
            axes.set(xscale="log", yscale="log")
            here = frame[frame["case"] == case].assign(**{gap: lambda rows: np.maximum(rows[gap], NOTHING)})
            for name, look in curves.items():
                rows = here[here["algorithm"] == name]
                if rows["player_steps"].isna().all():
                    axes.axhline(rows[gap].median(), **look)
                    continue
                axes.plot(rows["player_steps"], rows[gap], "o", markersize=2, color=look["color"], alpha=0.6)
                middle = rows.groupby("player_steps")[gap].median()
                axes.plot(middle.index, middle, **look)
            axes.set_title(title(case.replace("_", " ")), pad=4)
            axes.margins(x=0.08, y=0.2)
            few_ticks(axes.xaxis, axes.yaxis)
        write(
            figure, "simulated steps of players", left + (TEXT_WIDTH - left - right) / 2, 0.06, ha="center", va="bottom"
        )
        write(figure, "Nash imitation gap", 0.06, total / 2, rotation=90, ha="left", va="center")
        handles = legend_lines(curves)
        figure.legend(handles=handles, frameon=False, ncols=len(handles), loc="upper center", handlelength=2.8)
    return figure
