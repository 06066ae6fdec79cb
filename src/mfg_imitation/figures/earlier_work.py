"""What earlier methods assume: quantal responses against their temperature, and the population that they estimate."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mfg_imitation.figures.imitation import NOTHING
from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table, few_ticks, small_panels
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import looks, styled


@figure(
    "rewards/temperature",
    tables=("rewards/temperatures",),
    caption="Quantal response equilibria: their exploitability in the game itself against the temperature, which is in "
    "units of the reward's range, below its bound, temperature times horizon times the logarithm of the number of "
    "actions. What is below the axis is drawn on it.",
    alt="Exploitability of quantal responses against the temperature",
)
def temperature_figure(frame: pd.DataFrame) -> Figure:
    """Exploitability and its bound against the temperature, a panel for every case.

    Args:
        frame: columns case, share (the temperature, in units of the reward's range), exploitability and bound.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of quantal responses", ("case", "share", "exploitability", "bound"))
    return _against(frame, "share", "temperature / range", {"exploitability": "exploitability", "bound": "its bound"})


@figure(
    "rewards/population",
    tables=("rewards/population",),
    caption="The population that MFIRL and MF-AIRL take for the experts': the error of its estimate (largest 1-norm "
    "over the steps; medians over the samples) against M, the number of demonstrations. An error of 0 is drawn on the "
    "axis.",
    alt="Error of the estimated population against the number of demonstrations",
)
def population_figure(frame: pd.DataFrame) -> Figure:
    """The error of the estimated population against M, a panel for every case.

    Args:
        frame: columns case, demonstrations and population_error; a row for every sample and method.

    Raises:
        InputError: a column that the frame lacks, or no rows.
    """
    check_table(frame, "the table of estimated populations", ("case", "demonstrations", "population_error"))
    medians = frame.groupby(["case", "demonstrations"], sort=False)["population_error"].median().reset_index()
    return _against(medians, "demonstrations", "M", {"population_error": "population error"})


def _against(frame: pd.DataFrame, at: str, label: str, columns: dict[str, str]) -> Figure:
    """Columns against another one, both in logarithms, a panel for every case."""
    cases = list(frame["case"].unique())
    curves = {name: {**look, "label": columns[name]} for name, look in looks(columns).items()}
    titles = [title(case.replace("_", " ")) for case in cases]
    named = next(iter(columns.values()))
    with styled():
        drawn, panels = small_panels(titles, label, named, across=len(cases), height=1.3, looks=curves)
        for case, axes in zip(cases, panels, strict=True):
            here = frame[frame["case"] == case].sort_values(at)
            for name, look in curves.items():
                axes.plot(here[at], np.maximum(here[name], NOTHING), marker="o", markersize=2, **look)
            few_ticks(axes.xaxis, axes.yaxis)
    return drawn
