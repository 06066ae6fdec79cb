"""What a game's file says, checked against the schema of its kind; no game is made of it here.

A file is one of five kinds, told by the key it has: `family` (a family that ships with the package), `python`
(a class of the user's own), `mfglib` (an environment of MFGLib), `open_spiel` (a mean-field game of OpenSpiel), or none
of these: then the game is declared in the file.
"""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from mfg_imitation.errors import InputError
from mfg_imitation.io.schema import find_problems, validate
from mfg_imitation.io.yaml import read_yaml

#: Where a game's name is looked up: the folder one works in, then the games that ship with the package.
FOLDERS = (
    Path("config/games"),
    Path(__file__).with_name("shipped"),  # in a wheel
    Path(__file__).parents[3] / "config" / "games",  # in a checkout, whose workflow reads the same files
)

#: The keys that tell the kind of a file that declares no game itself.
KINDS = ("family", "python", "mfglib", "open_spiel")

#: The keys of which a file must have one to be taken for a game at all.
TELLING = (*KINDS, "states", "actions", "transition", "reward")


def read_declaration(name_or_path: str | Path) -> dict:
    """The content of a game's file, checked against the schema of its kind; a declared parameter is always a mapping.

    Raises:
        InputError: no such file, or a file that breaks the schema.
    """
    path = find_game(name_or_path)
    declaration = _read(path)
    validate(declaration, _schema_of(declaration), str(path))
    stated = declaration.get("expert", {})
    for key in stated.get("solve", {}):
        if "policy" in stated and key != "tolerance":
            raise InputError(f"{path}: expert.solve.{key}: nothing is solved where expert.policy says it; remove it")
    if kind_of(declaration) == "declared":
        bare = {
            name: {"value": v} for name, v in declaration.get("parameters", {}).items() if not isinstance(v, Mapping)
        }
        declaration.setdefault("parameters", {}).update(bare)
    return declaration


def problems_of(path: str | Path) -> list[str]:
    """All that the schema has against a game's file, a line for each.

    Raises:
        InputError: no such file, or a file that is no YAML or says of no game.
    """
    declaration = _read(Path(path))
    return [f"{path}: {problem}" for problem in find_problems(declaration, _schema_of(declaration))]


def _read(path: Path) -> Any:
    """The content of a file that says of a game, right or wrong."""
    declaration = read_yaml(path)
    if isinstance(declaration, Mapping) and not {*TELLING} & {*declaration}:
        close = [key for key in map(str, declaration) if difflib.get_close_matches(key, TELLING, n=1)]
        hint = f" (it has {close[0]!r})" if close else ""
        raise InputError(
            f"{path}: says of no game{hint}: states, actions, initial, transition and reward are needed, "
            f"or one of {', '.join(KINDS)}"
        )
    return declaration


def _schema_of(declaration: Any) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{kind_of(declaration)}", "$defs": load_schema("game")["$defs"]}


def find_game(name_or_path: str | Path) -> Path:
    """The path of a game's file.

    Raises:
        InputError: there is none; the message lists the games that there are.
    """
    if not isinstance(name_or_path, (str, Path)):
        raise InputError(f"{name_or_path!r} is neither the name of a game nor the path of its file")
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        if path.is_file():
            return path
        raise InputError(f"{path}: no such game file")
    for folder in FOLDERS:
        if (folder / f"{name_or_path}.yaml").is_file():
            return folder / f"{name_or_path}.yaml"
    names = sorted({file.stem for folder in FOLDERS for file in folder.glob("*.yaml")})
    raise InputError(f"unknown game {str(name_or_path)!r}; the games are {', '.join(names) or 'none'}")


def kind_of(declaration: Any) -> str:
    """declared, family, python, mfglib or open_spiel."""
    return next((kind for kind in KINDS if isinstance(declaration, Mapping) and kind in declaration), "declared")


def written_out(declaration: Mapping) -> dict:
    """A declaration in whose tables, transition and reward, every state and action has its own entry."""
    states, actions = tuple(declaration["states"]), tuple(declaration["actions"])
    full = {}
    for key in ("transition", "reward"):
        for s, a, entry, _ in pairs(declaration[key], states, actions, key):
            full.setdefault(key, {}).setdefault(states[s], {})[actions[a]] = entry
    return {**declaration, **full}


def entries(spec, names, place, complete=True):
    """(index, key, entry) for every name: its own entry, or that of `every`."""
    for key in spec:
        if key not in names and key != "every":
            raise InputError(f"{place}: unknown name {key!r}; allowed are {', '.join([*names, 'every'])}")
    for i, name in enumerate(names):
        key = name if name in spec else "every"
        if key in spec:
            yield i, key, spec[key]
        elif complete:
            raise InputError(f"{place}: nothing is said of {name!r}; add it, or `every`")


def pairs(table, states, actions, place):
    """(s, a, entry, place) for every pair; a named state goes before `every`, then a named action does."""
    for s, _, _ in entries(table, states, place):
        own, every = table.get(states[s], {}), table.get("every", {})
        rows = own if "every" in own else {**every, **own}
        for a, key, entry in entries(rows, actions, f"{place}.{states[s]}"):
            yield s, a, entry, f"{place}.{states[s] if key in own else 'every'}.{key}"


@cache
def load_schema(name: str) -> dict[str, Any]:
    """A schema that ships with the package (``games/schemas/<name>.yaml``)."""
    return yaml.safe_load((resources.files("mfg_imitation") / "games" / "schemas" / f"{name}.yaml").read_text("utf-8"))
