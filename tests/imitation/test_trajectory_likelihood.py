"""The likelihood of trajectories with noisy labels: counts, closed forms, brute force, and what it removes."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

import mfg_imitation as mfg
from mfg_imitation.imitation.demonstrations import Demonstrations
from mfg_imitation.imitation.records import grouped, likely


@pytest.fixture(scope="module")
def sheltered():
    return mfg.load_game(
        "sheltered_attractor", horizon=8, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )


def log_likelihood(demonstrations, game, policy, confusion, flow) -> float:
    """By its definition, record by record."""
    found = 0.0
    for states, actions in zip(np.asarray(demonstrations.states), np.asarray(demonstrations.actions), strict=True):
        for n, (s, label) in enumerate(zip(states, actions, strict=True)):
            moved = 1 if n == game.horizon - 1 else game.transition(n, flow[n])[s, :, states[n + 1]]
            found += np.log(np.sum(policy[n, s] * confusion[:, label] * moved))
    return found


def uniform_noise(noise, n_actions):
    return (1 - noise) * np.eye(n_actions) + noise / n_actions


def test_equal_records_are_counted_and_their_moves_weighed(garnet):
    sample = mfg.sample_demonstrations(garnet, garnet.uniform_policy(), 30, 0)
    flow = mfg.population_flow(garnet, garnet.uniform_policy())
    records = grouped(sample, garnet)
    assert records.count.sum() == 30 * garnet.horizon
    seen = {}
    for states, actions in zip(np.asarray(sample.states), np.asarray(sample.actions), strict=True):
        for n, (s, a) in enumerate(zip(states, actions, strict=True)):
            after = states[n + 1] if n + 1 < garnet.horizon else len(garnet.states)
            seen[n, s, a, after] = seen.get((n, s, a, after), 0) + 1
    columns = np.stack([records.step, records.state, records.action, records.successor], axis=-1)[0]
    counted = {tuple(map(int, row)): int(c) for row, c in zip(columns, records.count[0], strict=True) if c}
    assert counted == seen
    moves = likely(garnet, records, flow[None])[0]
    for row, chance in zip(columns, moves, strict=True):
        n, s, _, after = map(int, row)
        expected = 1.0 if n == garnet.horizon - 1 else garnet.transition(n, flow[n])[s, :, after]
        np.testing.assert_allclose(chance, np.broadcast_to(expected, chance.shape), rtol=1e-12)


def test_the_objective_is_the_likelihood_of_the_records(garnet, policy):
    sample = mfg.sample_demonstrations(garnet, policy, 20, 0, label_noise=0.3)
    flow = mfg.population_flow(garnet, policy)
    fit = mfg.trajectory_likelihood(sample, garnet, flow, sparse=False)
    assert 0 < fit.label_noise < 1 and fit.impossible == 0
    np.testing.assert_allclose(fit.confusion, uniform_noise(fit.label_noise, len(garnet.actions)))
    by_hand = log_likelihood(sample, garnet, np.asarray(fit.policy), np.asarray(fit.confusion), flow)
    assert fit.objective == pytest.approx(-by_hand / 20, rel=1e-10)


def test_with_the_noise_given_no_policy_is_better_by_more_than_the_certificate(rng, garnet, policy, draw_policies):
    """The problem is concave: the certificate holds against every policy, and shrinks as the fit goes on."""
    sample = mfg.sample_demonstrations(garnet, policy, 15, 1, label_noise=0.3)
    flow = mfg.population_flow(garnet, policy)
    fit = mfg.trajectory_likelihood(sample, garnet, flow, 0.3, sparse=False, tolerance=1e-9, max_iterations=50_000)
    assert fit.status == "converged" and fit.certificate < 1e-2 and fit.label_noise == 0.3
    early = mfg.trajectory_likelihood(sample, garnet, flow, 0.3, sparse=False, max_iterations=3)
    assert early.status == "iteration limit" and early.certificate > fit.certificate
    noise = uniform_noise(0.3, len(garnet.actions))
    for other in (fit.policy, *draw_policies(rng, garnet, 5)):
        value = -log_likelihood(sample, garnet, np.asarray(other), noise, flow) / 15
        assert value >= early.objective - early.certificate - 1e-9


def test_one_state_and_one_step_is_solved_by_hand():
    """Both actions may lead anywhere: labels 70 : 30 at kappa = 0.2 are most likely at pi = 0.75."""
    game = mfg.Game.from_functions(lambda n, mu: jnp.ones((1, 2, 1)), lambda n, mu: jnp.zeros((1, 2)), [1.0], 1)
    actions = np.array([[0]] * 70 + [[1]] * 30)
    fit = mfg.trajectory_likelihood(Demonstrations(np.zeros_like(actions), actions), game, None, 0.2, sparse=False)
    expected = minimize(
        lambda x: -70 * np.log(0.8 * x[0] + 0.1) - 30 * np.log(0.8 * (1 - x[0]) + 0.1), [0.5], bounds=[(0, 1)]
    ).x[0]
    np.testing.assert_allclose(fit.policy[0, 0, 0], [0.75, expected][0], atol=1e-5)
    np.testing.assert_allclose(expected, 0.75, atol=1e-4)


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_noise_is_told_from_what_was_played(noise, sheltered):
    """The pure expert comes back from every sample, where cloning lets slips grow; kappa within four of its errors."""
    expert = sheltered.known_expert()
    flow = mfg.population_flow(sheltered, expert)
    for seed in range(3):
        sample = mfg.sample_demonstrations(sheltered, expert, 400, seed, label_noise=noise)
        fit = mfg.trajectory_likelihood(sample, sheltered, flow)
        np.testing.assert_allclose(mfg.nash_imitation_gap(sheltered, fit.policy), 0, atol=1e-3)
        assert mfg.nash_imitation_gap(sheltered, mfg.behavioral_cloning(sample, sheltered).policy) > 0.2
        assert abs(fit.label_noise - noise) < 4 * np.sqrt(noise / (400 * sheltered.horizon)) + 0.02


@pytest.mark.parametrize("players", ["pure", "mixed"])
def test_without_noise_it_is_behavioral_cloning(players, garnet, policy):
    played = policy if players == "mixed" else (policy == policy.max(axis=-1, keepdims=True)).astype(float)
    sample = mfg.sample_demonstrations(garnet, played, 300, 0)
    fit = mfg.trajectory_likelihood(sample, garnet)
    assert fit.label_noise == 0 and fit.status == "closed form"
    np.testing.assert_allclose(fit.policy, mfg.behavioral_cloning(sample, garnet).policy, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(mfg.trajectory_likelihood(sample, garnet, None, 0.0).policy, fit.policy)


@pytest.mark.parametrize("noise", [0, 0.2])
def test_by_evidence_what_was_played_is_smoothed_unless_the_policy_is_sparse(noise, garnet, sheltered, policy):
    """The same noise is found; a mixed policy seen in ten trajectories comes out smoother, and so less likely."""
    few = mfg.sample_demonstrations(garnet, 0.5 * policy + 0.5 / 3, 10, 0, label_noise=noise)
    rough, smooth = mfg.trajectory_likelihood(few, garnet), mfg.likelihood_by_evidence(few, garnet)
    assert smooth.label_noise == rough.label_noise and smooth.objective >= rough.objective - 1e-9
    assert smooth.certificate >= smooth.objective - rough.objective - 1e-9
    flow = np.asarray(mfg.empirical_occupancy(few, garnet)).sum(axis=-1)
    value = -log_likelihood(few, garnet, np.asarray(smooth.policy), np.asarray(smooth.confusion), flow) / 10
    assert smooth.objective == pytest.approx(value, rel=1e-9)
    pure = mfg.sample_demonstrations(sheltered, sheltered.known_expert(), 200, 0, label_noise=noise)
    np.testing.assert_allclose(
        mfg.occupancy(sheltered, mfg.likelihood_by_evidence(pure, sheltered).policy),
        mfg.occupancy(sheltered, mfg.trajectory_likelihood(pure, sheltered).policy),
        atol=1e-12,
    )


def test_the_sparse_prior_explains_with_fewer_actions_and_loses_no_record():
    """Two actions that do the same: noise looks like mixing. A move that one action alone makes keeps that action."""
    kernel = jnp.zeros((2, 3, 2)).at[:, :2, 0].set(1).at[:, 2, 1].set(1)
    game = mfg.Game.from_functions(lambda n, mu: kernel, lambda n, mu: jnp.zeros((2, 3)), [1.0, 0.0], 2)
    labels = [0] * 90 + [1] * 5 + [2] * 4 + [0]
    moved = [0] * 99 + [1]
    states = np.stack([np.zeros(100, int), moved], axis=1)
    actions = np.stack([labels, np.zeros(100, int)], axis=1)
    sample = Demonstrations(states, actions)
    mixing = mfg.trajectory_likelihood(sample, game, sparse=False)
    decided = mfg.trajectory_likelihood(sample, game)
    assert decided.policy[0, 0, 1] == 0 and mixing.policy[0, 0, 1] > 1e-3
    assert 0 < decided.policy[0, 0, 2] < 0.05, "it made the one move that no other action makes"
    assert np.isfinite(decided.objective) and decided.label_noise > mixing.label_noise


def test_impossible_records_are_counted_and_left_out(sheltered):
    """From s1 nobody returns: a trajectory that does is explained by no action."""
    expert = sheltered.known_expert()
    sample = mfg.sample_demonstrations(sheltered, expert, 50, 0, label_noise=0.1)
    states = np.array(sample.states)
    states[0] = [0, 1, 0, 0, 1, 0, 0, 0]
    fit = mfg.trajectory_likelihood(sample._replace(states=states), sheltered)
    assert fit.impossible == 2
    assert np.isfinite([fit.objective, fit.certificate, fit.label_noise]).all() and np.isfinite(fit.policy).all()


def test_a_full_matrix_of_confusion_is_found(garnet, policy, rng):
    """Only action 0 is misread, as 1 in 40%: the matrix shows it to five standard errors (by luck not: 1e-6)."""
    steps, states, actions = np.indices(policy.shape)
    sample = mfg.sample_demonstrations(garnet, ((steps + states) % 3 == actions).astype(float), 2000, 0)
    actions = np.array(sample.actions)
    wrong = (actions == 0) & (rng.random(actions.shape) < 0.4)
    played = np.sum(actions == 0)
    fit = mfg.trajectory_likelihood(
        sample._replace(actions=np.where(wrong, 1, actions)), garnet, label_noise="confusion"
    )
    expected = np.eye(len(garnet.actions))
    expected[0, :2] = 0.6, 0.4
    np.testing.assert_allclose(fit.confusion, expected, atol=5 * np.sqrt(0.24 / played) + 1e-3)
    assert fit.label_noise == pytest.approx(wrong.mean(), abs=0.02)


def test_the_interval_of_the_noise_holds_it(sheltered):
    """95%: of five samples two or more miss with a chance of 2%; none of these does."""
    expert = sheltered.known_expert()
    held = 0
    for seed in range(5):
        sample = mfg.sample_demonstrations(sheltered, expert, 200, seed, label_noise=0.1)
        low, high = mfg.label_noise_interval(sample, sheltered, resamples=100, seed=seed)
        assert 0 < low < high < 0.3
        held += low <= 0.1 <= high
    assert held >= 4


def test_one_policy_for_all_steps_pools_their_records(sheltered):
    expert = sheltered.known_expert()
    sample = mfg.sample_demonstrations(sheltered, expert, 30, 0, label_noise=0.2)
    fit = mfg.trajectory_likelihood(sample, sheltered, stationary=True)
    np.testing.assert_array_equal(fit.policy, np.broadcast_to(fit.policy[:1], fit.policy.shape))
    assert mfg.nash_imitation_gap(sheltered, fit.policy) < 1e-3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"label_noise": 1.5}, "label_noise"),
        ({"label_noise": "guess"}, "label_noise"),
        ({"tolerance": 0}, "tolerance"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"population": np.ones((8, 2))}, "population"),
    ],
)
def test_settings_out_of_range_are_one_line(settings, words, sheltered, one_line):
    sample = mfg.sample_demonstrations(sheltered, sheltered.known_expert(), 5, 0)
    assert words in one_line(mfg.trajectory_likelihood, sample, sheltered, **settings)
