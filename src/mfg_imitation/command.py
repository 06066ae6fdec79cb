"""The command `mfg-imitation`: what is wrong with a file, and runs of the workflow from any folder."""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mfg_imitation as mfg
from mfg_imitation.data.declaration import TELLING as OF_A_DATA_SET
from mfg_imitation.data.declaration import problems_of as problems_of_data
from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import TELLING, problems_of
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.machine import jax_setup

#: A file with any of these keys is a game, unless it is a data set; any other YAML file is a configuration.
OF_A_GAME = {*TELLING, "title", "horizon"}

USAGE = """mfg-imitation check FILE... [--game NAME]
       mfg-imitation run [what snakemake takes]"""

ABOUT = """check says what is wrong with games, data sets or configurations (YAML), or with demonstrations of a game
(--game): all that breaks the form of a file, or else the first mistake beyond it.
run is snakemake, in the nearest folder above with a Snakefile, after a look at every --configfile."""


def main() -> None:
    """Mistakes go to the error stream, a line for each; the exit status is then 1."""
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["run"]:
            run(arguments[1:])
        parser = argparse.ArgumentParser(
            prog="mfg-imitation", usage=USAGE, description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("command", choices=["check", "run"])
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--game", metavar="NAME", help="the game of these data sets: its name, or its file")
        given = parser.parse_args(arguments)
        problems = [problem for file in given.files for problem in check(file, given.game)]
    except InputError as error:
        problems = [str(error)]
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    sys.exit(bool(problems))


def check(file: str, game: str | None = None) -> list[str]:
    """What is wrong with a file: all that breaks its form, or else the first mistake beyond; a sound one is said to be.

    Args:
        game: of which it is a data set; without it, the file is a game or a configuration.
    """
    try:
        if game is not None:
            jax_setup()
            mfg.load_demonstrations(file, mfg.load_game(game))
            kind, problems = f"demonstrations of {game}", []
        elif Path(file).suffix not in (".yaml", ".yml"):
            raise InputError(f"{file}: is no YAML; a data set is checked with --game NAME")
        elif set(OF_A_DATA_SET) & _mapping(file).keys():
            kind, problems = "a data set", problems_of_data(file)
            if not problems:
                jax_setup()
                mfg.load_dataset(file)
        elif OF_A_GAME & _mapping(file).keys():
            kind, problems = "a game", problems_of(file)
            if not problems:
                jax_setup()
                mfg.load_game(file)
        else:
            kind, problems = "a configuration", _of_a_configuration(file)
    except InputError as error:
        return [str(error)]
    if not problems:
        print(f"{file}: sound ({kind})")
    return problems


def run(arguments: Sequence[str]) -> None:
    """Become Snakemake, after a look at what its own reading would answer with a traceback."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", action="extend", default=[])
    for file in parser.parse_known_args(arguments)[0].configfile:
        _mapping(file)
    if importlib.util.find_spec("snakemake") is None:
        raise InputError("Snakemake is not installed; install it: pip install 'mfg-imitation[workflow]'")
    folder = _workflow()
    place = ["--snakefile", str(folder / "Snakefile"), "--directory", str(folder)]  # later ones, the user's, win
    os.execv(sys.executable, [sys.executable, "-m", "snakemake", *place, *arguments])


def _mapping(file: str) -> Mapping[Any, Any]:
    document = read_yaml(file)
    if not isinstance(document, Mapping):
        raise InputError(f"{file}: {'is empty' if document is None else 'must be a mapping of keys to values'}")
    return document


def _of_a_configuration(file: str) -> list[str]:
    """The workflow knows what its configuration may say; it is another program, which is not installed with this."""
    command = [sys.executable, "-m", "workflow.lib.check_configuration", str(Path(file).absolute())]
    done = subprocess.run(command, cwd=_workflow(), stderr=subprocess.PIPE, text=True)
    problems = done.stderr.splitlines()
    return problems if done.returncode else []


def _workflow() -> Path:
    """The nearest folder with a Snakefile: this one or one above, else that of the checkout that the library is of."""
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).parents[2]):
        if (folder / "Snakefile").is_file():
            return folder
    raise InputError("there is no Snakefile in this folder or above: a configuration and a run need the workflow")
