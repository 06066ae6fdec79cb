"""The study of unknown kernels: what its table says."""

import numpy as np

import mfg_imitation as mfg
from mfg_imitation.studies.unknown_kernel import unknown_kernel


def test_a_kernel_that_is_learned_exactly_costs_nothing_and_another_is_measured():
    """The attractor's kernel is affine up to a slope of 1; at 2 the learned one is off where people are few."""
    errors = {}
    for slope in (1, 2):
        game = mfg.load_game("sheltered_attractor", horizon=8, transition_lipschitz=slope, shelter_cost=0.05)
        settings = {"rounds": 1, "demonstrations": 200, "label_noise": 0.1, "iterations": 300, "seeds": 2, "seed": 3}
        table = unknown_kernel(game, game.known_expert(), n_players=[50, 300], **settings)
        assert list(table["seed"]) == [3] * 4 + [4] * 4
        learned = table[table["algorithm"] == "mfc_adv_simulated"]
        assert list(learned["player_steps"]) == 2 * [50 * 8 * 7, 300 * 8 * 7]
        assert table.loc[table["algorithm"] != "mfc_adv_simulated", "player_steps"].isna().all()
        errors[slope] = learned["kernel_error"]
        if slope == 1:
            known = table[table["algorithm"] == "mfc_adv"].set_index("seed")["nash_imitation_gap"]
            np.testing.assert_allclose(learned["nash_imitation_gap"], known[learned["seed"]], rtol=0.02)
    assert errors[1].max() < 1e-12 and errors[2].max() > 1e-3
