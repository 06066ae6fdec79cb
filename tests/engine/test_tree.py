"""The tree of histories against brute force and plain NumPy, and what does without the tree against the tree."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from noisy_games import flows, histories, kernel, number, probability, random_policy, reward, tiny, value

import mfg_imitation as mfg
from mfg_imitation.engine.control import control_gradient
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.value import reward_range, value_of
from mfg_imitation.games.noise.histories import onto_tree

BAR = """title: A bar that closes
source: a test
horizon: 10
family: beach_bar
parameters: {positions: 10, bar: 5, smallest_share: 0.05}
noise:
  states: [open, closed]
  initial: {open: 1}
  transition: {open: {closed: 0.2, open: rest}, closed: {stay: 0.6, open: rest}}
  parameters: {closed: {distance_cost: 0}}
"""


@pytest.fixture(scope="module")
def bar(tmp_path_factory):
    path = tmp_path_factory.mktemp("bar") / "bar.yaml"
    path.write_text(BAR, encoding="utf-8")
    return path


def best_by_brute_force(game, populations) -> float:
    """The best value over all deterministic policies that know the history: every choice at all steps but the last is
    tried, and at the last one, where a node's choice changes its own reward only, every choice of every node."""
    assert game.policy_shape == (3, 2, 2)
    rewards = {history: reward(game, history, mu) for history, mu in populations.items()}
    kernels = {history: kernel(game, history, mu) for history, mu in populations.items()}
    early = [*histories(game, 1), *histories(game, 2)]
    cells = [(history, s) for history in early for s in range(2)]
    last = {
        history: np.array([rewards[history][np.arange(2), choice] for choice in itertools.product(range(2), repeat=2)])
        for history in histories(game, 3)
    }
    best = -np.inf
    for choices in itertools.product(range(2), repeat=len(cells)):
        plays = {history: np.zeros((2, 2)) for history in early}
        for (history, s), a in zip(cells, choices, strict=True):
            plays[history][s, a] = 1
        total, mass = 0.0, {history: np.asarray(game.initial) for history in histories(game, 1)}
        for history in early:
            joint = mass[history][:, None] * plays[history]
            total += probability(game, history) * (joint * rewards[history]).sum()
            ahead = np.einsum("sa,sat->t", joint, kernels[history])
            mass |= {(*history, noise): ahead for noise in range(2)}
        total += sum(probability(game, history) * (table @ mass[history]).max() for history, table in last.items())
        best = max(best, total)
    return best


@pytest.mark.parametrize("seed", [0, 1])
def test_the_gap_is_that_of_all_deterministic_policies(seed, rng):
    game = tiny(seed)
    policy = random_policy(game, rng)
    populations = flows(game, policy)
    expected = best_by_brute_force(game, populations) - value(game, policy, populations)
    assert abs(float(mfg.nash_imitation_gap(game, policy)) - expected) < 1e-10
    assert expected > 0.1


def test_flows_values_and_gaps_are_those_of_plain_numpy(rng):
    game = tiny(2)
    expert, policy = random_policy(game, rng), random_policy(game, rng)
    populations, experts = flows(game, policy), flows(game, expert)
    for n, flow in enumerate(mfg.population_flow(game, policy)):
        assert flow.shape == (2 ** (n + 1), 2)
        for history in histories(game, n + 1):
            expected = probability(game, history) * populations[history]
            assert np.allclose(flow[number(history)], expected, atol=1e-14)
    own = mfg.population_flow(game, policy)
    assert abs(float(mfg.policy_value(game, expert, own)) - value(game, expert, populations)) < 1e-12
    found = mfg.gaps(game, expert, policy)
    among = value(game, expert, experts)
    assert abs(float(found.population_value_gap) - (among - value(game, policy, populations))) < 1e-12
    assert abs(float(found.frozen_population_gap) - (among - value(game, policy, experts))) < 1e-12
    response = mfg.best_response(game, own)
    gained = value(game, response.policy, populations) - value(game, policy, populations)
    assert abs(float(found.nash_imitation_gap) - gained) < 1e-12


def test_proxies_are_expectations_over_histories(rng):
    game = tiny(3)
    expert, policy = random_policy(game, rng), random_policy(game, rng)
    experts, own = flows(game, expert), flows(game, policy)
    errors = mfg.proxies(game, expert, policy)
    bc, mfc = [], []
    for n in range(3):
        here = histories(game, n + 1)
        weights = [probability(game, history) for history in here]
        differs = [np.abs(expert[n][number(h)] - policy[n][number(h)]).sum(axis=-1) @ experts[h] for h in here]
        joint = [
            np.abs(experts[h][:, None] * expert[n][number(h)] - own[h][:, None] * policy[n][number(h)]).sum()
            for h in here
        ]
        bc.append(np.dot(weights, differs))
        mfc.append(np.dot(weights, joint))
    assert abs(float(errors.bc) - max(bc)) < 1e-12
    assert abs(float(errors.mfc_adv) - max(mfc)) < 1e-12
    assert all(float(error) < 1e-12 for error in mfg.proxies(game, expert, expert))


def test_a_batch_is_its_policies(rng):
    game = tiny(4)
    policies = [random_policy(game, rng) for _ in range(3)]
    batch = [np.stack(parts) for parts in zip(*policies, strict=True)]
    gaps = mfg.nash_imitation_gap(game, batch)
    assert gaps.shape == (3,)
    assert np.allclose(gaps, [float(mfg.nash_imitation_gap(game, policy)) for policy in policies], atol=1e-13)


def test_one_noise_state_is_the_game_itself(attractor, rng, draw_policies):
    game = mfg.NoisyGame.from_games({"calm": attractor}, [1.0], [[1.0]])
    policy = draw_policies(rng, attractor)
    lists = [table[None] for table in policy]
    assert game.unfolded() is attractor
    assert float(mfg.nash_imitation_gap(game, lists)) == float(mfg.nash_imitation_gap(attractor, policy))
    flow = mfg.population_flow(game, lists)
    assert np.array_equal(np.concatenate(flow), mfg.population_flow(attractor, policy))


def test_the_gradient_goes_through_the_tree(rng):
    game = tiny(5)
    tree = game.unfolded()
    policy = onto_tree("policy", random_policy(game, rng), game.sizes)
    direction = rng.normal(size=policy.shape)
    direction -= direction.mean(axis=-1, keepdims=True)
    found = control_gradient(tree, policy)

    def earned(step):
        moved = policy + step * direction
        return float(value_of(tree, moved, flow_of(tree, moved)))

    exact = float(jnp.sum(found.flow[..., None] * found.q * direction))
    assert abs((earned(1e-5) - earned(-1e-5)) / 2e-5 - exact) < 1e-6 * max(1, abs(exact))
    slope = jax.jvp(lambda pi: nash_imitation_gap_of(tree, pi), (policy,), (jnp.asarray(direction),))[1]
    gap = [float(nash_imitation_gap_of(tree, policy + step * direction)) for step in (1e-6, -1e-6)]
    assert abs((gap[0] - gap[1]) / 2e-6 - float(slope)) < 1e-6 * max(1, abs(float(slope)))


def test_merged_histories_have_the_same_gap(rng, bar):
    game = tiny(6, horizon=4)
    policy = random_policy(game, rng)
    exact = float(mfg.nash_imitation_gap(game, policy))
    found = mfg.merged_nash_imitation_gap(game, policy)
    assert abs(found.nash_imitation_gap - exact) < 1e-12 and found.nodes == [2, 4, 8, 16]
    closing = mfg.load_game(bar, horizon=6)
    by_noise = rng.dirichlet(np.ones(3), (6, 2, 10))
    unaware = by_noise[:, 0]
    for policy, most in ((unaware, 2), (by_noise, 32)):
        exact = float(mfg.nash_imitation_gap(closing, closing.spread(policy)))
        for form in (policy, closing.spread(policy)):
            found = mfg.merged_nash_imitation_gap(closing, form)
            assert abs(found.nash_imitation_gap - exact) < 1e-11
            assert max(found.nodes) == most  # a noise that leaves the kernel alone does not part unaware populations


def test_long_horizons_do_without_the_tree(bar, one_line):
    game = mfg.load_game(bar, horizon=60)
    uniform = game.games[0].uniform_policy()
    message = one_line(mfg.nash_imitation_gap, game, uniform)
    assert "2^60 = 1152921504606846976 histories" in message and "GiB" in message
    exact = mfg.merged_nash_imitation_gap(game, uniform)
    assert max(exact.nodes) == 2
    found = mfg.sampled_nash_imitation_gap(game, uniform, 200, seed=1)
    assert found.low <= exact.nash_imitation_gap <= found.high < 1.1 * found.low


def test_sampled_estimates_have_the_gap_between_them(rng):
    """By luck this fails for a seed in twenty; those here do not."""
    game = tiny(7)
    policy = rng.dirichlet(np.ones(2), (3, 2, 2))
    exact = float(mfg.nash_imitation_gap(game, game.spread(policy)))
    for seed in (1, 2, 3):
        found = mfg.sampled_nash_imitation_gap(game, policy, 500, seed)
        assert found.low <= exact <= found.high
    one = mfg.sampled_nash_imitation_gap(game, policy, 50_000, 0)
    assert abs(one.lower - exact) < 0.05 * exact and abs(one.upper - exact) < 0.05 * exact


def test_ten_steps_of_ten_states(bar):
    game = mfg.load_game(bar)
    unit = float(reward_range(game.unfolded())) * game.horizon
    found = mfg.solve_equilibrium(game, method="online_mirror_descent", tolerance=1e-5 * unit, progress=False)
    assert found.status == "converged" and [len(part) for part in found.policy][-1] == 1024
    assert float(mfg.nash_imitation_gap(game, found.policy)) <= 1e-5 * unit


def test_what_knows_nothing_of_noise_says_so(rng, one_line):
    game = tiny(8)
    policy = random_policy(game, rng)
    said = "game has common noise, of which this function knows nothing"
    assert said in one_line(mfg.empirical_nash_imitation_gap, game, policy, 10, 2, 0)
    assert said in one_line(mfg.player_simulator, game, 3)


def test_wrong_policies_are_one_line(rng, one_line):
    game = tiny(9)
    policy = random_policy(game, rng)
    assert "policy has 2 arrays, expected 3" in one_line(mfg.nash_imitation_gap, game, policy[:2])
    assert "policy[1] has shape [2, 2, 2], expected [..., 4, 2, 2]" in one_line(
        mfg.nash_imitation_gap, game, [policy[0], policy[0], policy[2]]
    )
    assert "policy[2][0, 0, :]" in one_line(mfg.nash_imitation_gap, game, [*policy[:2], policy[2] / 2])
    assert "expected a list of 3 arrays" in one_line(mfg.nash_imitation_gap, game, np.ones((2, 2, 2)) / 2)
    assert "which has no common noise" in one_line(mfg.merged_nash_imitation_gap, game.games[0], policy)
    assert "awareness is 'unaware': the game has no common noise" in one_line(
        mfg.behavioral_cloning, np.full((3, 2, 2), 0.25), game.games[0], awareness="unaware"
    )
    assert "allowed are aware, noise_aware, unaware" in one_line(
        mfg.behavioral_cloning, mfg.occupancy(game, policy), game, awareness="all"
    )


def test_a_social_optimum_is_found_on_the_tree(rng):
    game = tiny(10, horizon=2)
    found = mfg.social_optimum(game, n_random_starts=2, iterations=300)
    assert [part.shape for part in found.policy] == [(2, 2, 2), (4, 2, 2)]
    assert abs(found.value - value(game, found.policy, flows(game, found.policy))) < 1e-9
    for _ in range(20):
        other = random_policy(game, rng)
        assert value(game, other, flows(game, other)) <= found.value + 1e-6
