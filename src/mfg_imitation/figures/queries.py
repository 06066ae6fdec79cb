"""What answers of the expert are worth: the gap against their number."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import looks, styled

#: The methods and how they are written.
METHODS = {"bc": "BC", "dagger_own": "DAgger, own population", "dagger_experts": "DAgger, experts' population"}


@figure(
    "imitation/queries",
    tables=("queries",),
    caption="Asking the expert: the Nash imitation gap against the number of answers, by DAgger in the imitators' own "
    "population and in the experts', beside behavioral cloning of as many recorded actions; medians over the runs, "
    "with their quartiles.",
    alt="Nash imitation gap against the number of the expert's answers",
)
def queries_figure(frame: pd.DataFrame) -> Figure:
    """The Nash imitation gap against the number of answers, a panel for every game.

    Args:
        frame: columns game, method (a name of `METHODS`), queries, nash_imitation_gap; a row for every run.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    gap = "nash_imitation_gap"
    check_table(frame, "the table of queries", ("game", "method", "queries", gap))
    games = list(frame["game"].unique())
    curves = {name: {**look, "label": METHODS[name]} for name, look in looks(METHODS).items()}
    titles = [title(game.replace("_", " ")) for game in games]
    with styled():
        drawn, panels = small_panels(
            titles, "answers", "Nash imitation gap", across=len(games), height=1.3, looks=curves
        )
        for game, axes in zip(games, panels, strict=True):
            for method, look in curves.items():
                here = frame[(frame["game"] == game) & (frame["method"] == method)].groupby("queries")[gap]
                low, middle, high = (np.maximum(here.quantile(share), NOTHING) for share in (0.25, 0.5, 0.75))
                axes.fill_between(middle.index, low, high, color=look["color"], alpha=0.18, linewidth=0)
                axes.plot(middle.index, middle, marker="o", markersize=2, **look)
            few_ticks(axes.xaxis, axes.yaxis)
    return drawn
