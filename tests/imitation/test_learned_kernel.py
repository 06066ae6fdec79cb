"""A kernel learned from transitions: exact in the limit, with exact zeros, and honest about what nobody has seen."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.flow import population_flow
from mfg_imitation.imitation.learned_kernel import learn_kernel
from mfg_imitation.imitation.simulator import Transitions, transitions_of


def expected(game, populations, n_transitions) -> Transitions:
    """What so many transitions from every pair in every population would show, on average: no noise."""
    shape = len(populations), *game.policy_shape[1:], len(game.states)
    kernels = np.stack([game.transition(0, mu) for mu in populations])
    times = np.rint(n_transitions * kernels).astype(int)
    return Transitions(np.asarray(populations), *np.repeat(np.indices(shape).reshape(4, -1), times.ravel(), axis=1))


def largest_error(learned, game, populations) -> float:
    return max(float(jnp.abs(learned.transition(0, mu) - game.transition(0, mu)).max()) for mu in populations)


@pytest.fixture(scope="module")
def garnet(game_files):
    """Every pair has three successors, and the kernel is affine in the population."""
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=4, states=4, actions=2)


@pytest.fixture
def populations(rng, garnet):
    return rng.dirichlet(np.full(len(garnet.states), 0.5), 12)


def test_an_affine_kernel_is_recovered(rng, garnet, populations):
    """In populations that no transition comes from, too. Counts are whole numbers: an error of 1e-4 is theirs."""
    found = learn_kernel(expected(garnet, populations, 20_000), garnet)
    others = rng.dirichlet(np.ones(len(garnet.states)), 10)
    assert found.status == "converged" and found.certificate < 0.1 and not found.unseen and not found.warning
    assert largest_error(found.game, garnet, others) < 2e-3
    assert found.populations == 12 and found.transitions == pytest.approx(12 * 8 * 20_000, rel=1e-3)


@pytest.fixture(scope="module")
def sheltered():
    return mfg.load_game("sheltered_attractor", horizon=6, transition_lipschitz=1, reward_lipschitz=1)


def shares(*in_s1):
    return np.stack([1 - np.array(in_s1), in_s1], axis=-1)


def test_what_is_not_needed_is_exactly_zero(sheltered):
    """The attractor's kernel is learned to the bit from populations that hold few or no corners of the simplex."""
    found = learn_kernel(expected(sheltered, shares(0.001, 0.01, 0.2, 0.7), 1000), sheltered)
    assert largest_error(found.game, sheltered, shares(0, 1e-9, 0.3, 1)) == 0


def test_a_rare_transition_is_never_taken_for_impossible():
    """One player of 2000 goes to s2: the prior takes a whole count from what explains it, and would leave nothing."""
    game = mfg.UnknownGame(("s0", "s1", "s2"), ("a",), 2, np.eye(3)[0])
    populations = np.array([[0.9, 0.1, 0], [0.1, 0.9, 0]])
    which, successors = np.repeat([[0, 0, 0, 1, 1], [0, 1, 2, 0, 1]], [899, 100, 1, 100, 900], axis=1)
    found = learn_kernel(Transitions(populations, which, 0 * which, 0 * which, successors), game)
    here, there = (np.asarray(found.game.transition(0, mu)[0, 0]) for mu in populations)
    assert np.isfinite(found.log_likelihood) and here[2] > 1e-4
    np.testing.assert_allclose([here[0], there[0]], [0.9, 0.1], atol=0.005)  # the population still matters


def test_actions_and_populations_that_make_no_difference_make_none(rng):
    """Whether an infected recovers depends on neither; 5000 observations of each would show some by luck."""
    sis = mfg.load_game("sis")
    populations = shares(*np.linspace(0.2, 0.7, 10))
    transitions = [np.zeros(0, int)] * 4
    for p, mu in enumerate(populations):
        for s, a in np.ndindex(2, 2):
            then = rng.choice(2, 500, p=np.asarray(sis.transition(0, mu)[s, a]))
            one = np.full(500, p), np.full(500, s), np.full(500, a), then
            transitions = [np.concatenate(pair) for pair in zip(transitions, one, strict=True)]
    learned = learn_kernel(Transitions(populations, *transitions), sis).game
    infected = np.stack([learned.transition(0, mu)[1] for mu in populations]).reshape(-1, 2)
    assert np.ptp(infected, axis=0).max() < 1e-12
    # 10 000 recoveries: a standard deviation of 0.0046. Six of them have a chance of 2e-9.
    assert infected[0, 0] == pytest.approx(0.3, abs=0.028)
    assert np.ptp([learned.transition(0, mu)[0, 0, 1] for mu in populations]) > 0.3


def test_one_population_tells_nothing_about_another(garnet, populations):
    one = expected(garnet, populations[:1].repeat(2, axis=0), 1000)  # written twice, it is still one
    found = learn_kernel(one, garnet)
    assert found.populations == 1
    assert found.warning.startswith("one population tells nothing about another")
    assert "\n" not in found.warning
    assert largest_error(found.game, garnet, populations[:1]) < 1e-3
    np.testing.assert_allclose(found.game.transition(0, populations[1]), found.game.transition(0, populations[0]))


def test_pairs_that_nobody_has_seen_are_named(sheltered):
    """They do what the other actions do, on average; where nobody was, one stays."""
    transitions = expected(sheltered, shares(0.1, 0.5), 10)

    def learned(kept):
        return learn_kernel(Transitions(transitions.populations, *(part[kept] for part in transitions[1:])), sheltered)

    half = jnp.array([0.5, 0.5])
    no_a1 = learned((transitions.states == 1) | (transitions.actions != 1))
    assert no_a1.unseen == (("s0", "a1"),)
    rest = np.mean([[0.9, 0.1], [0.5, 0.5], [1, 0], [1, 0]], axis=0)  # of a0 and shelter, in both populations
    np.testing.assert_allclose(no_a1.game.transition(0, half)[0, 1], rest, atol=1e-9)
    nobody_in_s1 = learned(transitions.states == 0)
    assert nobody_in_s1.unseen == (("s1", "a0"), ("s1", "a1"), ("s1", "shelter"))
    np.testing.assert_array_equal(nobody_in_s1.game.transition(0, half)[1], [[0, 1]] * 3)


def test_the_learned_game_is_a_game(garnet, populations, policy):
    """Flows, occupancies and fits run in it unchanged; its reward nobody knows."""
    found = learn_kernel(expected(garnet, populations, 2000), garnet)
    np.testing.assert_allclose(population_flow(found.game, policy), population_flow(garnet, policy), atol=0.01)
    with pytest.raises(mfg.InputError, match="has no reward"):
        mfg.nash_imitation_gap(found.game, policy)


def test_transitions_of_simulations(garnet, policy):
    """Every step but the last, with the population that the players of that simulation were at that step."""
    simulate = mfg.player_simulator(garnet, 30)
    simulations = [simulate(jnp.asarray(policy), key) for key in jax.random.split(jax.random.key(0))]
    found = transitions_of(simulations)
    assert found.populations.shape == (2 * (garnet.horizon - 1), len(garnet.states))
    assert len(found.states) == 2 * 30 * (garnet.horizon - 1)
    for p, mu in enumerate(found.populations):
        here = found.population == p
        np.testing.assert_allclose(np.bincount(found.states[here], minlength=len(mu)) / 30, mu, atol=1e-12)
    players = simulations[1][1]
    second = found.population == garnet.horizon  # its step 1
    np.testing.assert_array_equal(found.actions[second], players.actions[1])
    np.testing.assert_array_equal(found.successors[second], players.states[2])


def test_bad_transitions_are_one_line(sheltered, one_line):
    right = expected(sheltered, shares(0.5), 2)

    def wrong(**changed):
        return one_line(learn_kernel, right._replace(**changed), sheltered)

    assert "populations" in wrong(populations=np.ones((1, 2)))
    assert "transitions.states[0] is 2: there are 2" in wrong(states=right.states + 2)
    assert "transitions.population[0] is 1: there are 1" in wrong(population=right.population + 1)
    assert "transitions.actions holds float64" in wrong(actions=right.actions + 0.0)
    assert "transitions.successors holds int64 of shape [1]" in wrong(successors=right.successors[:1])
    none = Transitions(right.populations, *(part[:0] for part in right[1:]))
    assert "N >= 1" in one_line(learn_kernel, none, sheltered)
    one_of_many = Transitions(np.eye(1, 30_000), *np.zeros((4, 1), int))
    large = mfg.UnknownGame(tuple(map(str, range(30_000))), ("a",), 2, np.eye(1, 30_000)[0])
    assert "GiB are allowed" in one_line(learn_kernel, one_of_many, large)
