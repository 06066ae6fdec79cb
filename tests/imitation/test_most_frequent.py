"""The most frequent action against the definition written out, and what it is for."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg


@pytest.mark.parametrize("stationary", [False, True])
def test_the_majority_wins_ties_share_and_the_unvisited_is_uniform(garnet, stationary):
    rng = np.random.default_rng(0)
    states, actions = rng.integers(5, size=(9, 4)), rng.integers(3, size=(9, 4))
    fit = mfg.most_frequent_action(mfg.Demonstrations(states, actions), garnet, stationary)
    counts = np.zeros(garnet.policy_shape)
    for n in range(4):
        for s, a in zip(states[:, n], actions[:, n], strict=True):
            counts[:, s, a] += stationary or np.arange(4) == n
    tied = 0
    for n, s in np.ndindex(*counts.shape[:2]):
        winners = counts[n, s] == counts[n, s].max()
        tied += 1 < winners.sum() < 3
        np.testing.assert_allclose(fit.policy[n, s], winners / winners.sum(), rtol=0, atol=1e-15)
    assert tied or stationary
    missed = [1 - fit.policy[n, states[i, n], actions[i, n]] for i in range(9) for n in range(4)]
    assert fit.objective == pytest.approx(np.sum(missed) / 9, abs=1e-12)
    assert (fit.status, fit.certificate) == ("closed form", 0)


def test_equal_counts_are_a_tie_though_divided_by_a_number_of_trajectories(attractor):
    """98 records of either action, of 49 trajectories, over four steps: sums of shares of 49 round."""
    actions = np.zeros((49, 4), int)
    for n, ones in enumerate((19, 42, 27, 10)):
        actions[:ones, n] = 1
    assert actions.sum() == 49 * 4 / 2
    fit = mfg.most_frequent_action(mfg.Demonstrations(np.zeros((49, 4), int), actions), attractor, stationary=True)
    np.testing.assert_array_equal(fit.policy[:, 0], np.full((4, 2), 0.5))


def test_noise_on_the_labels_is_outvoted_and_mixing_is_lost():
    sis = mfg.load_game("sis")  # its expert is pure
    noisy = mfg.sample_demonstrations(sis, mfg.solve_equilibrium(sis).policy, 1000, 0, label_noise=0.2)
    gap = float(mfg.nash_imitation_gap(sis, mfg.most_frequent_action(noisy, sis).policy))
    assert gap < 0.01 * float(mfg.nash_imitation_gap(sis, mfg.behavioral_cloning(noisy, sis).policy))
    game = mfg.load_game("rock_paper_scissors")
    clean = mfg.sample_demonstrations(game, game.uniform_policy(), 1000, 0)
    assert np.ptp(mfg.most_frequent_action(clean, game).policy, axis=-1).max() == 1
    assert jnp.ptp(mfg.behavioral_cloning(clean, game).policy[0, 0]) < 0.2
