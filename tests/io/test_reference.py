"""A number that moved is found, and named."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.io.reference import moved_cells

TABLE = pd.DataFrame(
    {"game": ["a", "b", "c"], "gap": [1.0, np.inf, np.nan], "count": [1, 2, 3], "note": ["x", None, "z"]}
)
TOLERANCE = {"absolute": 1e-9, "relative": 1e-6}


def changed(row, column, value):
    table = TABLE.copy()
    table[column] = table[column].astype(object)
    table.loc[row, column] = value
    return table.infer_objects()


def test_a_table_equals_itself_missing_and_infinite_values_included():
    assert moved_cells(TABLE, TABLE.copy(), **TOLERANCE) == []


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (0, "gap", 1.1),
        (0, "gap", np.nan),
        (1, "gap", -np.inf),
        (2, "gap", 0.0),
        (1, "count", 3),
        (0, "note", "y"),
        (0, "note", None),
    ],
)
def test_one_changed_cell_is_named(row, column, value):
    (moved,) = moved_cells(TABLE, changed(row, column, value), **TOLERANCE)
    assert (moved.row, moved.column) == (row + 1, column)
    assert moved.which.startswith(TABLE["game"][row])


@pytest.mark.parametrize("factor", [1 + 0.9e-6, 1 - 0.9e-6])
def test_a_number_within_its_tolerance_has_not_moved(factor):
    assert moved_cells(TABLE, changed(0, "gap", factor), **TOLERANCE) == []
    assert moved_cells(TABLE, changed(0, "gap", factor), absolute=0, relative=1e-7)


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(InputError, match="has 2 rows, the reference has 3"):
        moved_cells(TABLE, TABLE.iloc[:2], **TOLERANCE)
    with pytest.raises(InputError, match="other columns than the reference: note"):
        moved_cells(TABLE, TABLE.drop(columns="note"), **TOLERANCE)
