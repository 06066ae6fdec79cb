"""A number that moved is found, and named."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.io.reference import compare

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
    assert compare(TABLE, TABLE.copy(), **TOLERANCE) == ([], 0)


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
    (moved,), largest = compare(TABLE, changed(row, column, value), **TOLERANCE)
    assert (moved.row, moved.column) == (row + 1, column)
    assert moved.which.startswith(TABLE["game"][row])
    assert (largest > 1) == (column != "note")


@pytest.mark.parametrize("factor", [1 + 0.9e-6, 1 - 0.9e-6])
def test_a_number_within_its_tolerance_has_not_moved(factor):
    moved, largest = compare(TABLE, changed(0, "gap", factor), absolute=0, relative=1e-6)
    assert moved == [] and largest == pytest.approx(0.9, rel=1e-6)
    assert compare(TABLE, changed(0, "gap", factor), absolute=0, relative=1e-7).moved


def test_a_number_may_move_by_the_precision_that_its_table_states():
    """The reference's, not the rerun's: a rerun cannot excuse itself."""
    vague = TABLE.assign(gap_precision=[0.1, 0, 0])
    beside = changed(0, "gap", 1.09).assign(gap_precision=[0, 0, 0])
    assert compare(vague, beside, **TOLERANCE).largest == pytest.approx(0.9, rel=1e-4)
    assert compare(beside, vague, **TOLERANCE).moved
    (moved,), _ = compare(vague, changed(0, "gap", 1.11).assign(gap_precision=[9, 9, 9]), **TOLERANCE)
    assert moved.column == "gap"


def test_how_a_search_ended_is_not_compared():
    ends = TABLE.assign(iterations=[1, 2, 3], status="stationary")
    assert compare(ends, ends.assign(iterations=4, status="iteration limit"), **TOLERANCE) == ([], 0)


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(InputError, match="has 2 rows, the reference has 3"):
        compare(TABLE, TABLE.iloc[:2], **TOLERANCE)
    with pytest.raises(InputError, match="other columns than the reference: note"):
        compare(TABLE, TABLE.drop(columns="note"), **TOLERANCE)
