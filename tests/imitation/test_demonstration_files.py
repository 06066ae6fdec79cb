"""Tables of trajectories: what is written is read again, and what a user's own table can get wrong is one line."""

import bz2
import gzip
import lzma
import re
import warnings
import zipfile

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.forbidden_records import forbidden_records


def sample(game, policy, n=200, seed=3, **options):
    return mfg.sample_demonstrations(game, policy, n, seed, **options)


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


def test_csv_keeps_trajectories_alone(garnet, policy, tmp_path):
    demonstrations = sample(garnet, policy)
    mfg.save_demonstrations(tmp_path / "x.csv", demonstrations, garnet)
    assert (tmp_path / "x.csv").read_text().startswith("trajectory,step,state,action\n0,0,s0,")
    found = mfg.load_demonstrations(tmp_path / "x.csv", garnet)
    assert_same(found, mfg.Demonstrations(demonstrations.states, demonstrations.actions))


def test_where_nothing_is_saved(garnet, policy, tmp_path, one_line):
    demonstrations = sample(garnet, policy, 2)
    for name in ("x", "x.txt", "x.csv.gz", "x.parquet.zip", "x.CSV"):
        assert "must end in .parquet or .csv" in one_line(
            mfg.save_demonstrations, tmp_path / name, demonstrations, garnet
        )
    batch = demonstrations._replace(states=demonstrations.states[None], actions=demonstrations.actions[None])
    assert "a batch of samples" in one_line(mfg.save_demonstrations, tmp_path / "x.csv", batch, garnet)
    assert list(tmp_path.iterdir()) == []


TABLE = """trajectory,step,state,action
x,1,s1,a1
x,0,s0,a0
y,0,0,1
y,1,s0,a0
"""


@pytest.fixture(scope="module")
def two_steps():
    """Two states, two actions, and everything is possible."""
    return mfg.Game.from_functions(
        lambda n, mu: jnp.full((2, 2, 2), 0.5), lambda n, mu: jnp.zeros((2, 2)), [0.5, 0.5], horizon=2
    )


def load_text(text, game, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(text)
    return mfg.load_demonstrations(file, game)


def test_a_users_table_by_name_or_index_in_any_order(two_steps, tmp_path):
    found = load_text(TABLE, two_steps, tmp_path)
    np.testing.assert_array_equal(found.states, [[0, 1], [0, 0]])
    np.testing.assert_array_equal(found.actions, [[0, 1], [1, 0]])
    for text in (TABLE.replace(",", ", "), "\ufeff" + TABLE, TABLE.replace("\n", "\r\n"), TABLE + "\n\n"):
        assert_same(load_text(text, two_steps, tmp_path), found)
    assert found[2:] == (None, 0.0, None, None, None)
    numbers = pd.DataFrame(
        {"step": [0, 1, 0, 1], "action": [0, 1, 1, 0], "state": [0, 1, 0, 0], "trajectory": [7, 7, 2, 2], "note": "x"}
    )
    assert_same(mfg.load_demonstrations(numbers, two_steps), found)
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
        ("step", "time", "column 'step' is missing; needed are trajectory, step, state, action"),
        ("step", "Step", "column 'step' is missing (it has 'Step'; write 'step')"),
        ("step", "state", "column 'step' is missing"),
        ("action", "action,state", "row 1: 4 fields where the header has 5"),
        ("trajectory,step,state,action", "trajectory;step;state;action", "row 1: 4 fields where the header has 1"),
        (TABLE, TABLE.replace(",", ";"), "separated by semicolons, but must be by commas"),
        (TABLE, TABLE.replace(",", "\t"), "separated by tabs, but must be by commas"),
        (TABLE, re.sub("(?m),(state|s0|s1|0),([^,]*)$", r",\1,\1,\2", TABLE), "column 'state' is there 2 times"),
        (TABLE, re.sub("(?m)^([xy].*)$", r"\1,1", TABLE), "row 1: 5 fields where the header has 4"),
        (TABLE, re.sub("(?m)^([xy].*)$", r"\1,", TABLE), "row 1: 5 fields where the header has 4"),
        (TABLE, re.sub("(?m)^([xy].*)$", r"0,\1", TABLE), "row 1: 5 fields where the header has 4"),
        (TABLE.partition("\n")[2], "", "has no rows"),
        ("x,0,s0,a0", "x,0,s0,a0,1,2,3", "row 2: 7 fields where the header has 4"),
        ("x,0,s0,a0", "x,0,s0", "row 2: 3 fields where the header has 4"),
        ("x,0,s0,a0", '"x,0,s0,a0', "row 2: 1 fields where the header has 4"),
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
        ({"state": [["s0"], ["s1"]]}, "column 'state' holds lists"),
        ({"trajectory": [[0], [0]]}, "column 'trajectory' holds lists"),
    ):
        assert one_line(mfg.load_demonstrations, pd.DataFrame(good | change), two_steps).startswith("the table: ")
        pd.DataFrame(good | change).to_parquet(tmp_path / "mine.parquet")
        assert complaint in one_line(mfg.load_demonstrations, tmp_path / "mine.parquet", two_steps)
    for wrong in (tmp_path / "none.parquet", tmp_path / "none.csv", tmp_path):
        assert str(wrong) in one_line(mfg.load_demonstrations, wrong, two_steps)


@pytest.mark.parametrize("path", ["http://a.org/x.csv", "https://a.org/x.parquet", "s3://a/x.csv", "file:///tmp/x.csv"])
def test_a_path_is_local(two_steps, one_line, path):
    assert one_line(mfg.load_demonstrations, path, two_steps).startswith(
        f"{path}: is no path of a file on this machine"
    )
    assert path in one_line(mfg.save_demonstrations, path, sample(two_steps, two_steps.uniform_policy()), two_steps)


@pytest.mark.parametrize("path", [None, 3, b"x.csv", ["x.csv"], {}])
def test_what_is_neither_path_nor_table(two_steps, one_line, path):
    assert "neither the path of a file nor a table" in one_line(mfg.load_demonstrations, path, two_steps)


def test_damaged_archives(two_steps, tmp_path, one_line):
    whole = {".gz": gzip.compress(TABLE.encode()), ".bz2": bz2.compress(TABLE.encode())}
    for ending, content in whole.items():
        file = tmp_path / f"mine.csv{ending}"
        file.write_bytes(content)
        assert mfg.load_demonstrations(file, two_steps).states.shape == (2, 2)
    with zipfile.ZipFile(tmp_path / "mine.csv.zip", "w") as archive:
        archive.writestr("mine.csv", TABLE)
    others = {".zip": (tmp_path / "mine.csv.zip").read_bytes(), ".xz": lzma.compress(TABLE.encode()), ".zst": b"(\xb5/"}
    for ending, content in (whole | others).items():
        for damaged in (content[:-9], content[:20] + b"?" + content[21:], b"", b"\0", TABLE.encode()[:-3]):
            file = tmp_path / f"mine.csv{ending}"
            file.write_bytes(damaged)
            assert one_line(mfg.load_demonstrations, file, two_steps).startswith(f"{file}: ")


# --- What the game forbids ------------------------------------------------------------------------------------------


def records(text: str) -> pd.DataFrame:
    """A row for every "trajectory step state action"."""
    return pd.DataFrame([row.split() for row in text.splitlines()], columns=["trajectory", "step", "state", "action"])


def test_records_that_the_game_forbids_are_counted_and_named(one_line):
    """Of the attractor: everyone begins in s0; nobody is drawn into s1 while it is empty, and none leaves it."""
    game = mfg.load_game("attractor", horizon=3, transition_lipschitz=0.5)
    table = records("i 0 s0 a0\ni 1 s1 a0\ni 2 s0 a0\nj 0 s1 a1\nj 1 s0 a0\nj 2 s1 a0")
    message = one_line(mfg.load_demonstrations, table, game)
    # i's first move is possible: j makes half the population be in s1, and i's second one lets j follow
    assert message.startswith(
        "the table: the game forbids 3 of 6 records: trajectory i step 1: s1, a0 -> s0; trajectory j starts in s1; "
        "trajectory j step 0: s1, a1 -> s0 (forbidden="
    )
    with pytest.warns(UserWarning, match="the game forbids 3 of 6 records"):
        found = mfg.load_demonstrations(table, game, forbidden="warn")
    with warnings.catch_warnings(action="error"):
        assert_same(mfg.load_demonstrations(table, game, forbidden="allow"), found)
    assert "allowed are error, warn, allow" in one_line(mfg.load_demonstrations, table, game, forbidden="no")
    alone = records("i 0 s0 a0\ni 1 s1 a0\ni 2 s1 a0")
    assert "1 of 3 records: trajectory i step 0: s0, a0 -> s1 (" in one_line(mfg.load_demonstrations, alone, game)


def test_three_are_named(one_line):
    game = mfg.load_game("attractor", horizon=2)
    message = one_line(
        mfg.load_demonstrations, records("\n".join(f"{i} {n} s1 a0" for i in "pqrt" for n in (0, 1))), game
    )
    assert "forbids 4 of 8 records: trajectory p starts in s1; " in message and "trajectory r" in message
    assert "trajectory t" not in message and "; ... (" in message


def test_a_sample_of_ones_own_is_not_accused(attractor, tmp_path, one_line):
    """Recorded actions are not always the played ones."""
    demonstrations = sample(attractor, attractor.known_expert(), label_noise=0.5)
    for ending in ("parquet", "csv"):
        mfg.save_demonstrations(tmp_path / f"x.{ending}", demonstrations, attractor)
    assert_same(mfg.load_demonstrations(tmp_path / "x.parquet", attractor), demonstrations)
    assert "the game forbids" in one_line(mfg.load_demonstrations, tmp_path / "x.csv", attractor)


def test_forbidden_is_what_the_dense_kernel_gives_no_probability(garnet, rng):
    """In all records at random, against the kernel written out at every step's population."""
    states, actions = rng.integers(8, size=(30, 4)), rng.integers(3, size=(30, 4))
    found = np.asarray(forbidden_records(garnet, states, actions))
    np.testing.assert_array_equal(found[:, 0], states[:, 0] != 0)
    for n in range(3):
        mu = np.bincount(states[:, n], minlength=8) / 30
        likely = np.asarray(garnet.transition(n, mu))[states[:, n], actions[:, n], states[:, n + 1]]
        np.testing.assert_array_equal(found[:, n + 1], likely < 1e-15)
    assert 0 < found[:, 1:].mean() < 1
