"""Mistakes in a configuration: one line with file, key, value and what is allowed, before any job."""

import shutil
from pathlib import Path

import pytest
import yaml
from snakemake.cli import parse_config

from mfg_imitation.io.yaml import read_yaml
from workflow.lib.config_checks import Layers, check_configuration, check_data_sets, check_games, undrawn_names
from workflow.lib.run import Run

REPOSITORY = Path(__file__).parents[2]
FILES = [REPOSITORY / "config/config.yaml", REPOSITORY / "config/smoke.yaml"]


def laid_over(*layers: dict) -> dict:
    """As Snakemake merges configurations: mappings key by key, all else replaced."""
    merged: dict = {}
    for layer in layers:
        for key, value in layer.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = laid_over(merged[key], value) if both else value
    return merged


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch):
    monkeypatch.chdir(REPOSITORY)


def check(*files: Path) -> list[str]:
    config = laid_over(*map(read_yaml, files))
    layers = Layers({}, files)
    check_configuration(config, layers)
    return check_games(Run(config), layers)


def test_the_shipped_configurations_pass():
    assert check(*FILES) == []


def test_only_the_games_of_the_run_stop_it(tmp_path, monkeypatch, one_line):
    """Another's file is named, and no code of its is run."""
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    games = tmp_path / "config/games"
    (games / "half.yaml").write_text("title: Half\nstates: [a", encoding="utf-8")
    (games / "leaves.py").write_text("import sys\n\nsys.exit(0)\n", encoding="utf-8")
    (games / "leaves.yaml").write_text(
        "title: Leaves\nsource: a test\nhorizon: 2\npython: leaves:Game\n", encoding="utf-8"
    )
    problems = check(*FILES)
    (problem,) = problems
    assert problem.startswith("config/games/half.yaml:2:11: ")
    everything = tmp_path / "all.yaml"
    everything.write_text("games: [attractor, sheltered_attractor, half]", encoding="utf-8")
    assert one_line(check, *FILES, everything) == problem
    everything.write_text("imitation: {imitated: [leaves]}", encoding="utf-8")
    assert "leaves cannot be imported: SystemExit: 0" in one_line(check, *FILES, everything)


def test_names_that_no_font_has_are_told(tmp_path, monkeypatch):
    """Arabic and a face are drawn wherever matplotlib is; hardly anybody has hieroglyphs."""
    games = tmp_path / "config/games"
    games.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    text = (REPOSITORY / "config/games/attractor.yaml").read_text("utf-8")
    for name, letters in (("plain", "عر\u263a"), ("boxes", "\U00013000é\U00013000")):
        (games / f"{name}.yaml").write_text(text.replace("a1", letters), encoding="utf-8")
    assert undrawn_names(Run({"games": ["plain", "boxes"]})) == (
        ["config/games/boxes.yaml: no font here has \U00013000; figures show boxes in their place"]
    )


BITING = ["bridge", "sheltered_attractor", "decoy", "left_right", "rock_paper_scissors", "random_garnet"]


@pytest.mark.parametrize(
    ("edit", "parts"),
    [
        ({"sweeep": {}}, ["sweeep", "unknown key", "sweep"]),
        ({"sweep": {"horizons": [5]}}, ["sweep.horizons", "unknown key", "horizon"]),
        ({"sweep": {"horizon": [0]}}, ["sweep.horizon[0]", "0", "at least 1"]),
        ({"sweep": {"horizon": "ten"}}, ["sweep.horizon", "'ten'", "a list"]),
        ({"sweep": {"alpha": {"smallest": 2}}}, ["sweep.alpha.smallest", "2"]),
        ({"paper": {"game": "attractr"}}, ["paper.game", "'attractr'", "attractor"]),
        ({"theory": {"frontier": {"games": ["dekoy"]}}}, ["theory.frontier.games[0]", "'dekoy'", "decoy"]),
        ({"theory": {"verification": {"alpha": [2]}}}, ["theory.verification.alpha[0]", "2", "at most 1"]),
        (
            {"theory": {"biting": {"games": {name: {"horizon": []} for name in BITING}}}},
            ["theory.biting.games", "leaves every game out"],
        ),
        ({"explorer": {"games": ["maze"]}}, ["explorer.games[0]", "'maze'", "expert.policy"]),
        ({"explorer": {"horizon": {"largest": 5}}}, ["explorer.horizon.largest", "one step above"]),
        ({"seed": 1.5}, ["seed", "1.5", "an integer"]),
        ({"imitation": {"algorithms": ["bcc"]}}, ["imitation.algorithms[0]", "'bcc'", "did you mean 'bc'"]),
        ({"imitation": {"imitated": ["sisi"]}}, ["imitation.imitated[0]", "'sisi'", "did you mean 'sis'"]),
        ({"imitation": {"experiments": {"x": {"noise": 1}}}}, ["imitation.experiments.x.noise", "unknown key"]),
        ({"imitation": {"experiments": {"x\n": {}}}}, ["imitation.experiments", "the key 'x\\n'"]),
        ({"imitation": {"games": {"sisi": {"seeds": 2}}}}, ["imitation.games.sisi", "did you mean 'sis'"]),
        *(
            (
                {"imitation": {"games": {game: {"overrides": {"slope": 1}}}}},
                [f"games.{game}.overrides", reason],
            )
            for game, reason in (
                ("attractor", "attractor.yaml: unknown parameter 'slope'; allowed are transition_lipschitz, horizon"),
                ("malware", "malware.yaml: unknown parameter 'slope'"),  # which this run does not fit
                ("maze", "parameters.slope: unknown parameter"),
            )
        ),
        ({"imitation": {"games": {"sis": {"overrides": {"infection": 0.5}}}}}, ["sis.overrides", "expert.policy"]),
        ({"imitation": {"games": {"attractor": {"overrides": {"horizon": 10**9}}}}}, ["overrides", "at most 100000"]),
        (
            {"rewards": {"cases": [{"game": "sis", "changed": {"infection": 2}}]}},
            ["rewards.cases[0].changed", "does not fit", "infection"],
        ),
        (
            {"rewards": {"cases": [{"game": "sis", "changed": {"infection": 0.5}, "features": "declared"}]}},
            ["rewards.cases[0].features", "sis.yaml declares none"],
        ),
        (
            {"rewards": {"cases": [{"game": "sis", "changed": {"infection": 0.5}, "features": "tabel"}]}},
            ["rewards.cases[0].features", "tabel"],
        ),
        (
            {"unknown_kernel": {"cases": [{"game": "sisi"}]}},
            ["unknown_kernel.cases[0].game", "did you mean 'sis'"],
        ),
        (
            {"unknown_kernel": {"cases": [{"game": "sis", "overrides": {"infection": 0.5}}]}},
            ["unknown_kernel.cases[0].overrides", "expert.policy"],
        ),
        (
            {"unknown_kernel": {"cases": [{"game": "sis"}, {"game": "sir", "name": "sis"}]}},
            ["unknown_kernel.cases[1]", "is called 'sis', as is another before it"],
        ),
        ({"noise": {"games": ["sis"]}}, ["noise.games[0]", "'sis'", "which has no common noise"]),
        ({"noise": {"algorithms": ["dagger"]}}, ["noise.algorithms[0]", "'dagger'", "bc"]),
        ({"noise": {"algorithms": ["bc_network"]}}, ["noise.algorithms[0]", "the algorithms that take common noise"]),
        ({"games": ["attractor", "signal"]}, ["games[1]", "'signal'", "has common noise: name it under noise.games"]),
        ({"imitation": {"games": {"signal": {"seeds": 2}}}}, ["imitation.games.signal", "name it under noise.games"]),
        ({"finite_populations": {"games": ["sisi"]}}, ["finite_populations.games[0]", "did you mean 'sis'"]),
        ({"comparisons": {"sisi": "sir"}}, ["comparisons.sisi", "did you mean 'sis'"]),
        ({"comparisons": {"sir": "sisi"}}, ["comparisons.sir", "did you mean 'sis'"]),
        ({"comparisons": {"sir": "sir"}}, ["comparisons.sir", "is the game itself"]),
        ({"queries": {"games": ["sisi"]}}, ["queries.games[0]", "did you mean 'sis'"]),
        ({"sweep": {"horizon": [10**9]}}, ["sweep.horizon[0]", "at most 100000"]),
        ({"theory": {"frontier": {"horizon": [10**9]}}}, ["theory.frontier.horizon[0]", "at most 100000"]),
        ({"theory": {"tightness": {"horizon": [10**9]}}}, ["theory.tightness.horizon[0]", "at most 100000"]),
        ({"explorer": {"horizon": {"largest": 10**9}}}, ["explorer.horizon.largest", "at most 100000"]),
        ({"seed": "3"}, ["seed is '3' (text), but must be an integer"]),
    ],
)
def test_a_mistake_is_one_line(tmp_path, one_line, edit, parts):
    file = tmp_path / "mistake.yaml"
    file.write_text(yaml.safe_dump(edit), encoding="utf-8")
    message = one_line(check, *FILES, file)
    assert message.startswith(f"{file}: ") and all(part in message for part in parts), message


def test_the_layer_that_a_mistake_stands_in_is_named(tmp_path, one_line):
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("seed: -1", encoding="utf-8")
    second.write_text("paper: {game: attractor}", encoding="utf-8")
    assert one_line(check, *FILES, first, second).startswith(f"{first}: seed is -1")
    config = laid_over(*map(read_yaml, FILES), {"seed": -1})
    assert one_line(check_configuration, config, Layers({"seed": -1}, FILES)).startswith("--config: seed is -1")
    second.write_text("[1, 2]", encoding="utf-8")
    assert one_line(Layers, {}, [second]) == f"{second}: must be a mapping of keys to values"


def test_numbers_in_a_mapping_on_the_command_line_are_text(one_line):
    """As Snakemake reads --config 'imitation={"seeds": 3}'."""
    arguments = parse_config(['imitation={"seeds": 3}', "seed=1"])
    message = one_line(check_configuration, laid_over(*map(read_yaml, FILES), arguments), Layers(arguments, FILES))
    assert message.startswith("--config: imitation.seeds is '3' (text), but must be an integer ")
    assert message.endswith(" in a mapping of --config as text: use --configfile FILE)")
    arguments = parse_config(['imitation={"imitated": [sisi]}'])
    message = one_line(check_configuration, laid_over(*map(read_yaml, FILES), arguments), Layers(arguments, FILES))
    assert "did you mean 'sis'" in message and "as text" not in message


def test_only_the_data_sets_that_are_asked_for_stop_a_run(tmp_path, monkeypatch, one_line):
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config/data/half.yaml").write_text("title: Half\nsource: a test\ntrajectories: x.csv\ngame: sis\n")
    config, layers = laid_over(*map(read_yaml, FILES)), Layers({}, FILES)
    said = "config/data/half.yaml: trajectories is 'x.csv', but config/data/x.csv is no file"
    assert check_data_sets(Run(config), ["report/data/epidemic_survey.html"]) == [said]
    for target in ("report/data/half.html", "data/tables/data/half/fits.csv", "figures/data/half/flows.png"):
        assert one_line(check_data_sets, Run(config), ["--cores", "1", target]) == said
    assert one_line(check_data_sets, Run(config | {"data_sets": ["half"]}), []) == said
    assert "data_sets[0] is 'hlaf', but config/data has epidemic_survey, half (did you mean 'half'?)" in one_line(
        check_games, Run(config | {"data_sets": ["hlaf"]}), layers
    )
