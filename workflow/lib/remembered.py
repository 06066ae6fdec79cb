"""Checks of games that went well are remembered: at every start they take seconds, and their outcome hangs on files."""

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import mfg_imitation
from workflow.lib.run import GAMES

#: Where outcomes lie, by a digest of all that was looked at.
FOLDER = Path(".snakemake/checked")

#: A game with this key is code of the user's: what that reads nobody knows.
CODE = b"python:"

#: The packages that computed; the library and the workflow count by their files.
PACKAGES = ("jax", "jaxlib", "numpy", "equinox")


def remembered(check: Callable[[], list[str]], config: Mapping[str, Any]) -> list[str]:
    """What a check of the configuration and the games says; if all is as it was when it last went well, what it said.

    Args:
        check: raises what is wrong; returns lines for the user.
    """
    files = sorted(file for file in GAMES.rglob("*") if file.is_file())
    if any(CODE in file.read_bytes() for file in files if file.suffix in (".yaml", ".yml")):
        return check()
    outcome = FOLDER / _digest(files, config)
    if outcome.is_file():
        return json.loads(outcome.read_text(encoding="utf-8"))
    lines = check()
    with suppress(OSError):  # then it is looked at again; the first job says that the disk is full
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = outcome.with_suffix(".part")
        part.write_text(json.dumps(lines), encoding="utf-8")
        part.replace(outcome)
    return lines


def _digest(files: list[Path], config: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps([config, sys.version, *map(importlib.metadata.version, PACKAGES)]).encode())
    code = [Path(mfg_imitation.__file__).parent, Path(__file__).parents[1]]
    for file in [*files, *(file for folder in code for file in sorted(folder.rglob("*.*")) if file.is_file())]:
        if "__pycache__" not in file.parts:
            digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:32]
