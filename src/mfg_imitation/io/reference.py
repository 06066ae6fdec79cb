"""A rerun's table held against the reference: which numbers moved, and by how much.

A number may differ by rounding, which depends on the processor, and by what it does not carry: where a table has a
column X_precision, the end of a search X is known no better than that. How a search came to its end is not compared.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from mfg_imitation.errors import InputError

#: What the name of a column ends in that says how far the column named before it may be from another run's number.
PRECISION = "_precision"

#: Columns that tell how a search ended, and what it left over: rounding moves them, and no number hangs on them alone.
ENDS = (
    "status",
    "iterations",
    "certificate",
    "exploitability",
    "relative_exploitability",
    "social_status",
    "social_stationarity",
)


class Moved(NamedTuple):
    """One cell that is not what the reference says.

    Attributes:
        row: number of the row, from 1, the header not counted; the values of its text columns say which it is.
    """

    row: int
    which: str
    column: str
    reference: object
    rerun: object


class Comparison(NamedTuple):
    """A rerun's table beside its reference.

    Attributes:
        moved: the cells that are not what the reference says.
        largest: of all numbers that are compared, the largest difference in units of what is allowed: at most 1 where
            no number moved. Infinite where one of the two is missing or infinite.
    """

    moved: list[Moved]
    largest: float


def compare(reference: pd.DataFrame, rerun: pd.DataFrame, absolute: float, relative: float) -> Comparison:
    """Every cell in which two tables differ: text at all, a number by more than is allowed.

    Allowed is `absolute + relative * |reference|`, and the reference's own precision of the number where it has one.
    Missing equals missing, infinite equals infinite of the same sign. `ENDS` and the precisions are not compared.

    Raises:
        InputError: the tables differ in their columns or in the number of their rows.
    """
    if list(reference) != list(rerun):
        odd = [name for name in (*reference, *rerun) if (name in reference) != (name in rerun)]
        raise InputError(f"has other columns than the reference: {', '.join(odd) or 'in another order'}")
    if len(reference) != len(rerun):
        raise InputError(f"has {len(rerun)} rows, the reference has {len(reference)}")
    texts = [name for name in reference if not pd.api.types.is_numeric_dtype(reference[name])]
    found, largest = [], 0.0
    for column in reference:
        if column in ENDS or column.endswith(PRECISION):
            continue
        before, after = reference[column], rerun[column]
        if pd.api.types.is_numeric_dtype(before) and pd.api.types.is_numeric_dtype(after):
            precision = reference.get(f"{column}{PRECISION}", 0.0)
            share = _share(*(np.asarray(value, float) for value in (before, after, precision)), absolute, relative)
            largest = max(largest, share.max(initial=0.0))
            same = share <= 1
        else:
            same = (before.isna() & after.isna()) | (before.astype(str) == after.astype(str))
        for row in np.flatnonzero(~np.asarray(same)):
            which = ", ".join(str(reference[name].iloc[row]) for name in texts[:3])
            found.append(Moved(int(row) + 1, which, column, before.iloc[row], after.iloc[row]))
    return Comparison(found, float(largest))


def _share(before, after, precision, absolute, relative) -> Float[np.ndarray, " rows"]:
    """The difference of two columns in units of what is allowed."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.abs(after - before) / (absolute + relative * np.abs(before) + precision)
    return np.where(_equal(before, after), 0.0, np.where(np.isnan(share), np.inf, share))


def _equal(before, after) -> Bool[np.ndarray, " rows"]:
    return (before == after) | (np.isnan(before) & np.isnan(after))
