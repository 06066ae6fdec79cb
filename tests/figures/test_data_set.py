"""Figures of data sets: what is drawn is what the tables say."""

import itertools

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.figures.data_set import PANELS, SMALLEST, flows_figure, goodness_figure, policies_figure

FITS = pd.DataFrame({"algorithm": ["bc", "mfc_adv"], "label": ["BC", "MFC-ADV"]})


def flows(states: int, crowds=("",)) -> pd.DataFrame:
    rows = [
        {"of": of, "crowd": crowd, "step": n, "state": f"state {s}", "share": (1 + s) / 100 + n / 1000}
        for of, crowd, n, s in itertools.product(("data", "bc", "mfc_adv"), crowds, range(4), range(states))
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(low=frame["share"] - 0.01, high=frame["share"] + 0.02).replace({"crowd": {"": np.nan}})


def test_flows_show_what_was_observed_and_every_imitator():
    figure = flows_figure(flows(2), FITS)
    assert len(figure.axes) == 2
    for s, axes in enumerate(figure.axes):
        dots, *lines = (np.asarray(line.get_ydata(), float) for line in axes.lines)
        assert len(lines) == 2
        for drawn in (dots, *lines):
            np.testing.assert_allclose(drawn, (1 + s) / 100 + np.arange(4) / 1000)
        low, high = np.array([segment[:, 1] for segment in axes.collections[0].get_segments()]).T
        np.testing.assert_allclose(low, dots - 0.01)
        np.testing.assert_allclose(high, dots + 0.02)


def test_the_fullest_states_of_many_are_shown():
    figure = flows_figure(flows(30, ("day one", "day two")), FITS)
    assert len(figure.axes) == PANELS
    assert all("(day one)" in axes.get_title() or "(day two)" in axes.get_title() for axes in figure.axes)


def test_p_values_end_at_the_bottom_and_may_be_missing():
    steps = pd.DataFrame({"of": "bc", "crowd": np.nan, "step": [0, 1, None], "p_value": [0.5, 0.0, 0.1]})
    (axes,) = goodness_figure(steps, FITS).axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [0.5, SMALLEST])
    assert len(goodness_figure(steps.iloc[:0], FITS).axes) == 1


@pytest.mark.parametrize("actions", [2, 3])
def test_policies_show_records_and_probabilities(actions):
    rows = [
        {"algorithm": name, "step": n, "state": "here", "action": f"act {a}", "recorded": a + 1.0, "probability": a / 9}
        for name, n, a in itertools.product(("bc", "mfc_adv"), range(3), range(actions))
    ]
    figure = policies_figure(pd.DataFrame(rows), FITS)
    assert len(figure.axes) == (1 if actions == 2 else 3), "of two actions, one says all"
    for axes in figure.axes:
        a = int(axes.get_title().split()[1])
        dots, *lines = (line.get_ydata() for line in axes.lines)
        np.testing.assert_allclose(dots, (a + 1) / sum(range(1, actions + 1)))
        for line in lines:
            np.testing.assert_allclose(line, a / 9)


def test_a_missing_column_is_one_line():
    with pytest.raises(InputError, match="the table of flows has no column 'low'"):
        flows_figure(flows(2).drop(columns="low"), FITS)
