"""The way of the data: the layers that pyproject.toml states are kept, and a planted arrow that runs back is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": "src"}, capture_output=True, text=True, timeout=120)


def test_every_arrow_runs_down():
    done = lint_imports(REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("engine/flow", "from mfg_imitation.studies.sweep import sweep"),
        ("engine/gaps", "def f():\n    from mfg_imitation.imitation import mfc_adv"),
        ("figures/sweep", "import mfg_imitation.engine.proxies"),
        ("studies/sweep", "from mfg_imitation.theory import bounds"),
        ("io/tables", "from mfg_imitation.games.game_file import load_game"),
        ("games/game", "import snakemake.script"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path, module, line):
    shutil.copytree(REPOSITORY / "src", tmp_path / "src")
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    with (tmp_path / f"src/mfg_imitation/{module}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr


def test_the_house_is_as_it_should_be():
    library = REPOSITORY / "src" / "mfg_imitation"
    assert len(list(library.glob("*.py"))) <= 7, "at most six modules beside __init__"
    long = [file for file in library.rglob("*.py") if len(file.read_text(encoding="utf-8").splitlines()) > 300]
    assert not long
