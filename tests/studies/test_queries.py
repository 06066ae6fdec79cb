"""What answers are worth: a row for every method, run and round."""

import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.studies.queries import queries


@pytest.fixture(scope="module")
def game(game_files):
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=4)


def test_methods_are_compared_at_equal_numbers_of_answers(game, rng, draw_policies):
    expert = draw_policies(rng, game)
    table = queries(game, expert, rounds=3, queries_per_round=10, seeds=2, seed=5)
    assert len(table) == 3 * 2 * 3
    for (_, seed), rows in table.groupby(["method", "seed"]):
        assert seed in (5, 6) and rows["queries"].tolist() == [12, 24, 36]
    one = table[table["seed"] == 6].set_index(["method", "queries"])["nash_imitation_gap"]
    recorded = mfg.sample_demonstrations(game, expert, 9, 6)
    for size in (3, 6, 9):
        cloned = mfg.behavioral_cloning(recorded.first(size), game).policy
        assert one["bc", 4 * size] == pytest.approx(float(mfg.nash_imitation_gap(game, cloned)), abs=1e-12)
    for kind in ("own", "experts"):
        gaps = mfg.nash_imitation_gap(game, mfg.dagger(game, expert, 3, 10, 6, kind).policies)
        np.testing.assert_allclose(one[f"dagger_{kind}"], gaps, rtol=0, atol=1e-12)
