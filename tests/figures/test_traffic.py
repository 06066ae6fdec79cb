"""A map of roads: an arrow for each direction, as wide as its traffic; and two games side by side."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Circle, FancyArrow

from mfg_imitation.figures.comparison import comparison_figure
from mfg_imitation.figures.traffic import ACROSS, LINES, WIDEST, traffic_figure

NODES = pd.DataFrame(
    {"node": ["a", "b"], "x": [0.0, 10.0], "y": [0.0, 0.0], "origin": [1.0, 0.0], "destination": [0.0, 1.0]}
)


def traffic(shares, back=0.0):
    """On the road from a to b these shares, on the one back always the same."""
    n = len(shares)
    rows = {"step": np.tile(np.arange(n), 2), "from": ["a"] * n + ["b"] * n, "to": ["b"] * n + ["a"] * n}
    population = np.concatenate([shares, np.full(n, back)])
    return pd.DataFrame(rows | {"population": population, "delay": 1 + population})


def arrows(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyArrow)]


def test_there_is_a_map_for_some_steps_up_to_the_last_with_traffic():
    maps = traffic_figure(traffic(np.linspace(1, 0.01, 40)), NODES).axes[:-1]
    assert len(maps) == ACROSS * LINES
    titles = [axes.get_title() for axes in maps]
    assert titles[0] == "step 1: 97% on the road" and titles[-1] == "step 37: 6% on the road"
    for axes in maps:
        assert len(arrows(axes)) == 2 and len([patch for patch in axes.patches if isinstance(patch, Circle)]) == 2
    assert len(traffic_figure(traffic(np.zeros(3)), NODES).axes) == 2, "a network without traffic has one map"


def shaft(outline):
    """Width of a level arrow without its head: the distance between the second least and the second largest height."""
    heights = np.unique(outline[:, 1].round(9))
    return heights[-2] - heights[1]


def test_both_directions_are_apart_and_the_fuller_one_is_wider():
    axes = traffic_figure(traffic([0.0, 0.5], back=0.1), NODES).axes[0]
    back, there = (patch.get_xy() for patch in arrows(axes))  # the wider one lies above
    middle = axes.get_ylim()[1] / 2
    assert np.median(there[:, 1]) < middle < np.median(back[:, 1]), "everyone drives on the right"
    assert [shaft(there), shaft(back)] == [pytest.approx(WIDEST), pytest.approx(WIDEST / 5)]


def test_names_are_text():
    nodes = NODES.assign(node=["$a_b$", "end"])
    frame = traffic([0.0, 0.5]).replace({"a": "$a_b$", "b": "end"})
    traffic_figure(frame, nodes).savefig(BytesIO(), format="svg")


def comparison(values):
    frame = pd.DataFrame({"game": ["new", "old"], "title": ["New $x$", "Old"], "equilibrium_value": values})
    steps = pd.DataFrame({"game": ["old"] * 3 + ["new"] * 3, "step": [0, 1, 2] * 2, "reward": [1, 2, 3, 4, 5, 6]})
    return comparison_figure(frame.assign(social_value=np.array(values) + 1), steps)


def test_each_game_has_its_line_and_its_values():
    drawn = comparison([-16.333, -14.1])
    drawn.savefig(BytesIO(), format="svg")  # its title has dollars
    left, right = drawn.axes
    np.testing.assert_array_equal([line.get_ydata() for line in left.lines], [[4, 5, 6], [1, 2, 3]])
    assert [text.get_text() for text in right.texts] == ["\N{MINUS SIGN}16.33", "\N{MINUS SIGN}14.10"]
    marks = [line.get_xdata() for line in right.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(np.concatenate(marks), [-16.333, -15.333, -14.1, -13.1])


@pytest.mark.parametrize("column", ["population", "delay", "to"])
def test_mistakes_are_named(one_line, column):
    assert repr(column) in one_line(traffic_figure, traffic([0.1]).drop(columns=column), NODES)
    assert "no rows" in one_line(traffic_figure, traffic([0.1]).iloc[:0], NODES)
