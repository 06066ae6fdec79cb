"""What was found sound is not looked at again, and whatever could change that is."""

import pytest

from mfg_imitation.errors import InputError
from workflow.lib.remembered import remembered


@pytest.fixture
def checks(tmp_path, monkeypatch):
    """A function that checks, and how often it did."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config/games").mkdir(parents=True)
    (tmp_path / "config/games/one.yaml").write_text("title: one\n")
    done = []

    def check():
        done.append(1)
        return ["two.yaml: is broken"]

    return lambda config=None: (remembered(check, config or {"seed": 0}), len(done))


def test_the_same_is_looked_at_once(checks):
    assert checks() == (["two.yaml: is broken"], 1)
    assert checks() == (["two.yaml: is broken"], 1)


def test_what_cannot_be_remembered_is_looked_at_again(checks, tmp_path):
    (tmp_path / ".snakemake").write_text("no folder")
    assert [checks(), checks()] == [(["two.yaml: is broken"], 1), (["two.yaml: is broken"], 2)]


def test_another_configuration_or_another_file_is_looked_at(checks, tmp_path):
    checks()
    assert checks({"seed": 1})[1] == 2
    (tmp_path / "config/games/one.yaml").write_text("title: One\n")
    assert checks()[1] == 3
    (tmp_path / "config/games/roads.csv").write_text("from,to\n")
    assert checks()[1] == 4


def test_code_of_the_users_is_always_run(checks, tmp_path):
    (tmp_path / "config/games/mine.yaml").write_text("python: mine:Game\n")
    assert (checks()[1], checks()[1]) == (1, 2)


def test_a_mistake_is_not_remembered(checks, tmp_path):
    def wrong():
        raise InputError("one.yaml: is wrong")

    for _ in range(2):
        with pytest.raises(InputError):
            remembered(wrong, {"seed": 0})
    assert checks()[1] == 1
