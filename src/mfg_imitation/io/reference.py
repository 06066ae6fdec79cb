"""A rerun's table held against the reference: which numbers moved, and by how much."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mfg_imitation.errors import InputError


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


def moved_cells(reference: pd.DataFrame, rerun: pd.DataFrame, absolute: float, relative: float) -> list[Moved]:
    """Every cell in which two tables differ: a number by more than `absolute + relative * |reference|`, text at all.

    Missing equals missing, infinite equals infinite of the same sign.

    Raises:
        InputError: the tables differ in their columns or in the number of their rows.
    """
    if list(reference) != list(rerun):
        odd = [name for name in (*reference, *rerun) if (name in reference) != (name in rerun)]
        raise InputError(f"has other columns than the reference: {', '.join(odd) or 'in another order'}")
    if len(reference) != len(rerun):
        raise InputError(f"has {len(rerun)} rows, the reference has {len(reference)}")
    texts = [name for name in reference if not pd.api.types.is_numeric_dtype(reference[name])]
    found = []
    for column in reference:
        before, after = reference[column], rerun[column]
        if pd.api.types.is_numeric_dtype(before) and pd.api.types.is_numeric_dtype(after):
            same = np.isclose(after, before, rtol=relative, atol=absolute, equal_nan=True)
        else:
            same = (before.isna() & after.isna()) | (before.astype(str) == after.astype(str))
        for row in np.flatnonzero(~np.asarray(same)):
            which = ", ".join(str(reference[name].iloc[row]) for name in texts[:3])
            found.append(Moved(int(row) + 1, which, column, before.iloc[row], after.iloc[row]))
    return found
