"""Behavioral cloning against its formula written out, and against what it maximises."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import counts_of


@pytest.fixture(scope="module")
def garnet(game_files):
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=4)


@pytest.fixture
def demonstrations(rng, garnet, draw_policies):
    """So few that most states are never seen at most steps."""
    return mfg.sample_demonstrations(garnet, draw_policies(rng, garnet), 12, seed=1)


def counted(demonstrations, shape):
    counts = np.zeros(shape)
    for states, actions in zip(np.asarray(demonstrations.states), np.asarray(demonstrations.actions), strict=True):
        for n, (s, a) in enumerate(zip(states, actions, strict=True)):
            counts[n, s, a] += 1
    return counts


@pytest.mark.parametrize("stationary", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_formula_written_out(garnet, demonstrations, smoothing, stationary):
    demonstrations = demonstrations.first(2)  # both begin in the same state: at most seven of the eight are seen at all
    counts = counted(demonstrations, garnet.policy_shape)
    fit = mfg.behavioral_cloning(demonstrations, garnet, smoothing, stationary)
    unseen = 0
    for n, s, a in np.ndindex(garnet.policy_shape):
        row = counts[:, s].sum(axis=0) if stationary else counts[n, s]
        below = row.sum() + 3 * smoothing
        unseen += below == 0
        assert fit.policy[n, s, a] == pytest.approx((row[a] + smoothing) / below if below else 1 / 3, abs=1e-15)
    assert (unseen > 0) == (smoothing == 0)
    assert (fit.status, fit.iterations, fit.certificate) == ("closed form", 0, 0)


@pytest.mark.parametrize("stationary", [False, True])
def test_no_other_policy_makes_the_actions_likelier(garnet, demonstrations, rng, draw_policies, stationary):
    states, actions = np.asarray(demonstrations.states), np.asarray(demonstrations.actions)

    def loss(policy):
        return -np.log(np.asarray(policy)[np.arange(garnet.horizon), states, actions]).sum(axis=1).mean()

    fit = mfg.behavioral_cloning(demonstrations, garnet, stationary=stationary)
    assert fit.objective == pytest.approx(loss(fit.policy), abs=1e-12)
    for other in draw_policies(rng, garnet, 50):
        other = np.broadcast_to(other[:1], other.shape) if stationary else other
        assert loss(0.95 * fit.policy + 0.05 * other) > fit.objective


@pytest.mark.parametrize("stationary", [False, True])
def test_smoothed_objective_is_least_at_the_smoothed_fit(garnet, demonstrations, rng, draw_policies, stationary):
    """lambda imagined actions of every kind, in every state: at every step, or once for a policy without steps."""
    smoothing = 0.7
    counts = counted(demonstrations, garnet.policy_shape)
    counts[: 1 if stationary else None] += smoothing

    def loss(policy):
        return -np.sum(counts * np.log(policy)) / len(demonstrations.states)

    fit = mfg.behavioral_cloning(demonstrations, garnet, smoothing, stationary)
    assert fit.objective == pytest.approx(loss(fit.policy), abs=1e-12)
    for other in draw_policies(rng, garnet, 50):
        other = np.broadcast_to(other[:1], other.shape) if stationary else other
        assert loss(0.95 * fit.policy + 0.05 * other) > fit.objective


def test_many_demonstrations_give_the_expert(rng, garnet, draw_policies):
    """The proxy of BC weighs by the expert's own flow: about the square root of |S| |A| / M."""
    expert = jnp.asarray(draw_policies(rng, garnet))
    demonstrations, errors = mfg.sample_demonstrations(garnet, expert, 100_000, seed=2), []
    for n in (1000, 100_000):
        fit = mfg.behavioral_cloning(demonstrations.first(n), garnet)
        errors.append(float(mfg.proxies(garnet, expert, fit.policy).bc))
        assert errors[-1] <= 2 * np.sqrt(8 * 3 / n)
    assert 5 < errors[0] / errors[1] < 20  # the root of 100 between them


def test_clean_demonstrations_of_a_deterministic_expert_leave_no_gap():
    """Must show of the method: sheltered attractor, L_P = 1, L_r = 1, delta = 0.05, H = 30, no noise, no smoothing."""
    game = mfg.load_game(
        "sheltered_attractor", horizon=30, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )
    demonstrations = mfg.sample_demonstrations(game, game.known_expert(), 1000, seed=0)
    fit = mfg.behavioral_cloning(demonstrations, game)
    assert float(mfg.nash_imitation_gap(game, fit.policy)) <= 1e-6 and fit.objective == 0


def test_counts_of_a_batch_are_fitted_at_once(garnet, demonstrations):
    counts = counts_of(garnet, demonstrations.states, demonstrations.actions)
    np.testing.assert_array_equal(counts, counted(demonstrations, garnet.policy_shape))
    batch = jnp.stack([counts, 2 * counts, counts.at[0].set(0)])
    for stationary in (False, True):
        together = cloned_policy(batch, 0.5, stationary)
        mapped = jax.jit(jax.vmap(lambda one, stationary=stationary: cloned_policy(one, 0.5, stationary)))(batch)
        for one, policy, other in zip(batch, together, mapped, strict=True):
            np.testing.assert_allclose(policy, cloned_policy(one, 0.5, stationary), rtol=0, atol=1e-15)
            np.testing.assert_allclose(policy, other, rtol=0, atol=1e-15)


def test_wrong_arguments(garnet, attractor, demonstrations, one_line):
    assert "smoothing is -1" in one_line(mfg.behavioral_cloning, demonstrations, garnet, -1)
    assert "smoothing is nan" in one_line(mfg.behavioral_cloning, demonstrations, garnet, float("nan"))
    assert "the game has 2 states" in one_line(mfg.behavioral_cloning, demonstrations, attractor)
