"""Smoothing by evidence: against integrals taken numerically, in its limits, and where it should help."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

import mfg_imitation as mfg
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import counts_of
from mfg_imitation.imitation.evidence import BASES, REACHES, STRENGTHS, evidence_policy, log_evidence


@pytest.mark.parametrize(("counts", "prior"), [([3.0, 1.0], [0.7, 2.0]), ([0.0, 4.0], [1.5, 0.4]), ([0, 0], [1, 2])])
def test_evidence_is_the_likelihood_integrated_over_the_prior(counts, prior):
    prior = np.array(prior, float)

    def joint(p):
        return p ** counts[0] * (1 - p) ** counts[1] * stats.beta.pdf(p, *prior)

    exact = integrate.quad(joint, 0, 0.5, limit=200)[0] + integrate.quad(joint, 0.5, 1, limit=200)[0]
    assert float(log_evidence(jnp.asarray(counts, float), jnp.asarray(prior))) == pytest.approx(np.log(exact), abs=1e-6)


def test_evidence_of_three_actions_is_the_chain_of_its_predictions():
    """One record after the other, each predicted from those before it (Polya's urn)."""
    prior, order = np.array([0.3, 1.1, 2.0]), [0, 2, 2, 1, 0, 2]
    urn, log = prior.copy(), 0.0
    for action in order:
        log += np.log(urn[action] / urn.sum())
        urn[action] += 1
    counts = np.bincount(order, minlength=3).astype(float)
    assert float(log_evidence(jnp.asarray(counts), jnp.asarray(prior))) == pytest.approx(log, abs=1e-12)


def written_out(counts, n, s, strength, reach, base):
    """The prior of one step and state by the words of the module."""
    horizon, n_states, n_actions = counts.shape
    near = sum(counts[m, s] * (reach ** (abs(n - m) - 1)) for m in range(horizon) if m != n)
    others = sum(counts[m, t] for m in range(horizon) for t in range(n_states) if t != s)
    near = near + base * (others + 1 / n_actions) / (others.sum() + 1)
    return near / near.sum() / (1 / strength + 1 / near.sum())


def test_of_all_settings_the_likeliest_is_taken_and_the_policy_is_the_mean_given_all_records(rng):
    counts = rng.integers(0, 4, size=(3, 2, 2)).astype(float)
    counts[1, 1] = 0
    policy, strengths = evidence_policy(jnp.asarray(counts))
    for n in range(3):
        settings = [(c, w, b) for c in STRENGTHS for w in REACHES for b in BASES if c and b]
        scores = {}
        for setting in settings:
            prior = np.array([written_out(counts, n, s, *setting) for s in range(2)])
            scores[setting] = float(log_evidence(jnp.asarray(counts[n]), jnp.asarray(prior)).sum())
        chosen = float(strengths.strength[n]), float(strengths.reach[n]), float(strengths.base[n])
        if chosen in scores:
            assert scores[chosen] >= max(scores.values()) - 1e-5
        limits = np.maximum(chosen, [1e-70, 0, 1e-70])
        prior = np.array([written_out(counts, n, s, *limits) for s in range(2)])
        wanted = (counts[n] + prior) / (counts[n] + prior).sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(policy[n], wanted, rtol=0, atol=1e-9)
        assert float(log_evidence(jnp.asarray(counts[n]), jnp.asarray(prior)).sum()) >= max(scores.values()) - 1e-5


def test_pure_records_are_not_smoothed(rng):
    """Another action at every step: what neighbours do says nothing, and nothing of it is mixed in."""
    actions = rng.permutation(np.arange(6) % 3)
    counts = np.zeros((6, 2, 3))
    counts[np.arange(6), :, actions] = [50, 30]
    policy, strengths = evidence_policy(jnp.asarray(counts))
    np.testing.assert_allclose(policy, counts / counts.sum(axis=-1, keepdims=True), rtol=0, atol=1e-60)
    assert np.all(strengths.strength == 0)


def test_a_policy_that_never_moves_is_averaged_over_time(rng):
    expert = rng.dirichlet(np.ones(3), 40)
    counts = np.array([[rng.multinomial(20, p) for p in expert] for _ in range(20)], float)
    policy, strengths = evidence_policy(jnp.asarray(counts))
    assert np.median(strengths.strength) > 100 and np.median(strengths.reach) >= 0.9
    errors = [np.abs(one - expert).sum(axis=-1).mean() for one in (np.asarray(policy), counts / 20)]
    assert errors[0] < 0.5 * errors[1]  # twenty times the records would be a factor of 4.5


def test_what_was_never_seen_is_what_was_seen_next_to_it():
    counts = np.zeros((3, 2, 2))
    counts[:, 1] = [5, 5]
    counts[[0, 2], 0] = [9, 0]
    policy, _ = evidence_policy(jnp.asarray(counts))
    assert policy[1, 0, 0] > 0.9
    np.testing.assert_array_equal(cloned_policy(jnp.asarray(counts))[1, 0], [0.5, 0.5])


def test_traced_batches_are_their_samples(garnet):
    drawn = [mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 20, seed) for seed in range(4)]
    counts = jnp.stack([counts_of(garnet, one.states, one.actions) for one in drawn]).reshape(
        2, 2, *garnet.policy_shape
    )
    policy, strengths = evidence_policy(counts)
    assert strengths.reach.shape == (2, 2, 4)
    alone, its = evidence_policy(counts[1, 0])
    np.testing.assert_allclose(policy[1, 0], alone, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(strengths.base[1, 0], its.base)


@pytest.mark.parametrize("stationary", [False, True])
def test_the_certificate_is_the_way_to_the_likeliest_policy(garnet, stationary):
    demonstrations = mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 30, 0)
    fit = mfg.cloning_by_evidence(demonstrations, garnet, stationary)
    states, actions = np.asarray(demonstrations.states), np.asarray(demonstrations.actions)
    log = np.log(np.asarray(fit.policy)[np.arange(4), states, actions])
    assert fit.objective == pytest.approx(-log.sum(axis=1).mean(), abs=1e-12)
    least = mfg.behavioral_cloning(demonstrations, garnet, stationary=stationary).objective
    assert fit.objective - fit.certificate == pytest.approx(least, abs=1e-12) and fit.certificate > 0


def test_an_occupancy_is_infinitely_many_trajectories(garnet):
    occupancy = mfg.occupancy(garnet, garnet.uniform_policy())
    fit = mfg.cloning_by_evidence(occupancy, garnet)
    np.testing.assert_array_equal(fit.policy, mfg.behavioral_cloning(occupancy, garnet).policy)
