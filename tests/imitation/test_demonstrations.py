"""Demonstrations: who moves where in which population, what a seed fixes, and tables of trajectories.

Statistical tests compare a share of M draws with its probability p: they allow 5 standard deviations, so that each
comparison fails by luck with probability below 1e-6. The seeds are fixed besides: what passes today passes tomorrow.
"""

import os
import subprocess
import sys

import jax
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.players import draw, simulate
from mfg_imitation.imitation.demonstrations import sample_of


@pytest.fixture(scope="module")
def garnet(game_files):
    """Every pair has three successors, and the kernel depends on the population."""
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=4)


@pytest.fixture
def policy(rng, garnet, draw_policies):
    return draw_policies(rng, garnet)


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
    for sizes, options in (((200, 20_000), {}), ((40, 100), {"n_players": 7})):
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


# --- Files ----------------------------------------------------------------------------------------------------------


def assert_same(one, other):
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.actions, other.actions)
    assert one[2:] == other[2:]


@pytest.mark.parametrize("options", [{}, {"label_noise": 0.1}, {"n": 40, "n_players": 7, "seed": 0}], ids=str)
def test_a_file_gives_back_what_was_saved(garnet, policy, tmp_path, options):
    demonstrations = sample(garnet, policy, **options)
    for name in ("one", "two"):
        mfg.save_demonstrations(tmp_path / "new" / f"{name}.parquet", demonstrations, garnet)
    assert_same(mfg.load_demonstrations(tmp_path / "new" / "one.parquet", garnet), demonstrations)
    assert (tmp_path / "new" / "one.parquet").read_bytes() == (tmp_path / "new" / "two.parquet").read_bytes()
    assert pq.read_schema(tmp_path / "new" / "one.parquet").metadata[b"seed"] == str(demonstrations.seed).encode()


def test_no_altered_byte_goes_unnoticed(attractor, tmp_path, one_line):
    """Every byte of the file, changed by itself: what is read is refused, or still what was written."""
    demonstrations = sample(attractor, attractor.uniform_policy(), 10, label_noise=0.1)
    file = tmp_path / "demonstrations.parquet"
    mfg.save_demonstrations(file, demonstrations, attractor)
    content = file.read_bytes()
    unnoticed = []
    for place in range(0, len(content), 3):
        altered = bytearray(content)
        altered[place] ^= 0x01
        file.write_bytes(altered)
        try:
            assert_same(mfg.load_demonstrations(file, attractor), demonstrations)
        except mfg.InputError as error:
            assert str(error).startswith(f"{file}: ") and len(str(error).splitlines()) == 1
        except AssertionError:
            unnoticed.append(place)
    # The footer, which carries the metadata and the names of the columns, has no checksum in the format.
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    assert all(place >= footer for place in unnoticed)
    for length in range(0, len(content), 101):
        file.write_bytes(content[:length])
        assert one_line(mfg.load_demonstrations, file, attractor).startswith(f"{file}: ")


TABLE = """trajectory,step,state,action
x,1,s1,a1
x,0,s0,a0
y,0,0,1
y,1,s0,a0
"""


@pytest.fixture
def two_steps():
    return mfg.load_game("attractor", horizon=2)


def load_text(text, game, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(text)
    return mfg.load_demonstrations(file, game)


def test_a_users_table_by_name_or_index_in_any_order(two_steps, tmp_path):
    found = load_text(TABLE, two_steps, tmp_path)
    np.testing.assert_array_equal(found.states, [[0, 1], [0, 0]])
    np.testing.assert_array_equal(found.actions, [[0, 1], [1, 0]])
    assert found[2:] == (None, 0.0, None)
    numbers = pd.DataFrame(
        {"step": [0, 1, 0, 1], "action": [0, 1, 1, 0], "state": [0, 1, 0, 0], "trajectory": [7, 7, 2, 2], "note": "x"}
    )
    numbers.to_parquet(tmp_path / "mine.parquet")
    assert_same(mfg.load_demonstrations(tmp_path / "mine.parquet", two_steps), found)
    numbers.to_csv(tmp_path / "mine.csv", index=False)
    assert_same(mfg.load_demonstrations(tmp_path / "mine.csv", two_steps), found)


def test_names_that_are_numbers_are_names(tmp_path, one_line):
    game = mfg.Game.from_functions(
        lambda n, mu: np.full((2, 2, 2), 0.5), lambda n, mu: np.zeros((2, 2)), np.array([0.5, 0.5]), 1, ["1", "2"]
    )
    found = load_text("trajectory,step,state,action\n0,0,1,a1\n1,0,2,1\n", game, tmp_path)
    np.testing.assert_array_equal(found.states, [[0], [1]])
    assert "row 1: state '0' is no state" in one_line(
        load_text, "trajectory,step,state,action\n0,0,0,a1\n", game, tmp_path
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("y,0,0,1", "y,0,2,1", "row 3: state '2' is no state of the game"),
        ("x,0,s0,a0", "x,0,s9,a0", "row 2: state 's9' is no state of the game"),
        ("x,0,s0,a0", "x,0,s0,jump", "row 2: action 'jump' is no action of the game"),
        ("x,0,s0,a0", "x,0,,a0", "row 2: state '' is no state of the game"),
        ("x,0,s0,a0", "x,0,NaN,a0", "row 2: state 'NaN' is no state of the game"),
        ("x,0,s0,a0", "x,0,0.5,a0", "row 2: state '0.5' is no state of the game"),
        ("x,0,s0,a0", ",0,s0,a0", "row 2: trajectory '' is missing"),
        ("x,0,s0,a0", "x,2,s0,a0", "row 2: step '2' is no step; the game's are 0 to 1"),
        ("x,0,s0,a0", "x,-1,s0,a0", "row 2: step '-1' is no step"),
        ("x,0,s0,a0", "x,1,s0,a0", "row 2: step '1' is given twice in its trajectory"),
        ("x,0,s0,a0\n", "", "row 1: trajectory x begins here and has no step 0"),
        ("y,1,s0,a0\n", "", "row 3: trajectory y begins here and has no step 1"),
        ("step", "time", "column 'step' is missing"),
        (TABLE.partition("\n")[2], "", "has no rows"),
        ("x,0,s0,a0", "x,0,s0,a0,1,2,3", "not a sound table"),
        (TABLE, "", "not a sound table"),
    ],
)
def test_a_wrong_table_is_one_line_with_file_and_row(two_steps, tmp_path, one_line, old, new, complaint):
    assert old in TABLE
    message = one_line(load_text, TABLE.replace(old, new, 1), two_steps, tmp_path)
    assert message.startswith(f"{tmp_path / 'mine.csv'}: ") and complaint in message


def test_what_parquet_can_get_wrong(two_steps, tmp_path, one_line):
    good = {"trajectory": [0, 0], "step": [0, 1], "state": ["s0", "s0"], "action": ["a0", "a1"]}
    for change, complaint in (
        ({"state": ["s0", None]}, "row 2: state"),
        ({"state": [0.0, float("nan")]}, "row 2: state 'nan' is missing"),
        ({"step": [0, None]}, "row 2: step 'nan' is missing"),
        ({"trajectory": [0, None]}, "row 2: trajectory 'nan' is missing"),
        ({"step": [0.0, 0.5]}, "row 1: step '0.0' is no step"),
    ):
        pd.DataFrame(good | change).to_parquet(tmp_path / "mine.parquet")
        assert complaint in one_line(mfg.load_demonstrations, tmp_path / "mine.parquet", two_steps)
    for wrong in (tmp_path / "none.parquet", tmp_path / "none.csv", tmp_path):
        assert str(wrong) in one_line(mfg.load_demonstrations, wrong, two_steps)
