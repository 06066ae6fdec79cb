"""What a claim is: a statement, one number that is measured for it, and a threshold; the verdict follows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mfg_imitation.names import JUDGED_GAPS
from mfg_imitation.registry import Registry

#: Tables by name.
Tables = Mapping[str, pd.DataFrame]


class Claim(NamedTuple):
    """An entry of `CLAIMS`.

    Attributes:
        card: the scorecard that it belongs to.
        rows: from the tables to its rows: mappings with at least claim, where, measure, measured and threshold.
    """

    card: str
    rows: Callable[[Tables], Iterable[Mapping[str, Any]]]


#: The claims, in the order of the scorecards' rows.
CLAIMS: Registry[Claim] = Registry("mfg_imitation.claims", "claim")


def claim(card: str) -> Callable[[Callable], Callable]:
    """Enter the decorated function, from tables to rows, as a claim of a scorecard."""

    def enter(rows: Callable) -> Callable:
        CLAIMS.enter(rows.__name__, Claim(card, rows), rows.__module__)
        return rows

    return enter


def statement(card: str, name: str, *, where: str, says: str, measure: str, threshold: float, of_gap: bool = True):
    """Enter the decorated function, from (tables, name of a gap) to a number, as a claim.

    Args:
        where: place in the paper.
        says: what the paper says there, in our words.
        measure: how it was made measurable.
        threshold: the claim holds when the number is at most this.
        of_gap: whether it speaks of "the NIG": then it is asked twice, of the Nash imitation gap as Definition 7 has it
            and of the population value gap, which is what Eq. 33 is inferred to compute.
    """

    def enter(measured: Callable[[Tables, str | None], float]) -> Callable:
        def rows(tables: Tables):
            for gap in JUDGED_GAPS if of_gap else (None,):
                named = {"claim": name, "where": where, "statement": says, "gap": gap, "measure": measure}
                yield {**named, "measured": measured(tables, gap), "threshold": threshold}

        CLAIMS.enter(measured.__name__, Claim(card, rows), measured.__module__)
        return measured

    return enter


def scorecard(card: str, tables: Tables) -> pd.DataFrame:
    """Every claim of a scorecard, judged.

    Returns:
        One row per claim and what it is asked of: the columns of the claims' rows, and verdict: "holds" when measured
        is at most threshold, else "fails"; "not measured" when the tables leave the number out.
    """
    rows = [row for claim in CLAIMS.values() if claim.card == card for row in claim.rows(tables)]
    table = pd.DataFrame(rows)
    verdict = np.where(table["measured"] <= table["threshold"], "holds", "fails")
    return table.assign(verdict=np.where(table["measured"].isna(), "not measured", verdict))
