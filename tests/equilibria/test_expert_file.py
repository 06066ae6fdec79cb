"""Files between the stages: the same content gives the same bytes, and damage is noticed."""

import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert import Equilibrium, known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium, save_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import read_table, write_table


@pytest.fixture
def expert(attractor):
    return known_expert(attractor)


def assert_same(one: Equilibrium, other: Equilibrium):
    for name, mine, its in zip(Equilibrium._fields, one, other, strict=True):
        np.testing.assert_array_equal(mine, its, err_msg=name)


def test_an_expert_comes_back_as_it_was(expert, tmp_path):
    save_equilibrium(tmp_path / "new" / "expert.npz", expert)
    back = load_equilibrium(tmp_path / "new" / "expert.npz")
    assert_same(back, expert)
    for mine, its in zip(back, expert, strict=True):
        assert np.ndim(mine) > 0 or type(mine) is type(its)  # numbers and text come back as Python's own
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["expert.npz"]


def test_the_same_expert_gives_the_same_bytes(expert, tmp_path):
    for name in ("one.npz", "two.npz"):
        save_equilibrium(tmp_path / name, expert)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    save_equilibrium(tmp_path / "two.npz", expert._replace(iterations=7))
    assert (tmp_path / "one.npz").read_bytes() != (tmp_path / "two.npz").read_bytes()
    assert load_equilibrium(tmp_path / "two.npz").iterations == 7


def test_an_expert_of_another_game_is_refused(expert, tmp_path, game_files, one_line):
    """Also of an earlier state of the same game's file; without a game, anything is taken."""
    attractor, edited = GameFile.read(game_files / "attractor.yaml"), tmp_path / "attractor.yaml"
    edited.write_text(attractor.path.read_text("utf-8").replace("horizon: ", "horizon: 1"), encoding="utf-8")
    file = tmp_path / "expert.npz"
    save_equilibrium(file, expert, attractor)
    assert_same(load_equilibrium(file, attractor), expert)
    assert_same(load_equilibrium(file), expert)
    for other in (GameFile.read(game_files / "sheltered_attractor.yaml"), GameFile.read(edited)):
        message = one_line(load_equilibrium, file, other)
        assert message == f"{file}: was made of {attractor.origin}, not of {other.origin}; delete it and rerun"
    save_equilibrium(file, expert)
    assert "was made of an unknown game" in one_line(load_equilibrium, file, attractor)


def test_a_missing_or_cut_expert_is_one_clear_line(expert, tmp_path, one_line):
    file = tmp_path / "expert.npz"
    assert str(file) in one_line(load_equilibrium, file)
    assert str(tmp_path) in one_line(load_equilibrium, tmp_path)
    save_equilibrium(file, expert)
    content = file.read_bytes()
    for length in (*range(0, len(content), 97), len(content) - 1):
        file.write_bytes(content[:length])
        message = one_line(load_equilibrium, file)
        assert message.startswith(f"{file}: ") and "delete it" in message
    file.write_bytes(b"not an archive")
    assert str(file) in one_line(load_equilibrium, file)


def test_no_altered_byte_goes_unnoticed(expert, tmp_path):
    """Every byte of the file, changed by itself: what is read is refused, or still what was written."""
    file = tmp_path / "expert.npz"
    save_equilibrium(file, expert)
    content = file.read_bytes()
    refused = 0
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 0xFF
        file.write_bytes(altered)
        try:
            assert_same(load_equilibrium(file), expert)
        except mfg.InputError as error:
            assert str(error).startswith(f"{file}: ") and len(str(error).splitlines()) == 1
            refused += 1
    assert refused > len(content) / 2  # what is left are time stamps and the like


def test_an_archive_of_something_else(tmp_path, one_line):
    file = tmp_path / "expert.npz"
    np.savez(file, policy=np.ones(3))
    assert "exploitability" in one_line(load_equilibrium, file)
    np.savez(file, **{name: np.array([object()]) for name in Equilibrium._fields})
    assert str(file) in one_line(load_equilibrium, file)


def test_a_failed_write_leaves_the_old_file_and_no_other(expert, tmp_path):
    file = tmp_path / "expert.npz"
    save_equilibrium(file, expert)
    content = file.read_bytes()

    class Broken:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        save_equilibrium(file, expert._replace(policy=Broken()))
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]

    class BrokenTable(pd.DataFrame):
        def to_csv(self, path, **_):
            path.write_text("half a")
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        write_table(tmp_path / "table.csv", BrokenTable())
    assert list(tmp_path.iterdir()) == [file]


def test_a_table_comes_back_to_the_last_bit(tmp_path, rng):
    numbers = [*rng.normal(size=200) * 10.0 ** rng.integers(-300, 300, 200), 0.1 + 0.2, 5e-324, -0.0, np.nan]
    table = pd.DataFrame({"game": "attractor", "count": np.arange(len(numbers)), "number": numbers})
    write_table(tmp_path / "new" / "table.csv", table)
    back = read_table(tmp_path / "new" / "table.csv")
    pd.testing.assert_frame_equal(back, table, check_exact=True, check_dtype=False)
    assert back["number"].to_numpy().tobytes() == table["number"].to_numpy().tobytes()
    write_table(tmp_path / "again.csv", back)
    content = (tmp_path / "again.csv").read_bytes()
    assert content == (tmp_path / "new" / "table.csv").read_bytes() and b"\r" not in content


@pytest.mark.parametrize("content", [None, b"", b'a,b\n1,2,3,4\n"', b"\xff\xfe\x00\x81"], ids=repr)
def test_a_broken_table_is_one_clear_line(tmp_path, one_line, content):
    file = tmp_path / "table.csv"
    if content is not None:
        file.write_bytes(content)
    message = one_line(read_table, file)
    assert message.startswith(f"{file}: ") and "delete it" in message
