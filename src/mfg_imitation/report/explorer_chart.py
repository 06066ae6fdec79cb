"""The explorer: what its program in the page draws, as one piece of HTML that fetches nothing."""

from collections.abc import Collection, Mapping

import pandas as pd

from mfg_imitation.names import GAPS, SWEPT
from mfg_imitation.report.cells import data

#: Digits of the numbers in the page: more than a screen shows.
DIGITS = 4


def explorer_chart(
    tables: Mapping[str, pd.DataFrame], proxies: pd.DataFrame, panels: Collection[str] = tuple(GAPS)
) -> str:
    """HTML of tables of `studies.explorer_grid.explorer`, by the names of their games.

    Args:
        proxies: their name and label.
        panels: the gaps that curves are drawn of.
    """
    told = {
        "games": [_game(name, table, [*proxies["name"], *GAPS]) for name, table in tables.items()],
        "proxies": proxies[["name", "label"]].to_dict("records"),
        "gaps": [{"name": name, "label": label[0].upper() + label[1:]} for name, label in GAPS.items()],
        "panels": list(panels),
    }
    return f'<div class="explorer">{data("grid", told)}</div>'


def _game(name: str, table: pd.DataFrame, measures: list[str]) -> dict:
    """The stops of the sliders, and every measure at all of them: the last slider is the quickest to change."""
    axes = {"L_P": SWEPT, "H": "horizon", "alpha": "alpha"}
    table = table.sort_values(list(axes.values()))
    stops = {symbol: sorted(table[column].unique().tolist()) for symbol, column in axes.items()}
    values = {measure: [float(f"{value:.{DIGITS}g}") for value in table[measure]] for measure in measures}
    return {"label": name, **stops, "values": values}
