"""The package as others install it: built from its source archive, alone in an environment, used in another folder."""

import re
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation")


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, made from the source archive alone, as `python -m build` does."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder, folder=REPOSITORY)
    (archive,) = folder.glob("*.tar.gz")
    run(sys.executable, "-m", "pip", "wheel", *OFFLINE, "--wheel-dir", folder, archive, folder=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_the_wheel_holds_the_library_and_the_games(wheel):
    sources = [file for file in (REPOSITORY / "src").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    expected = {file.relative_to(REPOSITORY / "src").as_posix() for file in sources}
    games = REPOSITORY / "config/games"
    shipped = [file.relative_to(games).as_posix() for file in games.rglob("*") if file.is_file()]
    expected |= {f"mfg_imitation/games/shipped/{file}" for file in shipped}
    held = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert sorted(held) == sorted(expected)


@pytest.mark.slow
def test_the_examples_of_the_readme_run_anywhere(wheel, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=tmp_path)
    python = tmp_path / "venv/bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", *OFFLINE, wheel, folder=tmp_path)
    # The other packages are this environment's own. Its .pth files are not followed, so its mfg_imitation is not seen.
    (installed,) = (tmp_path / "venv").rglob("site-packages")
    (installed / "others.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")

    readme = (REPOSITORY / "README.md").read_text("utf-8")
    examples = re.findall(r"^```python\n(from mfg_imitation .*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(examples) == 4
    (tmp_path / "examples.py").write_text("\n".join([*examples, "import mfg_imitation as m", "print(m.__file__)"]))
    *fits, file = run(python, "-I", "examples.py", folder=tmp_path).splitlines()
    assert len(fits) == 10, "one line for each algorithm, two of rewards and temperature, five of common noise"
    assert Path(file).is_relative_to(installed)


@pytest.mark.slow
def test_an_editable_install_holds_no_copy_of_the_games(tmp_path):
    run(sys.executable, "-m", "pip", "install", *OFFLINE, "--target", tmp_path, "-e", REPOSITORY, folder=tmp_path)
    assert list(tmp_path.rglob("*.pth")) and not list(tmp_path.rglob("*.yaml"))
