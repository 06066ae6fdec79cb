"""MFC-ADV from simulations alone: the simulator, and fits that are as good as those that know the kernel."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.mfc_adv_simulated import SHARES, mfc_adv_simulated
from mfg_imitation.imitation.simulator import Trajectories, player_simulator


@pytest.fixture(scope="module")
def game(game_files):
    return mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=10, transition_lipschitz=1, shelter_cost=0.05)


@pytest.fixture(scope="module")
def unknown(game):
    """All that is known of the game: every look at its kernel or its reward would be an error."""
    return mfg.UnknownGame(tuple(game.states), tuple(game.actions), game.horizon, game.initial)


@pytest.fixture(scope="module")
def target(game):
    return mfg.empirical_occupancy(mfg.sample_demonstrations(game, game.known_expert(), 300, 0, 0.1), game)


def test_players_approach_the_mean_field(rng, game, draw_policies):
    """With 10^5 players a frequency has a standard deviation below 0.002; the coupling of ten steps adds to it."""
    policy = jnp.asarray(draw_policies(rng, game))
    joint, players = player_simulator(game, 100_000)(policy, jax.random.key(0))
    np.testing.assert_allclose(joint, mfg.occupancy(game, policy), rtol=0, atol=0.02)
    assert players.states.shape == players.actions.shape == (10, 100_000)
    for n in range(game.horizon):
        counted = np.zeros(joint.shape[1:])
        np.add.at(counted, (players.states[n], players.actions[n]), 1e-5)
        np.testing.assert_allclose(joint[n], counted, rtol=0, atol=1e-9)


def test_players_move_only_where_the_kernel_lets_them(game_files):
    game = mfg.load_game(game_files / "maze.yaml", horizon=4)
    joint, players = player_simulator(game, 50)(game.uniform_policy(), jax.random.key(0))
    for n in range(game.horizon - 1):
        kernel = game.transition(n, joint[n].sum(axis=-1))
        assert np.all(kernel[players.states[n], players.actions[n], players.states[n + 1]] > 0)


def test_a_fit_is_as_good_as_one_that_knows_the_kernel(game, unknown, target):
    """This kernel is learned exactly, so that the two fits differ by rounding; cloning is a hundred times worse."""
    found = mfc_adv_simulated(target, player_simulator(game, 200), unknown)
    known = mfg.mfc_adv(target, game)
    gap, best, cloned = (
        float(mfg.nash_imitation_gap(game, policy))
        for policy in (found.imitation.policy, known.policy, mfg.behavioral_cloning(target, game).policy)
    )
    assert gap == pytest.approx(best, rel=0.01) and cloned > 5 * best
    assert found.imitation.objective == pytest.approx(known.objective, abs=1e-3)
    assert found.player_steps == 200 * 10 * len(SHARES) and found.kernel.status == "converged"


def test_only_the_simulator_knows_the_game(game, unknown, target):
    """A user's own simulator need not be traceable, and is asked for policies, with a key, once a simulation."""
    asked, players = [], player_simulator(game, 20)

    def simulator(policy, key):
        asked.append(np.asarray(policy))
        joint, (states, actions) = players(policy, key)
        return np.asarray(joint), Trajectories(np.asarray(states), np.asarray(actions))

    mine = mfc_adv_simulated(target, simulator, unknown, rounds=2, iterations=20)
    theirs = mfc_adv_simulated(target, players, game, rounds=2, iterations=20)
    np.testing.assert_array_equal(mine.imitation.policy, theirs.imitation.policy)
    assert len(asked) == 2 * len(SHARES) and mine.player_steps == 2 * len(SHARES) * 200
    cloned = mfg.behavioral_cloning(target, game).policy
    for share, policy in zip(SHARES, asked, strict=False):
        np.testing.assert_allclose(policy, (1 - share) * cloned + share / 3, atol=1e-12)


def test_same_seed_same_bytes(game, target):
    def bytes_of(seed):
        fit = mfc_adv_simulated(target, player_simulator(game, 20), game, iterations=5, seed=seed)
        return np.asarray(fit.imitation.policy).tobytes(), fit.kernel.log_likelihood

    assert bytes_of(1) == bytes_of(1) != bytes_of(2)


def test_bad_input_is_one_line(game, target, one_line):
    simulator = player_simulator(game, 5)
    assert "n_players is 0" in one_line(player_simulator, game, 0)
    assert "one sample is needed" in one_line(mfc_adv_simulated, target[None], simulator, game)
    assert "target" in one_line(mfc_adv_simulated, 2 * target, simulator, game)
    assert "objective is 'mean'" in one_line(mfc_adv_simulated, target, simulator, game, "mean")
    assert "rounds is 0" in one_line(mfc_adv_simulated, target, simulator, game, rounds=0)
    assert "seed is -1" in one_line(mfc_adv_simulated, target, simulator, game, seed=-1)
