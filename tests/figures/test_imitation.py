"""Figures of the imitation experiments: what is drawn is what the table says."""

import itertools

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.figures.imitation import NOTHING, learning_figure, matrix_figure, players_figure
from mfg_imitation.figures.unknown_kernel import unknown_kernel_figure

GAP = "nash_imitation_gap"
ALGORITHMS = {"bc": 0.0, "vanilla_adv": 2.0, "mfc_adv": 0.5, "vanilla_adv_simplex": 9.0}
ENTRIES = pd.DataFrame(
    {
        "name": [*ALGORITHMS, "absent"],
        "label": [*ALGORITHMS, "absent"],
        "variant_of": [None, None, None, "vanilla_adv", None],
    }
)


@pytest.fixture
def table():
    rows = [
        {"game": game, "experiment": experiment, "demonstrations": size, "algorithm": algorithm, GAP: gap / size}
        for game, experiment, size, (algorithm, gap) in itertools.product(
            ("one", "two"), ("clean", "noise"), (10, 100), ALGORITHMS.items()
        )
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(**{f"{GAP}_low": 0.9 * frame[GAP], f"{GAP}_high": 1.1 * frame[GAP]})


def test_learning_curves_show_the_medians_and_put_nothing_at_the_bottom(table):
    figure = learning_figure(table[table["game"] == "one"], ENTRIES)
    assert [axes.get_title() for axes in figure.axes] == ["clean", "noise"]
    for axes in figure.axes:
        bc, vanilla, mfc = (line.get_xydata() for line in axes.lines)
        np.testing.assert_allclose(vanilla, [[10, 0.2], [100, 0.02]])
        np.testing.assert_allclose(mfc, [[10, 0.05], [100, 0.005]])
        assert (bc[:, 1] == axes.get_ylim()[0]).all()


def test_the_matrix_has_the_largest_samples_and_marks_the_best(table):
    texts = [text for text in matrix_figure(table, ENTRIES).axes[0].texts]
    assert [text.get_text() for text in texts[:3]] == ["0", "0.02", "0.005"]
    assert len(texts) == 4 * 3
    bold = [text.get_text() for text in texts if text.get_fontweight() == "bold"]
    assert bold == ["0"] * 4


def test_what_was_not_fitted_is_empty_in_the_matrix(table):
    missing = (table["game"] == "one") & (table["experiment"] == "clean") & (table["algorithm"] == "bc")
    texts = matrix_figure(table[~missing], ENTRIES).axes[0].texts
    first = [text for text in texts if text.get_position()[1] == 0]
    assert [text.get_text() for text in first] == ["0.02", "0.005"] and len(texts) == 4 * 3 - 1
    assert [text.get_fontweight() for text in first] == ["normal", "bold"]


def test_errors_in_populations_carry_their_slopes():
    frame = pd.DataFrame(
        {
            "game": "one",
            "alpha": 0.2,
            "estimate": "plug_in",
            "n_players": [100, 10000],
            "error": [0.1, 0.01],
            "slope": -0.5,
        }
    )
    axes, other = players_figure(pd.concat([frame, frame.assign(alpha=0.1)])).axes
    assert "0.1" in other.get_title() and "0.2" in axes.get_title()
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[100, 0.1], [10000, 0.01]])
    assert "-0.50" in axes.texts[0].get_text()


def test_learned_kernels_are_drawn_against_the_steps_and_the_others_are_level():
    frame = pd.DataFrame(
        {
            "case": "one",
            "algorithm": ["bc", "mfc_adv", *["mfc_adv_simulated"] * 4],
            "player_steps": pd.array([None, None, 100, 100, 1000, 1000], "Int64"),
            GAP: [3.0, 0.1, 2.0, 4.0, 0.1, 0.3],
        }
    )
    axes = unknown_kernel_figure(frame).axes[0]
    bc, known, dots, median = (line.get_xydata() for line in axes.lines)
    assert (bc[:, 1] == 3).all() and (known[:, 1] == 0.1).all()
    np.testing.assert_allclose(dots[:, 1], [2, 4, 0.1, 0.3])
    np.testing.assert_allclose(median, [[100, 3], [1000, 0.2]])
    with pytest.raises(InputError, match="has no column 'player_steps'"):
        unknown_kernel_figure(frame.drop(columns="player_steps"))


@pytest.mark.parametrize("draw", [learning_figure, matrix_figure, lambda table, _: players_figure(table)])
def test_a_missing_column_is_named(draw, table):
    with pytest.raises(InputError, match="has no column"):
        draw(table.drop(columns="demonstrations"), ENTRIES)


def test_a_game_without_any_gap_can_be_drawn(table):
    assert NOTHING > 0
    flat = table.assign(**{GAP: 0.0, f"{GAP}_low": 0.0, f"{GAP}_high": 0.0})
    learning_figure(flat, ENTRIES)
    matrix_figure(flat, ENTRIES)
