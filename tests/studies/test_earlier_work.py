"""Earlier methods in the limit, with an estimated population, and quantal responses by temperature: by hand."""

import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.studies.earlier_work import all_demonstrations, estimated_population
from mfg_imitation.studies.temperature import quantal_responses


@pytest.fixture(scope="module")
def game():
    shape = {"transition_lipschitz": 1, "reward_lipschitz": 2, "shelter_cost": 0.05}
    return mfg.load_game("sheltered_attractor", horizon=4, **shape)


@pytest.fixture(scope="module")
def methods(game):
    return all_demonstrations(game, game.known_expert(), 0)


def test_every_method_explains_the_experts_of_the_shelter(methods, game):
    """Nobody moves there: with a reward r(s, a) all methods play what experts do, though it is no social optimum."""
    assert list(methods.groupby("features", sort=False)["method"].size().items()) == [
        ("table", 3),
        ("steps", 1),
        ("declared", 3),
    ]
    here = methods[methods["features"] == "table"]
    assert (here["loss"] <= 1e-4 * here["unit"]).all() and (here["vanilla_adv"] < 1e-3).all()
    best = mfg.social_optimum(game, seed=0).value
    earned = float(mfg.policy_value(game, game.known_expert(), mfg.population_flow(game, game.known_expert())))
    np.testing.assert_allclose(methods["social_gain"], best - earned, rtol=1e-6)
    assert (methods["social_gain"] > 0.1).all()


def test_losses_are_those_of_the_method_by_itself(methods, game):
    experts = game.known_expert()
    found = mfg.recover_reward(mfg.occupancy(game, experts), game, "declared", "control")
    row = methods[(methods["features"] == "declared") & (methods["method"] == "control")].iloc[0]
    gaps = mfg.gaps(game, experts, found.policy)
    assert row["nash_imitation_gap"] == pytest.approx(float(gaps.nash_imitation_gap), abs=1e-9)
    assert row["loss"] == pytest.approx(max(float(gaps.nash_imitation_gap), float(gaps.population_value_gap)), abs=1e-9)


def test_the_estimated_population_is_that_of_the_same_trajectories():
    game = mfg.load_game("sis", horizon=3)
    experts = mfg.solve_equilibrium(game, progress=False).policy
    table = estimated_population(game, experts, [5, 50], 2, 7)
    assert len(table) == 2 * 2 * 2
    sample = mfg.sample_demonstrations(game, experts, 50, 8).first(5)
    rho = mfg.empirical_occupancy(sample, game)
    error = np.abs(rho.sum(-1) - mfg.population_flow(game, experts)).sum(-1).max()
    row = table[(table["seed"] == 8) & (table["demonstrations"] == 5) & (table["method"] == "margin")].iloc[0]
    assert row["population_error"] == pytest.approx(float(error))
    known = mfg.recover_reward(rho, game, method="margin", population=mfg.population_flow(game, experts)).policy
    gaps = mfg.gaps(game, experts, known)
    assert row["loss_known"] == pytest.approx(max(float(gaps[0]), float(gaps.population_value_gap)))


def test_entropy_leaves_the_stag_hunt_two_equilibria_until_it_is_hot():
    table = quantal_responses(mfg.load_game("stag_hunt", horizon=3), [0.01, 2.0])
    assert table["apart"].iloc[0] > 1 and table["apart"].iloc[1] < 1e-8
    assert (table["exploitability"] <= table["bound"]).all()
    assert table["bound"].tolist() == pytest.approx([0.03 * np.log(2), 6 * np.log(2)])
