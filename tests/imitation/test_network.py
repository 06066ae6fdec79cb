"""Networks: what they are told, how they are stopped, and what becomes of the records."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.policy_network import PATIENCE, WALK, PolicyNetwork, fit, surroundings


@pytest.fixture(scope="module")
def rooms():
    """Two rooms side by side, with a wall between them that has no door."""
    return mfg.load_game("four_rooms", horizon=3, map=["..#..", "..#.."])


def test_some_states_are_described_as_among_all(rooms):
    around, some = surroundings(rooms), np.array([1, 4, 5])
    walk = np.asarray(around.of(some, 4).walk.todense())
    np.testing.assert_array_equal(walk[:3], np.asarray(around.walk.todense())[some])
    assert not walk[3].any()


def test_places_are_described_by_where_one_can_walk(rooms):
    walk = np.asarray(surroundings(rooms).walk.todense())
    one = np.zeros((8, 8))
    for s, a, k in np.ndindex(rooms.successors.shape):
        one[s, rooms.successors[s, a, k]] += 1 / 25
    wanted = sum(np.linalg.matrix_power(one, k) for k in range(WALK + 1))
    np.testing.assert_allclose(walk, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    column = np.array([int(name.split(",")[1]) for name in rooms.states])
    assert np.all(walk[column < 2][:, column > 2] == 0) and np.all(walk[column < 2][:, column < 2] > 0)


def test_the_policy_is_the_softmax_of_the_logits_everywhere(rooms):
    around = surroundings(rooms)
    network = PolicyNetwork(around.clock.shape[1], 8, 5, jax.random.key(0))
    policy = network.policy(around)
    assert policy.shape == rooms.policy_shape and policy.dtype == float
    steps, states = jnp.array([2, 0, 1]), jnp.array([7, 3, 3])
    np.testing.assert_allclose(policy[steps, states], jax.nn.softmax(network(around, steps, states)), atol=1e-6)


def test_the_best_parameters_on_what_is_held_out_are_kept():
    """The loss pulls the first weight to 1; held out, 0.2 would be best: the fit passes it, and comes back to it."""
    network = PolicyNetwork(1, 2, 2, jax.random.key(0))
    network = jax.tree.map(jnp.zeros_like, network)

    def distance(wanted):
        return lambda one: (one.places[0, 0] - wanted) ** 2

    found = fit(network, distance(1), distance(0.2), 1000)
    weight, met = float(found.network.places[0, 0]), int(found.iteration)
    assert weight == pytest.approx(0.2, abs=0.01) and found.stopped
    assert 15 <= met <= 25  # Adam's first steps are as long as its rate, 0.01
    assert float(found.held_out) == pytest.approx((weight - 0.2) ** 2, abs=1e-8)
    for iterations in (5, met + PATIENCE // 2):
        short = fit(network, distance(1), distance(0.2), iterations)
        assert not short.stopped and int(short.iteration) == min(iterations, met)


def test_pure_records_are_left_alone(rooms):
    """A pure expert, always seen: the records decide alone, whatever the networks think."""
    expert = jax.nn.one_hot(jnp.zeros(rooms.policy_shape[:2], int), 5)
    demonstrations = mfg.sample_demonstrations(rooms, expert, 400, 0)
    policy = mfg.network_policy(demonstrations, rooms, iterations=1).policy
    np.testing.assert_allclose(policy[..., 0], 1, rtol=0, atol=1e-15)
    assert np.max(policy[..., 1:]) < 1e-50


def test_neighbours_teach_what_was_never_seen():
    """The beach bar: half as far from the expert as cloning where nobody was, nearer where it goes, and half the gap.

    Of seeds 0 to 7 these are 0.21 to 0.31, 0.52 to 1.12 and 0.05 to 0.52 of cloning's; of 0 to 3 together, 0.26, 0.65
    and 0.22.
    """
    game = mfg.load_game("beach_bar", horizon=10)
    expert = mfg.solve_equilibrium(game, method="online_mirror_descent").policy
    flow = np.asarray(mfg.population_flow(game, expert))
    measured = {"network": [], "cloned": []}
    for seed in range(4):  # one sample does not tell
        sample = mfg.sample_demonstrations(game, expert, 100, seed)
        visits = np.asarray(mfg.empirical_occupancy(sample, game)).sum(axis=-1)
        network = mfg.network_policy(sample, game)
        for name, fitted in (("network", network), ("cloned", mfg.behavioral_cloning(sample, game))):
            error = np.abs(np.asarray(fitted.policy) - np.asarray(expert)).sum(axis=-1)
            gap = mfg.nash_imitation_gap(game, fitted.policy)
            measured[name].append((error[visits == 0].mean(), (error * flow).sum(), gap))
        assert (visits == 0).any() and network.certificate > 0
    unseen, expected, gap = np.sum(measured["network"], axis=0) / np.sum(measured["cloned"], axis=0)
    assert unseen < 0.5 and expected < 1 and gap < 0.5
    assert network.status == "stopped early"  # long before the limit, which rounding may lead other samples to


def test_the_seed_decides_and_the_objective_is_that_of_cloning(garnet):
    demonstrations = mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 30, 0)
    fits = [mfg.network_policy(demonstrations, garnet, iterations=30, seed=seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(fits[0].policy, fits[1].policy)
    assert np.abs(fits[0].policy - fits[2].policy).max() > 1e-3
    states, actions = np.asarray(demonstrations.states), np.asarray(demonstrations.actions)
    log = np.log(np.asarray(fits[0].policy)[np.arange(4), states, actions])
    assert fits[0].objective == pytest.approx(-log.sum(axis=1).mean(), abs=1e-12)
    assert fits[0].status == "iteration limit"


def test_few_trajectories_are_as_many_parts_and_one_is_too_few(garnet, one_line):
    demonstrations = mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 2, 0)
    policy = mfg.network_policy(demonstrations, garnet, iterations=3).policy
    np.testing.assert_allclose(policy.sum(axis=-1), 1, atol=1e-9)
    assert "one trajectory is too few" in one_line(mfg.network_policy, demonstrations.first(1), garnet)


def test_an_occupancy_is_infinitely_many_trajectories(garnet):
    occupancy = mfg.occupancy(garnet, garnet.uniform_policy())
    found = mfg.network_policy(occupancy, garnet)
    np.testing.assert_array_equal(found.policy, mfg.behavioral_cloning(occupancy, garnet).policy)
