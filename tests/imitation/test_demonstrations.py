"""Demonstrations: who moves where in which population, and what a seed fixes.

Statistical tests compare a share of M draws with its probability p: they allow 5 standard deviations, so that each
comparison fails by luck with probability below 1e-6. The seeds are fixed besides: what passes today passes tomorrow.
"""

import os
import subprocess
import sys

import jax
import numpy as np

import mfg_imitation as mfg
from mfg_imitation.engine.players import FEW, draw, draw_alike, simulate
from mfg_imitation.imitation.demonstrations import sample_of


def sample(game, policy, n=200, seed=3, **options):
    return mfg.sample_demonstrations(game, policy, n, seed, **options)


def assert_shares(found, wanted, n_draws):
    """Frequencies of independent draws against their probabilities, to five standard deviations."""
    wanted = np.asarray(wanted)
    spread = np.sqrt(wanted * (1 - wanted) / n_draws)
    assert np.all(np.abs(np.asarray(found) - wanted) <= 5 * spread + 1e-12)


# --- Where they come from -------------------------------------------------------------------------------------------


def test_occupancy_of_many_is_that_of_the_mean_field(garnet, policy):
    found = mfg.empirical_occupancy(sample(garnet, policy, 20_000), garnet)
    assert_shares(found, mfg.occupancy(garnet, policy), 20_000)


def test_occupancy_is_counted_trajectory_by_trajectory(garnet, policy):
    demonstrations = sample(garnet, policy)
    counted = np.zeros(garnet.policy_shape)
    for states, actions in zip(np.asarray(demonstrations.states), np.asarray(demonstrations.actions), strict=True):
        for n, (s, a) in enumerate(zip(states, actions, strict=True)):
            counted[n, s, a] += 1 / 200
    np.testing.assert_allclose(mfg.empirical_occupancy(demonstrations, garnet), counted, rtol=0, atol=1e-12)


def test_every_step_of_every_player_is_possible(garnet, policy):
    demonstrations = sample(garnet, policy, 305, n_players=10)
    states, actions = np.asarray(demonstrations.states), np.asarray(demonstrations.actions)
    followed = np.asarray(garnet.successors)[states[:, :-1], actions[:, :-1]] == states[:, 1:, None]
    assert followed.any(axis=-1).all()


def test_players_move_in_their_own_empirical_distribution():
    """In the Attractor MFG with L_P = 1 and everyone playing a0, one is drawn in with the share of those who are."""
    game = mfg.load_game("attractor", horizon=5, transition_lipschitz=1)
    slip = np.asarray(game.known_expert()) * 0.5 + np.array([0, 0.5])
    slip[1:] = game.known_expert()[1:]  # half of them leave at n = 0, nobody of their own will later
    crowd = jax.jit(lambda: simulate(game, slip, jax.random.key(1), np.arange(400)))()
    states = np.asarray(crowd.states)
    np.testing.assert_allclose(crowd.population[:, 1], states.mean(axis=0), rtol=0, atol=1e-12)
    for n in range(1, 4):
        here = states[:, n] == 0
        if n == 1:
            assert_shares(states[:, 1].mean(), 0.5, 400)
        assert_shares(states[here, n + 1].mean(), states[:, n].mean(), here.sum())


def test_one_player_is_driven_by_itself_alone():
    """A crowd of one in the attractor: it stays in s0 for good, or leaves at once and is everybody."""
    game = mfg.load_game("attractor", horizon=4, transition_lipschitz=1)
    demonstrations = sample(game, game.known_expert(), 100, n_players=1)
    assert not np.asarray(demonstrations.states).any()


def test_crowds_are_kept_side_by_side_and_cut_at_m(garnet, policy):
    demonstrations = sample(garnet, policy, 305, n_players=10)
    key = jax.random.split(jax.random.key(3))[0]
    crowd_of = jax.jit(lambda players: simulate(garnet, policy, key, players))
    for crowd, rows in ((0, slice(0, 10)), (1, slice(10, 20)), (30, slice(300, 305))):
        alone = crowd_of(np.arange(10 * crowd, 10 * crowd + 10))
        n = len(demonstrations.states[rows])
        np.testing.assert_array_equal(demonstrations.states[rows], alone.states[:n])
        np.testing.assert_array_equal(demonstrations.actions[rows], alone.actions[:n])


def test_large_crowd_comes_close_to_the_mean_field(garnet, policy):
    """Not independent draws: 5 standard deviations of independent ones, times 3 for the coupling of four steps."""
    found = mfg.empirical_occupancy(sample(garnet, policy, 20_000, n_players=20_000), garnet)
    wanted = np.asarray(mfg.occupancy(garnet, policy))
    assert np.abs(found - wanted).max() <= 15 * np.sqrt(0.25 / 20_000)


def test_an_index_of_probability_zero_is_never_drawn():
    rows = np.array([[0, 1, 0], [0.5, 0, 0.5], [0, 0, 1], [1, 0, 0], [0.1, 0.2, 0.7 - 5e-10]])
    for uniform in (0.0, 0.5, np.nextafter(1, 0)):
        found = np.asarray(draw(rows, np.full(len(rows), uniform)))
        assert (rows[np.arange(len(rows)), found] > 0).all()
    assert list(np.asarray(draw(rows, np.full(5, 0.2)))) == [1, 0, 2, 0, 1]


# --- Label noise ----------------------------------------------------------------------------------------------------


def test_label_noise_replaces_by_a_uniform_action_and_leaves_the_states(garnet, policy):
    clean, noisy = sample(garnet, policy, 20_000), sample(garnet, policy, 20_000, label_noise=0.3)
    np.testing.assert_array_equal(clean.states, noisy.states)
    changed = np.asarray(clean.actions) != np.asarray(noisy.actions)
    # One of the three actions is the one played: two thirds of the replacements show.
    assert_shares(changed.mean(), 0.3 * 2 / 3, changed.size)
    for played in range(3):
        recorded = np.asarray(noisy.actions)[(np.asarray(clean.actions) == played) & changed]
        others = [a for a in range(3) if a != played]
        assert_shares([np.mean(recorded == a) for a in others], [0.5, 0.5], len(recorded))


def test_full_noise_is_uniform_and_more_noise_keeps_the_replacements_of_less(garnet, policy):
    clean, some, more, full = (sample(garnet, policy, 20_000, label_noise=k).actions for k in (0, 0.1, 0.4, 1))
    assert_shares([np.mean(np.asarray(full) == a) for a in range(3)], [1 / 3] * 3, full.size)
    kept = np.asarray(some != clean)
    np.testing.assert_array_equal(np.asarray(more)[kept], np.asarray(some)[kept])


# --- Seeds ----------------------------------------------------------------------------------------------------------


def test_a_larger_sample_begins_with_the_smaller(garnet, policy):
    # More than a few are drawn by a program of its own.
    for sizes, options in (((200, FEW), {}), ((40, 100), {"n_players": 7})):
        for label_noise in (0, 0.2):
            small, large = (sample(garnet, policy, n, label_noise=label_noise, **options) for n in sizes)
            np.testing.assert_array_equal(small.states, large.states[: sizes[0]])
            np.testing.assert_array_equal(small.actions, large.actions[: sizes[0]])


def test_equal_seeds_equal_trajectories_other_seeds_others(garnet, policy):
    one, again, other = (sample(garnet, policy, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.states, again.states)
    np.testing.assert_array_equal(one.actions, again.actions)
    assert (np.asarray(one.states) != np.asarray(other.states)).any()
    rows = {row.tobytes() for row in np.hstack([one.states, one.actions])}
    assert len(rows) > 100  # nor do the trajectories of one sample repeat one another


def test_a_batch_of_seeds_is_the_seeds_one_by_one(garnet, policy):
    keys = jax.vmap(jax.random.key)(np.arange(3))
    states, actions = jax.jit(jax.vmap(lambda key: sample_of(garnet, policy, key, 0.1, 40, 7)))(keys)
    for seed in range(3):
        alone = sample(garnet, policy, 40, seed=seed, label_noise=0.1, n_players=7)
        np.testing.assert_array_equal(states[seed], alone.states)
        np.testing.assert_array_equal(actions[seed], alone.actions)


def test_the_number_of_threads_changes_nothing(tmp_path):
    program = (
        "import sys, mfg_imitation as mfg\n"
        "game = mfg.load_game('sis', horizon=5)\n"
        "found = mfg.sample_demonstrations(game, game.uniform_policy(), 2000, 4, 0.1, 1000)\n"
        "mfg.save_demonstrations(sys.argv[1], found, game)\n"
    )
    for threads in ("1", "2"):
        variables = {"PJRT_NPROC": threads, "NPROC": threads, "OMP_NUM_THREADS": threads}
        file = str(tmp_path / f"{threads}.parquet")
        subprocess.run([sys.executable, "-c", program, file], env=os.environ | variables, check=True, timeout=300)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_wrong_arguments(garnet, policy, one_line):
    assert "n_demonstrations is 0" in one_line(sample, garnet, policy, 0)
    assert "n_demonstrations is 2.5" in one_line(sample, garnet, policy, 2.5)
    assert "seed is -1" in one_line(sample, garnet, policy, seed=-1)
    assert "n_players is 0" in one_line(sample, garnet, policy, n_players=0)
    assert "label_noise is 1.5" in one_line(sample, garnet, policy, label_noise=1.5)
    assert "label_noise is nan" in one_line(sample, garnet, policy, label_noise=float("nan"))
    assert "policy has shape" in one_line(sample, garnet, policy[1:])
    demonstrations = sample(garnet, policy)
    wrong = demonstrations._replace(actions=np.where(np.arange(800).reshape(200, 4) == 9, 9, demonstrations.actions))
    assert "demonstrations.actions[2, 1] is 9" in one_line(mfg.empirical_occupancy, wrong, garnet)
    wrong = demonstrations._replace(states=demonstrations.states[:, 1:])
    assert "expected [M, 4]" in one_line(mfg.empirical_occupancy, wrong, garnet)
    wrong = demonstrations._replace(actions=demonstrations.actions * 1.0)
    assert "whole numbers" in one_line(mfg.empirical_occupancy, wrong, garnet)
    for masked in (np.ma.masked_array(demonstrations.states), np.ma.masked_less(demonstrations.states, 1)):
        wrong = demonstrations._replace(states=masked)
        assert "demonstrations.states is masked" in one_line(mfg.empirical_occupancy, wrong, garnet)
    for n in (0, -1, 201, True, 2.0, None):
        assert one_line(demonstrations.first, n).startswith(f"n is {n}: ")
    assert demonstrations.first(200).states.shape == (200, 4)


def test_draws_from_one_distribution_need_no_copies_of_it(rng):
    probabilities = rng.dirichlet(np.ones(7))
    probabilities[[0, 3]] = 0
    uniform = np.append(rng.uniform(size=200), [0, np.nextafter(1, 0)])
    np.testing.assert_array_equal(
        draw_alike(probabilities, uniform), draw(np.broadcast_to(probabilities, (202, 7)), uniform)
    )
