"""Imitation without the kernel: the gap against the number of simulated steps."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import looks, styled

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
    titles = [title(case.replace("_", " ")) for case in cases]
    with styled():
        figure, panels = small_panels(
            titles, "simulated steps of players", "Nash imitation gap", across=3, looks=curves
        )
        for case, axes in zip(cases, panels, strict=True):
            here = frame[frame["case"] == case].assign(**{gap: lambda rows: np.maximum(rows[gap], NOTHING)})
            for name, look in curves.items():
                rows = here[here["algorithm"] == name]
                if rows["player_steps"].isna().all():
                    axes.axhline(rows[gap].median(), **look)
                    continue
                axes.plot(rows["player_steps"], rows[gap], "o", markersize=2, color=look["color"], alpha=0.6)
                middle = rows.groupby("player_steps")[gap].median()
                axes.plot(middle.index, middle, **look)
            axes.margins(x=0.08, y=0.2)
            few_ticks(axes.xaxis, axes.yaxis)
    return figure
