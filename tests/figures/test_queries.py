"""The figure of what answers are worth: medians over the runs."""

import itertools

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.figures.queries import METHODS, queries_figure


@pytest.fixture
def table():
    rows = [
        {"game": game, "method": method, "seed": seed, "queries": queries, "nash_imitation_gap": gap / queries}
        for game, method, (seed, gap), queries in itertools.product(
            ("one", "two"), METHODS, enumerate((1.0, 2.0, 9.0)), (10, 100)
        )
    ]
    return pd.DataFrame(rows)


def test_lines_are_medians(table):
    figure = queries_figure(table)
    assert [axes.get_title() for axes in figure.axes] == ["one", "two"]
    for axes in figure.axes:
        assert len(axes.lines) == len(METHODS)
        for line in axes.lines:
            np.testing.assert_allclose(line.get_xydata(), [[10, 0.2], [100, 0.02]])


def test_a_missing_column_is_named(table):
    with pytest.raises(InputError, match="has no column"):
        queries_figure(table.drop(columns="queries"))
