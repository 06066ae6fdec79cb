"""Recovered rewards: against known weights, brute force, and what a population earns by simulation of its flow."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.rewards.causal_entropy import soft_response
from mfg_imitation.rewards.linear import LinearRewardGame, reward_class
from mfg_imitation.rewards.method import METHODS


def garnet(seed, **sizes):
    return mfg.load_game("random_garnet", seed=seed, **{"horizon": 4, "states": 4, "actions": 2, "branches": 2} | sizes)


def drawn_features(game, seed, size):
    return jnp.asarray(np.random.default_rng(seed).normal(size=(*game.policy_shape, size)))


@pytest.mark.parametrize("seed", range(10))
def test_entropy_finds_the_weights_of_a_soft_expert(seed):
    game = garnet(seed)
    phi, weights = drawn_features(game, seed, 3), np.random.default_rng(seed + 100).normal(size=3)
    flow = mfg.population_flow(game, game.uniform_policy())
    _, policy = soft_response(game, flow, reward_class(phi, game), jnp.asarray(weights))
    found = mfg.recover_reward(mfg.occupancy(game, policy, flow), game, phi, population=flow, regularisation=0.0)
    assert found.status == "optimal" and found.certificate <= 1e-9
    np.testing.assert_allclose(found.weights, weights, atol=1e-6)
    np.testing.assert_allclose(found.policy, policy, atol=1e-6)
    np.testing.assert_allclose(found.reward, phi @ weights, atol=1e-5)


def test_the_soft_value_rises_by_the_features_of_its_policy():
    """The gradient of the dual by finite differences, beside the occupancy of the soft response."""
    game = garnet(3)
    phi, weights = drawn_features(game, 1, 3), jnp.asarray([0.3, -1.2, 0.5])
    flow, rewards = mfg.population_flow(game, game.uniform_policy()), reward_class(phi, game)
    slopes = [
        (soft_response(game, flow, rewards, weights + h)[0] - soft_response(game, flow, rewards, weights - h)[0]) / 2e-5
        for h in 1e-5 * jnp.eye(3)
    ]
    rho = mfg.occupancy(game, soft_response(game, flow, rewards, weights)[1], flow)
    np.testing.assert_allclose(slopes, jnp.einsum("nsa,nsad->d", rho, phi), atol=1e-8)


def test_the_hessian_is_the_slope_of_the_features_of_the_soft_policy():
    """The exact Hessian that Newton's steps take, beside finite differences of the occupancy's features."""
    game = garnet(4)
    phi, weights = drawn_features(game, 2, 3), jnp.asarray([0.5, -0.7, 0.2])
    flow, rewards = mfg.population_flow(game, game.uniform_policy()), reward_class(phi, game)

    def shown(weights):
        rho = mfg.occupancy(game, soft_response(game, flow, rewards, weights)[1], flow)
        return jnp.einsum("nsa,nsad->d", rho, phi)

    slopes = jnp.stack([(shown(weights + h) - shown(weights - h)) / 2e-5 for h in 1e-5 * jnp.eye(3)])
    hessian = jax.hessian(lambda weights: soft_response(game, flow, rewards, weights)[0])(weights)
    np.testing.assert_allclose(hessian, slopes, atol=1e-8)
    assert (np.linalg.eigvalsh(hessian) > 0).all()


def test_regularised_weights_are_what_is_left_to_explain():
    """At the optimum phi-hat - phi(rho^{pi_w}) = regularisation w, whatever the demonstrations are."""
    game = garnet(5)
    phi = drawn_features(game, 2, 5)
    sample = mfg.sample_demonstrations(game, game.uniform_policy(), 30, 0)
    found = mfg.recover_reward(sample, game, phi, regularisation=0.1)
    target = mfg.empirical_occupancy(sample, game)
    rho = mfg.occupancy(game, found.policy, target.sum(axis=-1))
    left = jnp.einsum("nsa,nsad->d", target - rho, phi)
    np.testing.assert_allclose(left, 0.1 * found.weights, atol=1e-8)
    assert np.abs(found.weights).max() > 1e-3


def test_what_demonstrations_do_not_show_gets_no_weight():
    """A feature that adds up to the same on every path, and one that is nowhere: weight 0, the others found."""
    game = garnet(6)
    phi = drawn_features(game, 7, 2)
    silent = jnp.concatenate([phi, jnp.ones_like(phi[..., :1]), jnp.zeros_like(phi[..., :1])], axis=-1)
    weights = jnp.asarray([0.7, -0.4, 0.0, 0.0])
    flow = mfg.population_flow(game, game.uniform_policy())
    _, policy = soft_response(game, flow, reward_class(silent, game), weights)
    found = mfg.recover_reward(mfg.occupancy(game, policy, flow), game, silent, population=flow, regularisation=0.0)
    np.testing.assert_allclose(found.weights, weights, atol=1e-6)


def test_a_reward_of_every_step_explains_every_mixed_policy(rng, draw_policies):
    game = garnet(1)
    policy = draw_policies(rng, game)
    found = mfg.recover_reward(mfg.occupancy(game, policy), game, "steps", regularisation=1e-9)
    reached = np.asarray(mfg.population_flow(game, policy)) > 0.01
    np.testing.assert_allclose(np.asarray(found.policy)[reached], np.asarray(policy)[reached], atol=1e-4)


def deterministic(game):
    """All deterministic policies of a game that is small enough."""
    n_steps, n_states, n_actions = game.policy_shape
    choices = np.array(list(itertools.product(range(n_actions), repeat=n_steps * n_states)))
    return jax.nn.one_hot(choices.reshape(-1, n_steps, n_states), n_actions)


def test_the_margin_against_brute_force():
    """The loss of every weight on a grid, over all deterministic policies: none is below the program's."""
    game = garnet(2, horizon=2, states=3)
    phi = drawn_features(game, 4, 2)
    sample = mfg.sample_demonstrations(game, game.uniform_policy(), 8, 1)
    target = mfg.empirical_occupancy(sample, game)
    flow = target.sum(axis=-1)
    found = mfg.recover_reward(sample, game, phi, "margin", regularisation=0.01)
    everyone = mfg.occupancy(game, deterministic(game), flow)
    other = jnp.einsum("pnsa,nsa->p", everyone, 1 - mfg.behavioral_cloning(sample, game).policy)
    better = jnp.einsum("pnsa,nsad->pd", everyone, phi) - jnp.einsum("nsa,nsad->d", target, phi)

    def loss(weights):
        return max(float((better @ weights + other).max()), 0.0) + 0.01 * float(jnp.abs(weights).sum())

    grid = [jnp.asarray(w) for w in itertools.product(np.linspace(-1, 1, 41), repeat=2)]
    np.testing.assert_allclose(loss(found.weights), found.loss, atol=1e-9)
    assert found.loss <= min(map(loss, grid)) + 1e-9
    assert found.certificate <= 1e-9
    best = mfg.best_response(LinearRewardGame(game, reward_class(phi, game), found.weights), flow)
    played = mfg.policy_value(LinearRewardGame(game, reward_class(phi, game), found.weights), found.policy, flow)
    np.testing.assert_allclose(played, best.value, atol=1e-9)


def test_control_against_brute_force():
    """The loss from finite differences of what a whole population earns when one of its choices changes."""
    game = garnet(4, horizon=2, states=3)

    def features(n, mu):
        crowded = mu[:, None] * jnp.array([1.0, 0.5])
        return jnp.stack([crowded, jnp.array([[1.0, 0.0]] * 3) * (1 + n)], axis=-1)

    sample = mfg.sample_demonstrations(game, game.uniform_policy(), 12, 3)
    found = mfg.recover_reward(sample, game, features, "control", regularisation=0.01)
    policy = mfg.behavioral_cloning(sample, game).policy
    rewards, n_actions = reward_class(features, game), 2

    def earned(policy, weights):
        rewarded = LinearRewardGame(game, rewards, weights)
        return mfg.policy_value(rewarded, policy, mfg.population_flow(game, policy))

    flow, step = mfg.population_flow(game, policy), 1e-5
    slopes = np.zeros((*game.policy_shape, 2))
    for n, s, a in np.ndindex(game.policy_shape):
        towards = jax.nn.one_hot(a, n_actions) - policy[n, s]
        for d, weights in enumerate(jnp.eye(2)):
            up, down = (earned(policy.at[n, s].add(h * towards), weights) for h in (step, -step))
            slopes[n, s, a, d] = (up - down) / (2 * step)  # mass of (n, s) times the advantage

    def loss(weights):
        gain = slopes @ weights + np.asarray(flow)[..., None] * (1 - np.asarray(policy))
        return gain.max(axis=-1).sum() + 0.01 * np.abs(weights).sum()

    grid = [np.array(w) for w in itertools.product(np.linspace(-1, 1, 41), repeat=2)]
    np.testing.assert_allclose(loss(np.asarray(found.weights)), found.loss, atol=1e-6)
    assert found.loss <= min(map(loss, grid)) + 1e-6
    assert found.certificate <= 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_where_nobody_matters_to_anybody_every_method_finds_the_expert(method):
    """In the attractor without interaction the expert is best for one and for all: its reward is played as it did."""
    game = mfg.load_game("attractor", horizon=4, transition_lipschitz=0)
    found = mfg.recover_reward(mfg.occupancy(game, game.known_expert()), game, method=method)
    assert mfg.nash_imitation_gap(game, found.policy) <= 1e-3
    assert np.abs(found.weights).max() > 0.1


def declared(tmp_path, name="crowded", cell="mu[here]"):
    text = f"""
title: t
source: s
horizon: 3
states: [a, b]
actions: [wait, go]
initial: {{a: 0.7, b: 0.3}}
transition:
  a: {{wait: {{a: 1}}, go: {{b: 0.9, a: rest}}}}
  b: {{wait: {{b: 1}}, go: {{a: 0.9, b: rest}}}}
reward: {{every: {{wait: "-2 * mu[here]", go: "-2 * mu[here] - 0.5"}}}}
features:
  {name}: {{every: {{every: "{cell}"}}}}
  moved: {{every: {{wait: 0, go: 1}}}}
"""
    path = tmp_path / "declared.yaml"
    path.write_text(text)
    return path


def test_declared_features_give_the_declared_reward_back(tmp_path):
    """A soft expert of the true reward, in its own population: the weights are those of the file."""
    game = mfg.load_game(declared(tmp_path))
    expert = mfg.quantal_response(game, 1.0).policy
    found = mfg.recover_reward(mfg.occupancy(game, expert), game, "declared", regularisation=0.0)
    np.testing.assert_allclose(found.weights, [-2, -0.5], atol=1e-6)
    again = LinearRewardGame(game, reward_class("declared", game), found.weights)
    mu = jnp.array([0.1, 0.9])
    np.testing.assert_allclose(again.reward(1, mu), game.reward(1, mu), atol=1e-6)


def test_declared_features_are_checked(tmp_path, one_line):
    assert "features.crowded" in one_line(mfg.load_game, declared(tmp_path, cell="mu[c]"))
    assert "is not finite" in one_line(mfg.load_game, declared(tmp_path, cell="sqrt(mu[here])"))
    assert "features" in one_line(mfg.load_game, declared(tmp_path, name="2x"))


def test_mistakes_are_one_line(one_line, attractor):
    target = mfg.occupancy(attractor, attractor.known_expert())
    for given, said in [
        ({"features": "tabel"}, "features"),
        ({"features": "declared"}, "declares none"),
        ({"features": np.ones((2, 3))}, "features has shape [2, 3], expected [4, "),
        ({"features": np.full((*attractor.policy_shape, 1), np.nan)}, "features[0, 0, 0, 0] is"),
        ({"features": lambda n, mu: mu}, "features(0, mu) has shape"),
        ({"method": "entropie"}, "unknown method of recovering rewards 'entropie'"),
        ({"regularisation": -1}, "regularisation is -1"),
        ({"tolerance": 0}, "tolerance is 0"),
    ]:
        assert said in one_line(mfg.recover_reward, target, attractor, **given)
