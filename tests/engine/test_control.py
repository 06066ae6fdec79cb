"""The gradient through the population against two other ways to it; the social optimum where it is known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.control import control_gradient, social_optimum
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.value import value_of

HORIZON, N_STATES, N_ACTIONS = 4, 3, 2


def smooth_game(coupling: float) -> mfg.Game:
    """A random game whose kernel and reward vary smoothly with step and population."""
    rng = np.random.default_rng(3)
    shape = (N_STATES, N_ACTIONS, N_STATES)
    logits = jnp.asarray(rng.normal(size=(HORIZON, *shape)))
    tilt, slope = (jnp.asarray(2 * coupling * rng.normal(size=(*size, N_STATES))) for size in (shape, shape[:2]))
    payoff = jnp.asarray(rng.normal(size=(HORIZON, *shape[:2])))
    return mfg.Game.from_functions(
        lambda n, mu: jax.nn.softmax(logits[n] + tilt @ mu, axis=-1),
        lambda n, mu: payoff[n] + jnp.sin(slope @ mu),
        rng.dirichlet(np.ones(N_STATES)),
        HORIZON,
    )


@pytest.fixture(scope="module")
def game():
    return smooth_game(coupling=1)


@pytest.fixture
def policy(rng, game, draw_policies):
    return jnp.asarray(draw_policies(rng, game))


def population_value(game, policy):
    return mfg.policy_value(game, policy, mfg.population_flow(game, policy))


def test_value_and_flow_are_the_public_ones(game, policy):
    gradient = control_gradient(game, policy)
    np.testing.assert_allclose(gradient.value, population_value(game, policy), rtol=0, atol=1e-12)
    np.testing.assert_allclose(gradient.flow, mfg.population_flow(game, policy), rtol=0, atol=1e-12)


def test_gradient_is_that_of_automatic_differentiation(game, policy):
    gradient = control_gradient(game, policy)
    wanted = jax.grad(lambda pi: value_of(game, pi, flow_of(game, pi)))(policy)
    np.testing.assert_allclose(gradient.flow[..., None] * gradient.q, wanted, rtol=0, atol=1e-12)


def test_gradient_is_that_of_finite_differences(game, policy):
    """Central differences along policies: shift a little probability from one action to the other."""
    gradient = control_gradient(game, policy)
    slopes = gradient.flow[..., None] * gradient.q
    step = 1e-5
    for n, s in np.ndindex(HORIZON, N_STATES):
        shift = jnp.zeros_like(policy).at[n, s].set(jnp.array([step, -step]))
        measured = (population_value(game, policy + shift) - population_value(game, policy - shift)) / (2 * step)
        np.testing.assert_allclose(measured, slopes[n, s, 0] - slopes[n, s, 1], rtol=0, atol=1e-8)


def test_without_interaction_the_gradient_is_backward_induction(policy):
    """What remains of the adjoint when nothing depends on the population: an agent's own action values."""
    game = smooth_game(coupling=0)
    gradient = control_gradient(game, policy)
    mu = game.initial
    values = np.zeros(N_STATES)
    for n in reversed(range(HORIZON)):
        q = np.asarray(game.reward(n, mu)) + np.asarray(game.transition(n, mu)) @ values
        np.testing.assert_allclose(gradient.q[n], q, rtol=0, atol=1e-12)
        values = np.sum(np.asarray(policy[n]) * q, axis=-1)


# --- The social optimum ---------------------------------------------------------------------------------------------


def sheltered_optimum(reward_lipschitz: float, horizon: int) -> float:
    """A step with the share m in s1 and all others sheltered earns m (2 L_r (1 - m) - 1); at n = 0 nobody is in s1."""
    shares = np.linspace(0, 1, 200_001)
    return (horizon - 1) * np.max(shares * (2 * reward_lipschitz * (1 - shares) - 1))


def test_social_optimum_of_the_sheltered_attractor(game_files):
    horizon = 6
    for slope, reward_slope in ((0.5, 2), (2, 2), (1, 1), (0, 0.8), (1, 0.5), (1, 0)):
        game = mfg.load_game(
            game_files / "sheltered_attractor.yaml",
            horizon=horizon,
            transition_lipschitz=slope,
            reward_lipschitz=reward_slope,
            shelter_cost=0,
        )
        closed = (horizon - 1) * (2 * reward_slope - 1) ** 2 / (8 * reward_slope) if reward_slope > 0.5 else 0
        assert closed == pytest.approx(sheltered_optimum(reward_slope, horizon), abs=1e-8)
        found = social_optimum(game)
        assert found.value == pytest.approx(closed, abs=1e-6), (slope, reward_slope)
        assert found.value <= closed + 1e-12  # it is a maximum
        earned = mfg.gaps(game, game.known_expert(), found.policy).population_value_gap
        assert float(earned) == pytest.approx(-found.value, abs=1e-12)  # the expert earns 0, a Nash equilibrium


def test_expert_of_the_attractor_is_a_social_optimum(attractor):
    found = social_optimum(attractor, n_random_starts=2)
    assert found.value == pytest.approx(0, abs=1e-8) and found.value <= 1e-12
    assert found.status == "stationary" and found.stationarity <= 1e-9


def test_without_interaction_the_social_optimum_is_the_best_response():
    game = smooth_game(coupling=0)
    best = mfg.best_response(game, mfg.population_flow(game, game.uniform_policy()))
    assert social_optimum(game, n_random_starts=2).value == pytest.approx(float(best.value), abs=1e-7)


def test_result_is_consistent_and_no_start_is_better(game, rng, draw_policies):
    starts = draw_policies(rng, game, 4)
    found = social_optimum(game, starts, n_random_starts=0, iterations=100)
    assert found.value == pytest.approx(float(population_value(game, found.policy)), abs=1e-12)
    np.testing.assert_allclose(found.policy.sum(axis=-1), 1, rtol=0, atol=1e-12)
    assert all(found.value >= population_value(game, start) for start in (*starts, game.uniform_policy()))
    short = social_optimum(game, found.policy, n_random_starts=0, iterations=1)
    assert short.value >= found.value - 1e-14, "a start that steps would leave counts unmoved"


def test_same_seed_same_bytes(game):
    def bytes_of(seed):
        found = social_optimum(game, n_random_starts=2, seed=seed, iterations=5)
        return np.asarray(found.policy).tobytes()

    assert bytes_of(1) == bytes_of(1) != bytes_of(2)


def test_an_unfinished_ascent_says_so(game):
    found = social_optimum(game, n_random_starts=2, iterations=5)
    assert (found.status, found.iterations) == ("iteration limit", 5) and found.stationarity > 1e-9
