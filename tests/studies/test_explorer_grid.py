"""The table behind the sliders says what the gaps and proxies of each policy are."""

import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.studies.explorer_grid import explorer, stops

AXES = {
    "transition_lipschitz": {"smallest": 0, "largest": 1, "step": 0.5},
    "horizon": {"smallest": 3, "largest": 5, "step": 2},
    "alpha": {"decades": 2, "per_decade": 3},
}


def test_every_stop_has_the_numbers_of_its_policy(game_files):
    file = game_files / "sheltered_attractor.yaml"
    table = explorer(GameFile.read(file), AXES)
    assert len(table) == 3 * 2 * 7
    assert len(table.drop_duplicates(["transition_lipschitz", "horizon", "alpha"])) == len(table)
    for row in table.iloc[[0, 17, 41]].itertuples():
        game = mfg.load_game(file, transition_lipschitz=row.transition_lipschitz, horizon=row.horizon)
        expert = np.asarray(game.known_expert())
        slip = np.eye(3)[np.ones(expert.shape[:2], int)]  # the second action, a1, everywhere
        policy = (1 - row.alpha) * expert + row.alpha * slip
        for name, value in {
            **mfg.proxies(game, expert, policy)._asdict(),
            **mfg.gaps(game, expert, policy)._asdict(),
        }.items():
            assert getattr(row, name) == pytest.approx(float(value), rel=1e-3, abs=1e-12), name


def test_stops_include_both_ends():
    assert stops(0, 1, 0.1) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    assert stops(5, 50, 5)[-1] == 50 and all(isinstance(stop, int) for stop in stops(5, 50, 5))
    assert stops(0, 1, 0.4) == [0, 0.4, 0.8]
