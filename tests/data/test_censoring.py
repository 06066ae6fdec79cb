"""Trajectories that end early: whatever stands behind their ends changes nothing, and every estimator takes them."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.algorithm import ALGORITHMS

LENGTHS = np.random.default_rng(3).integers(1, 7, 400)
LENGTHS[:40] = 6


@pytest.fixture(scope="module")
def censored(sample):
    return sample._replace(weights=(np.arange(6) < LENGTHS[:, None]).astype(float))


def test_shares_are_of_those_still_observed(epidemic, sample, censored):
    occupancy = np.asarray(mfg.empirical_occupancy(censored, epidemic))
    for n in range(6):
        here = n < LENGTHS
        states, actions = np.asarray(sample.states)[here, n], np.asarray(sample.actions)[here, n]
        expected = np.zeros((2, 2))
        np.add.at(expected, (states, actions), 1 / here.sum())
        np.testing.assert_allclose(occupancy[n], expected, atol=1e-12)


def test_the_likelihood_is_exact(epidemic, sample, censored):
    """Against the sum over records, written out; the last record of a trajectory shows no move."""
    flow = np.asarray(mfg.empirical_occupancy(censored, epidemic)).sum(axis=-1)
    fit = mfg.trajectory_likelihood(censored, epidemic, jnp.asarray(flow), 0.1, sparse=False)
    kernels = [np.asarray(epidemic.transition(n, flow[n])) for n in range(6)]
    total, pi = 0.0, np.asarray(fit.policy)
    for s, a, length in zip(np.asarray(sample.states), np.asarray(sample.actions), LENGTHS, strict=True):
        for n in range(length):
            moved = kernels[n][s[n], :, s[n + 1]] if n + 1 < length else np.ones(2)
            total += np.log(np.sum(pi[n, s[n]] * (0.9 * np.eye(2)[a[n]] + 0.05) * moved))
    assert fit.objective == pytest.approx(-total / 400, rel=1e-9)


@pytest.mark.parametrize("name", ["bc", "bc_evidence", "likelihood", "likelihood_evidence", "vanilla_adv", "mfc_adv"])
def test_what_stands_behind_an_end_changes_nothing(epidemic, censored, name):
    behind = np.arange(6) >= LENGTHS[:, None]
    other = censored._replace(
        states=np.where(behind, 1 - np.asarray(censored.states), censored.states),
        actions=np.where(behind, 1 - np.asarray(censored.actions), censored.actions),
    )
    one, two = (ALGORITHMS[name].run(data, epidemic, {"iterations": 20}) for data in (censored, other))
    np.testing.assert_array_equal(one.policy, two.policy)
    assert one.objective == two.objective


@pytest.mark.parametrize("name", ["bc", "bc_evidence", "likelihood", "vanilla_adv"])
def test_weights_of_one_are_no_weights(epidemic, sample, name):
    weighed = sample._replace(weights=np.ones(sample.states.shape))
    one, two = (ALGORITHMS[name].run(data, epidemic, {}) for data in (sample, weighed))
    np.testing.assert_allclose(one.policy, two.policy, atol=1e-12)
    assert one.objective == pytest.approx(two.objective, rel=1e-12)


def test_a_trajectory_of_weight_two_is_two(epidemic, sample):
    twice = np.arange(400) < 100
    weighed = sample._replace(weights=np.broadcast_to(np.where(twice, 2.0, 1.0)[:, None], sample.states.shape))
    repeated = mfg.Demonstrations(*(np.concatenate([kind[:100], kind]) for kind in sample[:2]))
    for name in ("bc", "bc_evidence", "likelihood"):
        one, two = (ALGORITHMS[name].run(data, epidemic, {}) for data in (weighed, repeated))
        np.testing.assert_allclose(one.policy, two.policy, atol=1e-8)
        assert one.objective == pytest.approx(two.objective, rel=1e-9)


def test_wrong_weights_are_one_line(epidemic, sample, one_line):
    good = np.ones(sample.states.shape)
    back, nobody, negative = good.copy(), good.copy(), good.copy()
    back[3, 2], nobody[:, 4:], negative[0, 0] = 0, 0, -1
    for weights, said in (
        (back, "may not come back"),
        (nobody, "nobody is observed at step 4"),
        (negative, "demonstrations.weights[0, 0] is -1.0"),
        (good[:-1], "demonstrations.weights has shape"),
    ):
        assert said in one_line(mfg.behavioral_cloning, sample._replace(weights=weights), epidemic)
