"""MFC-ADV from simulations alone: the simulator, its gradient against the exact one, and what a fit gains."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.control import through_population
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.imitation.mfc_adv_sampled import mfc_adv_sampled, player_simulator, score_gradient

GAMES = Path(__file__).parents[2] / "config" / "games"


@pytest.fixture(scope="module")
def game():
    return mfg.load_game(GAMES / "sheltered_attractor.yaml", horizon=4, transition_lipschitz=1, reward_lipschitz=1)


@pytest.fixture
def policy(rng, game, draw_policies):
    return jnp.asarray(draw_policies(rng, game))


def test_players_approach_the_mean_field(game, policy):
    """With 10^5 players a frequency has a standard deviation below 0.002; the coupling of four steps adds to it."""
    joint, players = player_simulator(game, 100_000)(policy, jax.random.key(0))
    np.testing.assert_allclose(joint, mfg.occupancy(game, policy), rtol=0, atol=0.02)
    assert players.states.shape == players.actions.shape == (4, 100_000)
    for n in range(game.horizon):
        counted = np.zeros(joint.shape[1:])
        np.add.at(counted, (players.states[n], players.actions[n]), 1e-5)
        np.testing.assert_allclose(joint[n], counted, rtol=0, atol=1e-9)


def test_players_move_only_where_the_kernel_lets_them(policy):
    game = mfg.load_game(GAMES / "maze.yaml", horizon=4)
    joint, players = player_simulator(game, 50)(game.uniform_policy(), jax.random.key(0))
    for n in range(game.horizon - 1):
        kernel = game.transition(n, joint[n].sum(axis=-1))
        assert np.all(kernel[players.states[n], players.actions[n], players.states[n + 1]] > 0)


def test_score_gradient_is_the_exact_one_up_to_noise(game, policy, rng):
    """Scores leave out a factor N. With 20 000 rollouts the error of an entry is measured by the jackknife blocks."""
    n_players, n_rollouts, n_blocks = 200, 20_000, 20
    f = jnp.asarray(rng.uniform(-1, 1, policy.shape))
    keys = jax.random.split(jax.random.key(1), n_rollouts)
    simulate = player_simulator(game, n_players)
    joints = jax.jit(lambda keys: jax.lax.map(lambda key: simulate(policy, key)[0], keys, batch_size=500))(keys)
    blocks = np.stack([n_players * score_gradient(block, policy, f) for block in jnp.split(joints, n_blocks)])
    flow = flow_of(game, policy)
    _, q = through_population(game, policy, flow, lambda n, mu: f[n])
    exact = flow[..., None] * policy * (q - jnp.sum(policy * q, axis=-1, keepdims=True))
    noise = blocks.std(axis=0, ddof=1) / np.sqrt(n_blocks)
    # Five standard errors, and what 200 players differ from infinitely many: the order of 1 / 200.
    assert np.all(np.abs(blocks.mean(axis=0) - exact) <= 5 * noise + 1 / n_players)
    assert noise.max() < 0.2 * np.abs(exact).max()  # else the comparison would say nothing


def labelled(game, noise):
    """The occupancy of an expert that never slips, seen with wrong labels: exact, without sampling."""
    return mfg.occupancy(game, game.known_expert()) * (1 - noise) + noise / 3 * jnp.eye(2)[0][:, None]


def test_a_fit_beats_cloning(game):
    """Cloning copies the wrong labels and slips; the fit sees its own population and slips less."""
    target = labelled(game, 0.3)
    cloned = jnp.where(jnp.arange(2)[:, None] == 0, target, 1 / 3)

    def measured(policy):
        return float(jnp.abs(mfg.occupancy(game, policy) - target).sum())

    fit = mfc_adv_sampled(target, player_simulator(game, 500), iterations=200, rollouts=16)
    assert measured(fit.policy) < 0.8 * measured(cloned)
    assert abs(float(fit.objective) - measured(fit.policy)) < 0.05  # 8000 players saw it
    assert fit.certificate == np.inf and fit.status == "iteration limit"


def test_same_seed_same_bytes(game):
    simulator = player_simulator(game, 20)

    def bytes_of(seed):
        fit = mfc_adv_sampled(labelled(game, 0.3), simulator, iterations=5, rollouts=4, seed=seed)
        return np.asarray(fit.policy).tobytes()

    assert bytes_of(1) == bytes_of(1) != bytes_of(2)


def test_bad_input_is_one_line(game, one_line):
    target, simulator = labelled(game, 0.3), player_simulator(game, 5)
    assert "n_players is 0" in one_line(player_simulator, game, 0)
    assert "target has shape [1, 4, 2, 3]" in one_line(mfc_adv_sampled, target[None], simulator)
    assert "target" in one_line(mfc_adv_sampled, 2 * target, simulator)
    assert "objective is 'mean'" in one_line(mfc_adv_sampled, target, simulator, "mean")
    assert "rollouts is 1" in one_line(mfc_adv_sampled, target, simulator, rollouts=1)
    assert "iterations is 0" in one_line(mfc_adv_sampled, target, simulator, iterations=0)
