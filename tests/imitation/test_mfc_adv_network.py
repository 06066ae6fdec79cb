"""Networks that match through the population: what they gain, when they are not believed, what is reported."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg


def test_labels_that_mislead_cloning_are_corrected_by_where_they_lead():
    """The beach bar, a fifth of the labels noise: at most half the gap of cloned networks.

    Of seeds 0 to 19 the gap is 0.18 to 0.49 of theirs, but once, where matching left a doubt; of this seed, 0.38.
    """
    game = mfg.load_game("beach_bar", horizon=10)
    expert = mfg.solve_equilibrium(game).policy
    sample = mfg.sample_demonstrations(game, expert, 300, 0, label_noise=0.2)
    found, cloned = mfg.mfc_adv_network(sample, game), mfg.network_policy(sample, game)
    target = np.asarray(mfg.empirical_occupancy(sample, game))
    objective = np.abs(np.asarray(mfg.occupancy(game, found.policy)) - target).sum()
    assert found.objective == found.certificate == pytest.approx(objective, rel=1e-12)
    assert found.status == "stopped early" and found.iterations > 0
    gap, of_cloned = (float(mfg.nash_imitation_gap(game, fit.policy)) for fit in (found, cloned))
    assert gap < of_cloned / 2


def test_matching_goes_through_the_population():
    """Labels that send players into a crowd, which changes the kernel for all: their own population is matched.

    Of seeds 0 to 19 the population is 0.11 to 0.74 as far from the experts' as that of cloned networks, but for seven
    where matching left a doubt; of this seed, 0.47.
    """
    game = mfg.load_game(
        "sheltered_attractor", horizon=6, transition_lipschitz=2, reward_lipschitz=1, shelter_cost=0.05
    )
    mixed = 0.7 * game.known_expert() + 0.3 / len(game.actions)
    sample = mfg.sample_demonstrations(game, mixed, 200, 0, label_noise=0.3)
    found, cloned = mfg.mfc_adv_network(sample, game), mfg.network_policy(sample, game)
    flow = mfg.population_flow(game, mixed)
    errors = [
        float(np.abs(np.asarray(mfg.population_flow(game, fit.policy)) - np.asarray(flow)).sum())
        for fit in (found, cloned)
    ]
    assert errors[0] < 0.7 * errors[1]


def test_a_pure_expert_is_cloned():
    """The records already say all: no trajectory held out is matched better, and cloning is kept to the last bit."""
    game = mfg.load_game("four_rooms", horizon=3, map=["..#..", "..#.."])
    expert = jax.nn.one_hot(jnp.zeros(game.policy_shape[:2], int), 5)
    sample = mfg.sample_demonstrations(game, expert, 200, 0)
    found = mfg.mfc_adv_network(sample, game)
    assert found.status == "cloned" and found.iterations == 0
    np.testing.assert_array_equal(found.policy, mfg.network_policy(sample, game).policy)


def test_an_occupancy_is_infinitely_many_trajectories(garnet):
    occupancy = mfg.occupancy(garnet, garnet.uniform_policy())
    found = mfg.mfc_adv_network(occupancy, garnet, iterations=5)
    np.testing.assert_array_equal(found.policy, mfg.mfc_adv(occupancy, garnet, iterations=5).policy)


def test_a_sample_is_at_least_two_trajectories(garnet, one_line):
    sample = mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 2, 0)
    assert mfg.mfc_adv_network(sample, garnet, iterations=2).policy.shape == garnet.policy_shape
    assert "one trajectory is too few" in one_line(mfg.mfc_adv_network, sample.first(1), garnet)
