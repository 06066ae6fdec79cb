"""Experts: what is offered as an equilibrium is one, by the library's own measure."""

from itertools import product

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.fictitious_play import begin_fictitious_play, fictitious_play_chunk
from mfg_imitation.equilibria.implicit_descent import begin_implicit_descent, implicit_descent_chunk
from mfg_imitation.equilibria.mirror_descent import begin_mirror_descent, mirror_descent_chunk
from mfg_imitation.equilibria.smoothed import smoothed_equilibrium
from mfg_imitation.equilibria.solve import EquilibriumError, expert, solve_equilibrium
from mfg_imitation.games.game import DenseGame, Game

METHODS = ["implicit_mirror_descent", "online_mirror_descent", "fictitious_play"]


class AffineGame(DenseGame):
    """Kernel and reward affine in the population; all numbers are traced, so that games can be stacked."""

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: jax.Array
    kernels: jax.Array  # [S, A, S', S]: P(s' | s, a, mu) = sum over j of kernels[s, a, s', j] mu_j
    base: jax.Array
    slope: jax.Array

    def probabilities(self, n, mu):
        return self.kernels @ mu

    def reward(self, n, mu):
        return self.base + self.slope @ mu


def affine_game(seed: int, horizon=6, n_states=3, n_actions=3, crowd=2.0) -> AffineGame:
    random = np.random.default_rng(seed)
    kernels = random.dirichlet(np.full(n_states, 0.5), (n_states, n_actions, n_states)).swapaxes(-1, -2)
    return AffineGame(
        states=tuple(f"s{i}" for i in range(n_states)),
        actions=tuple(f"a{i}" for i in range(n_actions)),
        horizon=horizon,
        initial=jnp.asarray(random.dirichlet(np.ones(n_states))),
        kernels=jnp.asarray(kernels),
        base=jnp.asarray(random.uniform(size=(n_states, n_actions))),
        slope=jnp.asarray(crowd * random.uniform(-1, 1, (n_states, n_actions, n_states))),
    )


def matching_game(payoff) -> Game:
    """Two steps: everyone picks one of the states at n = 0, and earns payoff @ mu there at n = 1."""
    payoff = jnp.asarray(payoff, dtype=float)
    size = len(payoff)
    picks = jnp.broadcast_to(jnp.eye(size + 1)[1:], (size + 1, size, size + 1))

    def reward(n, mu):
        earned = jnp.concatenate([jnp.zeros(1), payoff @ mu[1:]])
        return jnp.broadcast_to(earned[:, None], (size + 1, size))

    return Game.from_functions(lambda n, mu: picks, reward, jnp.eye(size + 1)[0], horizon=2)


def sheltered(game_files, **overrides):
    return mfg.load_game(game_files / "sheltered_attractor.yaml", **overrides)


def scale(game) -> float:
    return float(reward_range(game)) * game.horizon


def test_known_experts_are_accepted_with_their_measure(attractor):
    for found in (known_expert(attractor), expert(attractor, {})):
        assert (found.status, found.iterations) == ("known", 0)
        assert found.exploitability == float(mfg.nash_imitation_gap(attractor, attractor.known_expert()))
        assert [len(column) for column in found.convergence] == [1, 1]


def test_a_wrong_known_expert_is_refused_with_its_figure(attractor, monkeypatch):
    wrong = attractor.uniform_policy()
    monkeypatch.setattr(type(attractor), "known_expert", lambda game: wrong)
    figure = f"{float(mfg.nash_imitation_gap(attractor, wrong)):.3g}"
    with pytest.raises(mfg.InputError, match=f"expert.policy: its exploitability is {figure}, above the tolerance"):
        expert(attractor, {"tolerance": 1e-6})


@pytest.mark.parametrize(
    ("method", "tolerance", "error"),
    [
        ("implicit_mirror_descent", 1e-12, 1e-12),
        ("online_mirror_descent", 1e-8, 1e-6),
        ("fictitious_play", 3e-2, 1e-2),
    ],
)
def test_rock_paper_scissors_mixes_as_the_closed_form_says(method, tolerance, error):
    # Indifference, payoff @ mu = 0 for a skew payoff: mu is proportional to (c, b, a).
    a, b, c = 2.0, 4.0, 6.0
    game = matching_game([[0, -a, b], [a, 0, -c], [-b, c, 0]])
    found = solve_equilibrium(game, method=method, tolerance=tolerance)
    assert found.status == "converged"
    np.testing.assert_allclose(found.policy[0, 0], np.array([c, b, a]) / (a + b + c), atol=error)


@pytest.mark.parametrize("method", METHODS)
def test_without_a_crowd_the_equilibrium_is_the_optimal_policy(method):
    game = affine_game(0, horizon=3, n_states=2, n_actions=2, crowd=0.0)
    game = eqx.tree_at(lambda g: g.kernels, game, jnp.broadcast_to(game.kernels[..., :1], game.kernels.shape))
    every = np.array([np.eye(2)[list(c)].reshape(3, 2, 2) for c in product(range(2), repeat=6)])
    flow = mfg.population_flow(game, game.uniform_policy())  # any: nothing depends on it
    best = float(mfg.policy_value(game, every, flow).max())
    tolerance = 1e-2 if method == "fictitious_play" else 1e-9
    found = solve_equilibrium(game, method=method, tolerance=tolerance)
    assert found.status == "converged"
    assert float(mfg.policy_value(game, found.policy, flow)) == pytest.approx(best, abs=tolerance)


def test_games_that_are_neither_monotone_nor_pure_are_solved():
    for seed in range(50):
        game = affine_game(seed)
        found = solve_equilibrium(game)
        assert found.status == "converged" and found.exploitability <= 1e-6 * scale(game), seed


def test_the_sheltered_attractor_is_solved_without_its_known_expert(game_files):
    game = sheltered(game_files, horizon=10)
    assert solve_equilibrium(game).exploitability <= 1e-6 * scale(game)


def test_what_is_returned_is_measured(game_files):
    game = affine_game(1)
    for arguments in ({"iterations": 7}, {"method": "online_mirror_descent"}, {"method": "fictitious_play"}):
        found = solve_equilibrium(game, tolerance=1e-12, **arguments)
        assert found.exploitability == float(mfg.nash_imitation_gap(game, found.policy))
        record = found.convergence
        assert record.iterations.dtype == record.exploitability.dtype == np.float64
        assert record.iterations[0] == 0 and record.iterations[-1] == found.iterations
        assert (np.diff(record.iterations) >= 0).all() and (np.diff(record.exploitability) <= 0).all()
        assert record.exploitability[-1] == pytest.approx(found.exploitability, abs=1e-12)
        assert found.status == ("converged" if found.exploitability <= 1e-12 else "iteration limit")


def test_the_same_call_gives_the_same_bytes():
    one, two = (solve_equilibrium(affine_game(2), tolerance=1e-13, iterations=100) for _ in range(2))
    assert np.asarray(one.policy).tobytes() == np.asarray(two.policy).tobytes()
    assert one.convergence.exploitability.tobytes() == two.convergence.exploitability.tobytes()


def test_a_missed_tolerance_is_one_line_with_both_figures():
    spec = {"method": "fictitious_play", "iterations": 5, "tolerance": 1e-9}
    reached = solve_equilibrium(affine_game(1), **spec).exploitability
    with pytest.raises(EquilibriumError) as caught:
        expert(affine_game(1), spec)
    message = str(caught.value)
    assert isinstance(caught.value, mfg.InputError) and "\n" not in message
    assert f"{reached:.3g}" in message and "1e-09" in message and "iterations" in message


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"method": "magic"}, "fictitious_play"), ({"iterations": 0}, "iterations"), ({"tolerance": -1.0}, "tolerance"),
     ({"step_size": float("nan")}, "step_size"), ({"check_every": 0}, "check_every")],
)  # fmt: skip
def test_arguments_out_of_range_are_named(attractor, wrong, named):
    with pytest.raises(mfg.InputError, match=named):
        solve_equilibrium(attractor, **wrong)


def test_progress_says_nothing_in_a_log(attractor, capfd):
    solve_equilibrium(attractor, progress=True)
    assert capfd.readouterr() == ("", "")


def test_a_stack_of_games_is_solved_as_each_of_them_alone():
    games = [affine_game(seed) for seed in range(3)]
    stack = jax.tree.map(lambda *leaves: jnp.stack(leaves), *games)

    def descent(game):
        return mirror_descent_chunk(game, begin_mirror_descent(game, 1 / reward_range(game)), 20)

    def play(game):
        return fictitious_play_chunk(game, begin_fictitious_play(game, 1.0), 20)

    def implicit(game):
        return implicit_descent_chunk(game, begin_implicit_descent(game, 1 / reward_range(game)), 10)

    for routine in (descent, play, implicit):
        together = eqx.filter_jit(eqx.filter_vmap(routine))(stack)
        for i, game in enumerate(games):
            measured = float(mfg.nash_imitation_gap(game, together.policy[i]))
            assert float(together.exploitability[i]) == pytest.approx(measured, abs=1e-12)
            np.testing.assert_allclose(together.policy[i], eqx.filter_jit(routine)(game).policy, atol=1e-9)


def test_fictitious_play_averages_within_one_population():
    # The average of two occupancies that share a kernel is an occupancy: its policy reproduces it there.
    game = affine_game(3)
    state = fictitious_play_chunk(game, begin_fictitious_play(game, 1.0), 1)
    uniform = game.uniform_policy()
    flow = mfg.population_flow(game, uniform)
    answer = mfg.best_response(game, flow).policy
    mixture = (mfg.occupancy(game, uniform, flow) + mfg.occupancy(game, answer, flow)) / 2
    np.testing.assert_allclose(mfg.occupancy(game, state.average, flow), mixture, atol=1e-14)


def test_an_epidemic_that_makes_other_methods_circle_is_solved_exactly():
    game = mfg.load_game("sis", horizon=50)
    assert solve_equilibrium(game, method="online_mirror_descent", iterations=500).exploitability > 1e-3 * scale(game)
    found = solve_equilibrium(game, tolerance=1e-12)
    assert found.exploitability <= 1e-12 and found.iterations < 200


@pytest.mark.parametrize(
    ("name", "relative", "quick"), [("sir", 1e-3, True), ("sir", 1e-6, False), ("sis", 1e-4, False)]
)
def test_a_coarse_tolerance_is_tried_by_online_mirror_descent_first(name, relative, quick):
    """What meets it is kept; where it is missed, and where it is not coarse, all is as if it had not been tried."""
    game = mfg.load_game(name)
    found = solve_equilibrium(game, tolerance=relative * scale(game))
    method = "online_mirror_descent" if quick else "implicit_mirror_descent"
    other = solve_equilibrium(game, tolerance=relative * scale(game), method=method)
    assert found.status == "converged" and found.iterations == other.iterations
    np.testing.assert_array_equal(found.policy, other.policy)
    if quick:
        short = solve_equilibrium(game, tolerance=relative * scale(game), iterations=1)
        one = solve_equilibrium(game, tolerance=relative * scale(game), iterations=1, method="implicit_mirror_descent")
        np.testing.assert_array_equal(short.policy, one.policy)


def test_the_exploitability_falls_faster_than_geometrically():
    game = mfg.load_game("sir")
    record = solve_equilibrium(game, tolerance=1e-13 * scale(game)).convergence.exploitability
    falls = record[1:] / record[:-1]
    assert falls[-1] < 0.1 * falls[2]


def test_a_smoothed_equilibrium_answers_its_own_population(rng):
    # pi_n(a|s) = reference exp(Q / t) / Z, with Q of the *smoothed* game in the policy's own population: written out.
    game, temperature = affine_game(4), 0.2
    reference = rng.dirichlet(np.ones(3), (6, 3))
    found = smoothed_equilibrium(game, jnp.log(reference), temperature, 2.0, jnp.zeros((5, 3)))
    policy = np.exp(found.log_policy)
    flow = mfg.population_flow(game, policy)
    ahead = np.zeros(3)
    for n in reversed(range(6)):
        q = np.asarray(game.reward(n, flow[n])) + np.asarray(game.probabilities(n, flow[n])) @ ahead
        weights = reference[n] * np.exp(q / temperature)
        np.testing.assert_allclose(policy[n], weights / weights.sum(axis=-1, keepdims=True), atol=1e-8)
        if n:
            np.testing.assert_allclose(2.0 * found.values[n - 1], temperature * np.log(weights.sum(axis=-1)), atol=1e-8)
        ahead = temperature * np.log(weights.sum(axis=-1))
    assert bool(found.solved) and int(found.steps) <= 6


@pytest.mark.parametrize("horizon", [1, 2])
def test_the_shortest_games_are_solved(horizon):
    assert solve_equilibrium(affine_game(0, horizon=horizon)).status == "converged"
