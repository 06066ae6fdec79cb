"""Which verdicts hang on the grid: those that turn when one of its values of L_P or H is left out."""

import pandas as pd

from mfg_imitation.claims.claim import Tables, scorecard
from mfg_imitation.names import SWEPT, SYMBOLS


def hangs_on(card: str, tables: Tables) -> list[str]:
    """For every row of a scorecard, the values of the sweep's grid without any one of which its verdict is another.

    Args:
        tables: as for `scorecard`; one value of L_P, or of H, is left out at a time, if the sweep has another: of
            `sweep`, and of `certificates`, which follow from it.

    Returns:
        For each row those values, as in "H = 50, L_P = 5"; nothing where no single value turns the verdict.
    """
    verdicts, cut = scorecard(card, tables)["verdict"], {name: tables[name] for name in ("sweep", "certificates")}
    turned = [[] for _ in verdicts]
    for name in ("horizon", SWEPT):
        values = sorted(cut["sweep"][name].dropna().unique())
        for value in values if len(values) > 1 else ():
            left = {key: table[table[name] != value] for key, table in cut.items()}
            without = scorecard(card, {**tables, **left})["verdict"]
            for row in (without != verdicts).to_numpy().nonzero()[0]:
                turned[row].append(f"{SYMBOLS[name]} = {value:g}")
    return [", ".join(row) for row in turned]


def with_grid_dependence(card: str, tables: Tables) -> pd.DataFrame:
    """`scorecard` with a column hangs_on, see there."""
    return scorecard(card, tables).assign(hangs_on=hangs_on(card, tables))
