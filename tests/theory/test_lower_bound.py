"""The lower bound: its constants, its growth and the steps of its proof, on the sheltered attractor."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.games.game_file import GameFile, load_game
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.lower_bound import SHARE, excess, exponents, slipping, tightness

SPEC = {
    SWEPT: [0.5, 1],
    "reward_lipschitz": [0.5, 2],
    "horizon": [10, 20, 40],
    "amplified_error": [1e-3, 0.5, 1e3],
}


@pytest.fixture(scope="module")
def tables(game_files):
    return tightness(GameFile.read(game_files / "sheltered_attractor.yaml"), SPEC)


def test_the_bounds_are_used_up_to_the_constants(tables):
    table, _ = tables
    small = table[table["amplified_error"] == 1e-3]
    for slip, proxy in (("steady", "bc"), ("single", "vanilla_adv")):
        ratio = small[small["slip"] == slip].groupby("reward_lipschitz")[f"ratio_{proxy}"]
        assert (ratio.min() >= 0.999 * SHARE).all() and (ratio.max() <= 1.1 * SHARE).all()


def test_every_step_of_the_proof_holds(tables):
    _, proof = tables
    assert (proof["excess"] <= 1e-9).all()
    assert set(proof["step"].str[0]) == set("1234567")


def test_growth_is_exponential_for_two_errors_and_not_for_the_third(tables):
    table = exponents(tables[0])
    np.testing.assert_allclose(table["fitted"], table["theory"], rtol=0.01)
    assert (table["mfc_power"].abs() < 0.05).all()
    assert (table["mfc_rise"] < 0).all() and (table["mfc_last"] < table["mfc_first"]).all()


def test_outside_the_regime_bounds_that_saturate_are_used_up_as_much(tables):
    table = tables[0]
    far = table[(table["amplified_error"] == 1e3) & (table["slip"] == "steady")]
    assert (far["theta"] > 1).all() and far["ratio_bc"].between(0.45, 0.51).all()


def test_slips_are_made_when_they_should(game_files):
    game = load_game(game_files / "sheltered_attractor.yaml", horizon=4)
    expert, target = game.known_expert(), np.eye(3)[1] * np.ones((4, 2, 1))
    steady, single = (np.asarray(slipping(slip, expert, target, np.array([0.25])))[0] for slip in ("steady", "single"))
    np.testing.assert_allclose(steady[:, 0], [[0.75, 0.25, 0]] * 4)
    np.testing.assert_allclose(single[0], steady[0])
    np.testing.assert_array_equal(single[1:], expert[1:])


def test_excess_is_relative_to_the_right_side():
    assert excess(np.array([1.5, 1.0]), np.array([1.0, 2.0])) == pytest.approx(0.5)
    assert excess(np.array([]), np.array([])) == -np.inf


def test_a_slope_needs_two_horizons():
    columns = {"slip": "steady", SWEPT: 1.0, "reward_lipschitz": 0.5, "horizon": 5, "amplified_error": 1e-3}
    numbers = dict.fromkeys(["nash_imitation_gap", "bc", "mfc_adv", "ratio_bc", "ratio_mfc_adv"], 0.5)
    assert np.isnan(exponents(pd.DataFrame([{**columns, **numbers}])).loc[0, "fitted"])
