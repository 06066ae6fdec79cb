"""The likelihood of labels with the population they make: its objective by hand, and noise that it removes."""

import numpy as np
import pytest
from scipy.special import xlogy

import mfg_imitation as mfg


@pytest.fixture(scope="module")
def sheltered():
    return mfg.load_game(
        "sheltered_attractor", horizon=8, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )


def test_the_objective_is_labels_and_population(sheltered):
    sample = mfg.sample_demonstrations(sheltered, sheltered.known_expert(), 100, 0, label_noise=0.2)
    fit = mfg.population_likelihood(sample, sheltered, 3.0, iterations=50)
    target = np.asarray(mfg.empirical_occupancy(sample, sheltered))
    labels = (1 - fit.label_noise) * fit.policy + fit.label_noise / 3
    flow, shown = np.asarray(mfg.population_flow(sheltered, fit.policy)), target.sum(axis=-1)
    by_hand = -xlogy(target, labels).sum() + 3 * (xlogy(shown, shown) - xlogy(shown, np.maximum(flow, 1e-12))).sum()
    assert fit.objective == pytest.approx(by_hand, rel=1e-9)


def test_longer_is_not_worse_and_noise_is_found(sheltered):
    """At its best start the descent tells noise from slips: the gap is a tenth of cloning's or less."""
    expert = sheltered.known_expert()
    sample = mfg.sample_demonstrations(sheltered, expert, 1000, 0, label_noise=0.2)
    short, long = (mfg.population_likelihood(sample, sheltered, iterations=steps) for steps in (100, 1000))
    assert long.objective <= short.objective + 1e-9
    assert short.status == "iteration limit" and short.certificate > long.certificate
    assert long.label_noise == pytest.approx(0.2, abs=0.03)
    cloned = float(mfg.nash_imitation_gap(sheltered, mfg.behavioral_cloning(sample, sheltered).policy))
    assert float(mfg.nash_imitation_gap(sheltered, long.policy)) < 0.1 * cloned


def test_an_occupancy_without_noise_is_cloned(garnet, policy):
    """With a population of its own that fits, kappa = 0 and the exact policy are the optimum: nothing is gained."""
    fit = mfg.population_likelihood(mfg.occupancy(garnet, policy), garnet, iterations=200)
    np.testing.assert_allclose(mfg.occupancy(garnet, fit.policy), mfg.occupancy(garnet, policy), atol=1e-9)
    assert fit.label_noise == 0 and fit.status == "stationary"


@pytest.mark.parametrize(("settings", "words"), [({"weight": 0}, "weight"), ({"iterations": 0}, "iterations")])
def test_settings_out_of_range_are_one_line(settings, words, sheltered, one_line):
    target = mfg.occupancy(sheltered, sheltered.known_expert())
    assert words in one_line(mfg.population_likelihood, target, sheltered, **settings)
