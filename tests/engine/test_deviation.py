"""eps_dev: all deviators tried out, its bounds, and what it does not see."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.deviation import deviation_between
from mfg_imitation.engine.flow import agent_flow_of
from mfg_imitation.games.wrapped import WrappedGame

SLOPE = 0.7


class TwinBranches(WrappedGame):
    """Every branch is there twice, the second time in reverse order; the population decides how much of it is where."""

    successors = property(
        lambda self: jnp.concatenate([self.game.successors, self.game.successors[..., ::-1]], axis=-1)
    )

    def probabilities(self, n, mu):
        kernel = self.game.probabilities(n, mu)
        return jnp.concatenate([mu[0] * kernel, (1 - mu[0]) * kernel[..., ::-1]], axis=-1)

    def pull_back(self, n, mu, values):
        return jnp.sum(self.probabilities(n, mu) * values[self.successors], axis=-1)


def garnet(game_files, horizon=3, seed=0, **sizes):
    sizes = {"states": 3, "actions": 2, "branches": 2} | sizes
    return mfg.load_game(
        game_files / "random_garnet.yaml", horizon=horizon, seed=seed, transition_lipschitz=SLOPE, **sizes
    )


def searched(game, expert, policy):
    """The largest over deterministic deviators, with dense kernels."""
    horizon, n_states, n_actions = game.policy_shape
    experts, imitators = (np.asarray(mfg.population_flow(game, one)) for one in (expert, policy))
    changes = [
        np.abs(np.asarray(game.transition(n, imitators[n]) - game.transition(n, experts[n]))).sum(axis=-1)
        for n in range(horizon)
    ]
    costs = np.stack([(horizon - 1 - n) * change for n, change in enumerate(changes)])
    choices = itertools.product(range(n_actions), repeat=(horizon - 1) * n_states)  # the last step costs nothing
    choices = np.array(list(choices)).reshape(-1, horizon - 1, n_states)
    choices = np.concatenate([choices, np.zeros_like(choices[:, :1])], axis=1)
    deviators = np.eye(n_actions)[choices]
    return np.sum(np.asarray(mfg.occupancy(game, deviators, experts)) * costs, axis=(1, 2, 3)).max() / horizon


@pytest.mark.parametrize("seed", range(3))
def test_no_deterministic_deviator_notices_more(seed, game_files, rng, draw_policies):
    game = garnet(game_files, seed=seed)
    expert, policy = draw_policies(rng, game, 2)
    found = float(mfg.deviation(game, expert, policy))
    assert found > 1e-3
    assert found == pytest.approx(searched(game, expert, policy), abs=1e-12)
    assert float(mfg.deviation(game, expert, expert)) == 0


def test_branches_that_lead_to_one_state_are_one(game_files, rng, draw_policies):
    game = garnet(game_files)
    expert, policies = draw_policies(rng, game), draw_policies(rng, game, 4)
    twins = mfg.deviation(TwinBranches(game), expert, policies)
    np.testing.assert_allclose(twins, mfg.deviation(game, expert, policies), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_at_most_what_the_lipschitz_constant_allows(seed, game_files, rng, draw_policies):
    horizon = 6
    game = garnet(game_files, horizon, seed, states=4)
    expert, policies = draw_policies(rng, game), draw_policies(rng, game, 20)
    allowed = SLOPE * np.asarray(mfg.proxies(game, expert, policies).mfc_adv) * (horizon - 1) * (horizon - 2)
    assert np.all(np.asarray(mfg.deviation(game, expert, policies)) <= allowed / (2 * horizon) + 1e-12)


@pytest.mark.parametrize(("name", "slope"), [("attractor", 0), ("sheltered_attractor", 0.5), ("decoy", 0)])
def test_the_gap_is_at_most_linear_in_the_horizon(name, slope, rng, draw_policies):
    """NIG <= H ((2 L_r + R) eps_MFC + R eps_dev); the experts are exactly Nash."""
    game = mfg.load_game(name, horizon=12)
    expert = game.known_expert()
    flow = mfg.population_flow(game, expert)
    rewards = np.stack([np.asarray(game.reward(n, mu)) for n, mu in enumerate(flow)])
    half = np.max(np.ptp(rewards.reshape(game.horizon, -1), axis=-1)) / 2
    shares = np.logspace(-6, 0, 10)[:, None, None, None, None]
    policies = (1 - shares) * expert + shares * draw_policies(rng, game, 5)
    errors, deviation = mfg.proxies(game, expert, policies).mfc_adv, mfg.deviation(game, expert, policies)
    bound = game.horizon * ((2 * slope + half) * errors + half * deviation)
    assert np.all(np.asarray(mfg.nash_imitation_gap(game, policies)) <= np.asarray(bound) + 1e-9)


def test_a_kernel_that_ignores_the_population_deviates_nowhere(rng, draw_policies):
    game = mfg.load_game("attractor", horizon=5, transition_lipschitz=0)
    assert np.all(mfg.deviation(game, game.known_expert(), draw_policies(rng, game, 3)) == 0)


def test_softness_gives_the_slope_of_smoothed_absolute_values(game_files, rng, draw_policies):
    """In a game with one deviator only, the derivative is that of the sum of sqrt(x^2 + softness^2)."""
    game, softness = garnet(game_files, actions=1), 0.05
    experts = jnp.asarray(rng.dirichlet(np.ones(3), 3))
    imitators, other = jnp.asarray(rng.dirichlet(np.ones(3), (2, 3)))

    def smooth(flow):
        weights = np.asarray(agent_flow_of(game, game.uniform_policy(), experts))
        kernels = [game.transition(n, flow[n]) - game.transition(n, experts[n]) for n in range(3)]
        noticed = [jnp.sqrt(kernel**2 + softness**2).sum(axis=(-2, -1)) for kernel in kernels]
        return sum((2 - n) * weights[n] @ noticed[n] for n in range(3)) / 3

    slope = jax.grad(lambda flow: deviation_between(game, experts, flow, softness))(imitators)
    direction, step = other - imitators, 1e-5
    ends = [smooth(imitators + sign * step * direction) for sign in (1, -1)]
    np.testing.assert_allclose(jnp.sum(slope * direction), (ends[0] - ends[1]) / (2 * step), rtol=0, atol=1e-8)
    assert deviation_between(game, experts, imitators, softness) < deviation_between(game, experts, imitators)


def test_bad_input_is_one_line(one_line, game_files):
    game = garnet(game_files)
    assert "policy has shape [2, 2]" in one_line(mfg.deviation, game, game.uniform_policy(), np.ones((2, 2)))
    assert "expert" in one_line(mfg.deviation, game, 2 * game.uniform_policy(), game.uniform_policy())
