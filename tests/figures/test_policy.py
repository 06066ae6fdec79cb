"""The figures of policies and crowds show what the frames say."""

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from mfg_imitation.errors import InputError
from mfg_imitation.figures.crowds import crowds_figure
from mfg_imitation.figures.policy import policy_figure
from mfg_imitation.figures.style import STATES


def rows(states: int, steps: int, **places) -> pd.DataFrame:
    frame = [
        {"step": n, "state": f"s{i}", "action": a, "probability": p, "population": 1 / states}
        | {name: of(i) for name, of in places.items()}
        for n in range(steps)
        for i in range(states)
        for a, p in (("up", 0.75), ("down", 0.25))
    ]
    return pd.DataFrame(frame)


def test_bands_are_as_high_as_the_probabilities_and_alike_steps_are_one_piece():
    figure = policy_figure(rows(2, 5))
    assert len(figure.axes) == 2
    for axes in figure.axes:
        assert [(bar.get_height(), bar.get_width()) for bar in axes.patches] == [(0.75, 5), (0.25, 5)]
        assert [bar.get_facecolor()[:3] for bar in axes.patches] == [to_rgb(color) for color in STATES[:2]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["up", "down"]


def test_many_states_are_a_table_and_places_are_maps():
    (axes,) = policy_figure(rows(12, 4)).axes
    assert axes.images[0].get_array().shape == (12, 4, 3)
    figure = policy_figure(rows(12, 4, row=lambda i: i // 4, column=lambda i: i % 4))
    assert [axes.images[0].get_array().shape for axes in figure.axes] == [(3, 4, 3)] * 4


@pytest.mark.parametrize("column", ["population", "action"])
def test_a_column_that_lacks_is_named(column):
    with pytest.raises(InputError, match=column):
        policy_figure(rows(2, 2).drop(columns=column))


def test_a_panel_for_every_crowd_and_distances_for_many_states():
    algorithms = pd.DataFrame({"name": ["bc"], "label": ["BC"]})

    def frame(states):
        shares = [
            (name, n, f"s{i}", 1 / states, 1 / states)
            for name in ("expert", "bc")
            for n in (0, 1)
            for i in range(states)
        ]
        return pd.DataFrame(shares, columns=["algorithm", "step", "state", "predicted", "own"])

    few = crowds_figure(frame(2), algorithms)
    assert [axes.get_title() for axes in few.axes] == ["expert", "BC"] and len(few.axes[0].lines) == 4
    many = crowds_figure(frame(20), algorithms)
    assert len(many.axes) == 2 and all(abs(axes.lines[0].get_ydata()).max() < 1e-12 for axes in many.axes)
