"""MFC-ADV: its gradient, what it must recover, and other ways to the same optimum."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import linprog

import mfg_imitation as mfg
from mfg_imitation.engine.control import through_population
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.imitation.matching import prices, total
from mfg_imitation.imitation.mfc_adv import mfc_adv

GAMES = Path(__file__).parents[2] / "config" / "games"
GAME_FILES = [file for file in sorted(GAMES.glob("*.yaml")) if not GameFile.read(file).is_noisy]
SMALL = [file for file in GAME_FILES if len(mfg.load_game(file, horizon=3).states) <= 10]
SOFTNESS = (1e-1, 1e-1)


def counts(rng, game, policy, n_demonstrations, *batch):
    """Empirical occupancies of demonstrations whose steps are drawn independently of one another."""
    rho = np.asarray(mfg.occupancy(game, policy)).reshape(game.horizon, -1)
    drawn = rng.multinomial(n_demonstrations, rho / rho.sum(axis=-1, keepdims=True), (*batch, game.horizon))
    return jnp.asarray(drawn / n_demonstrations).reshape(*batch, *game.policy_shape)


def sheltered(horizon, slope):
    return mfg.load_game(
        GAMES / "sheltered_attractor.yaml",
        horizon=horizon,
        transition_lipschitz=slope,
        reward_lipschitz=1,
        shelter_cost=0.05,
    )


def smooth_objective(game, policy, target, objective):
    """The function whose gradient the softened prices are, written out (log-sum-exp over the steps)."""
    difference = mfg.occupancy(game, policy) - target
    norms = jnp.sqrt(difference**2 + SOFTNESS[0] ** 2).sum(axis=(-2, -1))
    if objective == "sum":
        return norms.sum()
    return SOFTNESS[1] * jax.scipy.special.logsumexp(norms / SOFTNESS[1])


@pytest.mark.parametrize("objective", ["sum", "max"])
@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.stem)
def test_gradient_is_that_of_central_differences(file, objective, rng, draw_policies):
    """Along random directions that keep a policy a policy; steps are small beside every kink met here."""
    game = mfg.load_game(file, horizon=3) if file.stem != "left_right" else mfg.load_game(file)
    policy, other = 0.5 * draw_policies(rng, game, 2) + 0.5 * np.asarray(game.uniform_policy())
    target = mfg.occupancy(game, draw_policies(rng, game))
    policy = jnp.asarray(policy)
    flow = flow_of(game, policy)
    f = prices(flow[..., None] * policy - target, objective, SOFTNESS)
    _, q = through_population(game, policy, flow, lambda n, mu: f[n])
    for direction in (other - policy, draw_policies(rng, game) - policy):
        step = 1e-5
        ends = [smooth_objective(game, policy + sign * step * direction, target, objective) for sign in (1, -1)]
        slope = jnp.sum(flow[..., None] * q * direction)
        np.testing.assert_allclose((ends[0] - ends[1]) / (2 * step), slope, rtol=0, atol=1e-6)


@pytest.mark.parametrize("objective", ["sum", "max"])
@pytest.mark.parametrize("stationary", [False, True])
def test_experts_own_occupancy_is_recovered(objective, stationary):
    game = sheltered(8, slope=1)
    fit = mfc_adv(mfg.occupancy(game, game.known_expert()), game, objective, stationary=stationary)
    assert float(fit.objective) < 1e-3
    assert float(mfg.nash_imitation_gap(game, fit.policy)) < 1e-3
    if stationary:
        assert jnp.all(fit.policy == fit.policy[0])


def test_label_noise_on_the_sheltered_attractor():
    """Twenty seeds, 1000 demonstrations of an expert that never slips, 5% of the recorded actions wrong."""
    game, noise, n_demonstrations = sheltered(30, slope=1), 0.05, 1000
    rng = np.random.default_rng(0)
    labels = (1 - noise) * np.asarray(game.known_expert())[:, 0] + noise / 3
    target = np.zeros((20, *game.policy_shape))
    target[:, :, 0] = rng.multinomial(n_demonstrations, labels, (20, 30)) / n_demonstrations
    cloned = np.where(np.arange(2)[:, None] == 0, target, 1 / 3)
    assert np.median(mfg.nash_imitation_gap(game, cloned)) >= 50
    fit = mfc_adv(target, game)
    assert np.median(mfg.nash_imitation_gap(game, fit.policy)) <= 0.1
    assert np.all(fit.objective <= np.abs(mfg.occupancy(game, cloned) - target).sum(axis=(1, 2, 3)))


def test_max_objective_does_not_stall_where_everybody_is_lost():
    """Cloning sends all into the absorbing state, where |d_n| is 2 whatever one does next; the fit gets out."""
    game = mfg.load_game(GAMES / "sheltered_attractor.yaml", horizon=50, transition_lipschitz=4, reward_lipschitz=1)
    labels = 0.8 * np.asarray(game.known_expert())[:, 0] + 0.2 / 3
    target = np.zeros((4, *game.policy_shape))
    target[:, :, 0] = np.random.default_rng(0).multinomial(100, labels, (4, 50)) / 100
    fit = mfc_adv(target, game, "max")
    expert = np.abs(mfg.occupancy(game, game.known_expert()) - target).sum(axis=(-2, -1)).max(axis=-1)
    assert np.all(fit.objective <= expert)


def linear_program(game, target, objective) -> float:
    """The least F over the occupancies of a game whose kernel ignores the population (vanilla-ADV's program)."""
    horizon, n_states, n_actions = game.policy_shape
    size, pairs = target.size, n_states * n_actions
    flows, arrivals = np.zeros((horizon * n_states, size)), np.zeros(horizon * n_states)
    arrivals[:n_states] = game.initial
    for n, s in np.ndindex(horizon, n_states):
        row, first = n * n_states + s, n * pairs
        flows[row, first + s * n_actions : first + (s + 1) * n_actions] = 1
        if n > 0:
            flows[row, first - pairs : first] = -np.asarray(game.transition(n - 1, game.initial))[:, :, s].ravel()
    steps = np.kron(np.eye(horizon), np.ones(pairs))
    bounds = np.eye(horizon) if objective == "sum" else np.ones((horizon, 1))
    one, none, rho_hat = np.eye(size), np.zeros((size, bounds.shape[1])), np.asarray(target).ravel()
    above = np.block([[one, -one, none], [-one, -one, none], [np.zeros_like(steps), steps, -bounds]])
    limits = np.concatenate([rho_hat, -rho_hat, np.zeros(horizon)])
    balance = np.hstack([flows, np.zeros((flows.shape[0], size + bounds.shape[1]))])
    cost = np.concatenate([np.zeros(2 * size), np.ones(bounds.shape[1])])
    return linprog(cost, above, limits, balance, arrivals).fun


@pytest.mark.parametrize("objective", ["sum", "max"])
def test_without_interaction_the_linear_program_agrees(objective, rng):
    """Vanilla-ADV and MFC-ADV have the same optimum when the kernel ignores the population; the certificate holds."""
    game = sheltered(8, slope=0)
    target = counts(rng, game, 0.95 * game.known_expert() + 0.05 / 3, 100, 3)
    fit = mfc_adv(target, game, objective)
    best = np.array([linear_program(game, one, objective) for one in target])
    np.testing.assert_allclose(fit.objective, best, rtol=0, atol=1e-3)
    assert np.all(fit.objective >= best - 1e-9)
    assert np.all(fit.objective - fit.certificate <= best + 1e-9)


@pytest.mark.parametrize("objective", ["sum", "max"])
def test_objective_against_brute_force(objective):
    """Two free numbers decide a two-step attractor; a fine grid of them finds nothing better."""
    game = mfg.load_game(GAMES / "attractor.yaml", horizon=2, transition_lipschitz=1)
    target = jnp.array([[[0.7, 0.3], [0, 0]], [[0.4, 0.5], [0.05, 0.05]]])
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 41)] * 3), axis=-1).reshape(-1, 3)
    policies = np.full((len(grid), 2, 2, 2), 0.5)
    for column, (n, s) in enumerate([(0, 0), (1, 0), (1, 1)]):
        policies[:, n, s] = np.stack([grid[:, column], 1 - grid[:, column]], axis=-1)
    norms = np.abs(mfg.occupancy(game, policies) - target).sum(axis=(-2, -1))
    searched = norms.sum(axis=-1).min() if objective == "sum" else norms.max(axis=-1).min()
    assert float(mfc_adv(target, game, objective).objective) <= searched + 1e-3


def test_result_is_consistent(rng):
    game = sheltered(5, slope=1)
    target = counts(rng, game, game.uniform_policy(), 50, 2)
    fit = mfc_adv(target, game, iterations=300)
    assert fit.policy.shape == target.shape and fit.objective.shape == fit.status.shape == (2,)
    for i in range(2):
        one = mfc_adv(target[i], game, iterations=300)
        np.testing.assert_allclose(one.policy, fit.policy[i], rtol=0, atol=1e-9)
        assert one.status == fit.status[i] and one.certificate >= 0
        recomputed = total(mfg.occupancy(game, fit.policy[i]) - target[i], "sum")
        np.testing.assert_allclose(fit.objective[i], recomputed, rtol=0, atol=1e-12)


def test_a_start_can_only_help(rng, draw_policies):
    game = sheltered(5, slope=1)
    target = counts(rng, game, game.uniform_policy(), 50, 2)
    plain = mfc_adv(target, game, iterations=50)
    helped = mfc_adv(target, game, starts=draw_policies(rng, game, 3, 2), iterations=50)
    assert np.all(helped.objective <= plain.objective + 1e-12)


def test_an_unfinished_fit_says_so(rng):
    game = sheltered(5, slope=1)
    fit = mfc_adv(counts(rng, game, game.uniform_policy(), 50), game, iterations=3)
    assert fit.status == "iteration limit" and fit.certificate > 1e-2 and fit.iterations < 3


def test_bad_input_is_one_line(one_line):
    game = sheltered(3, slope=1)
    target = np.asarray(mfg.occupancy(game, game.uniform_policy()))
    assert "target has shape [3, 2]" in one_line(mfc_adv, target[..., 0], game)
    assert "target" in one_line(mfc_adv, 2 * target, game) and "target" in one_line(mfc_adv, target * np.nan, game)
    assert "objective is 'mean'" in one_line(mfc_adv, target, game, "mean")
    assert "iterations is 0" in one_line(mfc_adv, target, game, iterations=0)
    assert "starts has shape [3, 2, 3]" in one_line(mfc_adv, target, game, starts=game.uniform_policy())
    assert "starts" in one_line(mfc_adv, target, game, starts=np.ones((1, 3, 2, 3)))
