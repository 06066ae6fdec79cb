"""MFC-ADV that minds deviators: what it minimises, and that it minds them."""

import numpy as np
import pytest

import mfg_imitation as mfg


@pytest.fixture(scope="module")
def fitted():
    game = mfg.load_game("sis", horizon=6)
    policy = np.random.default_rng(0).dirichlet([1, 1], game.policy_shape[:2])
    target = mfg.empirical_occupancy(mfg.sample_demonstrations(game, policy, 30, 0, label_noise=0.2), game)
    return game, policy, target


def worth(game, expert, policy, target, weight):
    """Both terms, in two other ways."""
    distance = np.abs(np.asarray(mfg.occupancy(game, policy) - target)).sum()
    return distance, weight * game.horizon * float(mfg.deviation(game, expert, policy))


def test_the_objective_is_both_terms_and_is_less_than_elsewhere(fitted):
    game, expert, target = fitted
    population = mfg.population_flow(game, expert)
    plain = mfg.mfc_adv(target, game, iterations=500)
    for weight in (0.5, 5.0):
        fit = mfg.mfc_adv_deviation(target, game, weight, population, plain.policy[None], iterations=500)
        terms = worth(game, expert, fit.policy, target, weight)
        assert fit.objective == pytest.approx(sum(terms), abs=1e-9)
        before = worth(game, expert, plain.policy, target, weight)
        assert sum(terms) < sum(before) - 1e-3 and terms[1] < before[1]


def test_without_a_population_deviators_are_compared_with_the_estimate(fitted):
    game, expert, target = fitted
    estimated = mfg.mfc_adv_deviation(target, game, iterations=50)
    given = mfg.mfc_adv_deviation(target, game, population=target.sum(axis=-1), iterations=50)
    np.testing.assert_array_equal(estimated.policy, given.policy)
    other = mfg.mfc_adv_deviation(target, game, population=mfg.population_flow(game, expert), iterations=50)
    assert estimated.objective != pytest.approx(other.objective, abs=1e-6)


def test_bad_input_is_one_line(one_line, fitted):
    game, _, target = fitted
    assert "weight is 0" in one_line(mfg.mfc_adv_deviation, target, game, 0)
    assert "population has shape [2]" in one_line(mfg.mfc_adv_deviation, target, game, population=np.ones(2))
