"""The command: all that is wrong with a file at once; runs with a look at their configurations in front."""

import os
import sys
from pathlib import Path

import pytest

from mfg_imitation import command

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def call(monkeypatch, capfd):
    """Call the command; its exit status, and the lines on the output and on the error stream."""

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["mfg-imitation", *arguments])
        with pytest.raises(SystemExit) as left:
            command.main()
        said = capfd.readouterr()
        return int(left.value.code), said.out.splitlines(), said.err.splitlines()

    return run


@pytest.fixture
def written(tmp_path):
    def write(name: str, content: str | bytes) -> str:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return str(tmp_path / name)

    return write


def test_check_says_all_that_is_wrong_with_all_files(call, written, game_files):
    game = written("game.yaml", "titel: x\nhorizont: 3\nsource: a test\nhorizon: 0\nstates: 5\n")
    data = written("data.csv", "trajectory,step,state\n1,0,s0\n")
    status, out, err = call("check", game, str(game_files / "attractor.yaml"), data)
    assert status == 1
    assert out == [f"{game_files / 'attractor.yaml'}: sound (a game)"]
    assert [line.partition(": ")[2].split(" ")[0] for line in err if line.startswith(game)] == (
        ["titel", "horizont", "horizon", "states", "title", "actions", "initial", "transition", "reward"]
    )
    assert err[-1] == f"{data}: is no YAML; a data set is checked with --game NAME"
    status, _, err = call("check", data, "--game", "attractor")
    assert status == 1 and len(err) == 1 and "column 'action' is missing" in err[0]


def test_check_of_a_data_set_reads_its_table(call, written, game_files):
    shipped = str(game_files.parent / "data/epidemic_survey.yaml")
    assert call("check", shipped) == (0, [f"{shipped}: sound (a data set)"], [])
    file = written("set.yaml", "trajectories: t.csv\ntitel: x\nunequal: 3\n")
    status, _, err = call("check", file)
    assert status == 1
    assert [line.partition(": ")[2].split(" ")[0] for line in err] == ["titel", "unequal", "title", "source"]
    written("t.csv", "trajectory,step,state,action\n1,0,s9,0\n")
    file = written("set.yaml", "trajectories: t.csv\ntitle: x\nsource: y\ngame: attractor\n")
    status, _, err = call("check", file)
    assert status == 1 and len(err) == 1 and "t.csv: row 1: state 's9' is no state of the game" in err[0]


def test_check_of_a_game_goes_beyond_its_schema(call, written, game_files):
    text = (game_files / "attractor.yaml").read_text("utf-8").replace("mu[s1]", "mu[s9]", 1)
    status, _, err = call("check", game := written("game.yaml", text))
    assert status == 1 and len(err) == 1 and err[0].startswith(f"{game}: ") and "s9" in err[0]


def test_check_of_a_configuration_asks_the_workflow(call, written, monkeypatch):
    monkeypatch.chdir(REPOSITORY / "docs")
    file = written("c.yaml", "sweeep: {}\nseeed: 1\nsweep: {horizon: ten}\n")
    status, out, err = call("check", file)
    assert (status, out) == (1, [])
    assert [line.removeprefix(f"{file}: ").split(" ")[0] for line in err] == ["sweeep", "seeed", "sweep.horizon"]
    file = written("c.yaml", "imitation: {algorithms: [bcc], imitated: [sisi]}")
    assert [" ".join(line.split()[1:3]) for line in call("check", file)[2]] == (
        ["imitation.imitated[0] is", "imitation.algorithms[0] is"]
    )
    status, out, err = call("check", str(REPOSITORY / "config/smoke.yaml"))
    assert (status, err) == (0, []) and out[0].endswith("smoke.yaml: sound (a configuration)")


def test_a_configuration_without_a_workflow_is_not_said_to_be_sound(call, written, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "__file__", str(tmp_path / "lib/mfg_imitation/command.py"))
    status, out, err = call("check", written("c.yaml", "seed: 1"))
    assert (status, out, len(err)) == (1, [], 1) and "no Snakefile" in err[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("seed: 1".encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (b"a: \xe9", "is not UTF-8 text (byte 3)"),
        ("", "is empty"),
        ("[1, 2]", "must be a mapping of keys to values"),
        (None, "no such file"),
        ("a folder", "cannot be read (Is a directory)"),
        ("a pipe", "is a pipe or a device, not a file"),
    ],
)
def test_run_refuses_what_snakemake_chokes_on(call, written, tmp_path, content, reason):
    file = tmp_path / "c.yaml"
    if content == "a folder":
        file.mkdir()
    elif content == "a pipe":
        os.mkfifo(file)
    elif content is not None:
        written("c.yaml", content)
    good = written("good.yaml", "seed: 1")
    assert call("run", "--cores", "1", "--configfile", good, str(file)) == (1, [], [f"{file}: {reason}"])


def test_run_is_snakemake_in_the_folder_of_the_workflow(monkeypatch, written):
    became = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: became.append(arguments))
    monkeypatch.chdir(REPOSITORY / "docs")
    given = ["figure_1", "-n", "--configfile", written("c.yaml", "seed: 1"), "--config", "seed=2"]
    command.run(given)
    place = ["--snakefile", str(REPOSITORY / "Snakefile"), "--directory", str(REPOSITORY)]
    assert became == [[sys.executable, "-m", "snakemake", *place, *given]]
