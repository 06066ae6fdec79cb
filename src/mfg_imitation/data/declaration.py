"""The file of a data set, config/data/NAME.yaml: what it says, checked against its schema; no table is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mfg_imitation.errors import InputError
from mfg_imitation.io.schema import find_problems, validate
from mfg_imitation.io.yaml import read_yaml

if TYPE_CHECKING:
    from mfg_imitation.games.game_file import GameFile

#: What a file that leaves a key out says.
DEFAULTS = {
    "columns": {},
    "first_step": 0,
    "states": None,
    "actions": None,
    "game": None,
    "overrides": {},
    "kernel": "game",
    "reward": "game",
    "features": "table",
    "population": "sample",
    "unequal": "refuse",
    "impossible": "refuse",
    "estimate": [],
    "label_noise": "estimate",
    "algorithms": ["bc", "likelihood", "mfc_adv"],
    "iterations": 1000,
    "resamples": 200,
    "seed": 0,
}

#: The tables that are made of a data set, in the order in which a page shows them.
TABLES = ("data_set", "remarks", "equilibrium", "parameters", "reward", "fits", "policies", "flows", "goodness")

#: What the columns of a table are called, and those that it may lack.
COLUMNS = {name: name for name in ("trajectory", "step", "state", "action")}
OPTIONAL = ("crowd", "weight")

#: A file with any of these keys, and none of a game's, is a data set.
TELLING = ("trajectories",)


@cache
def data_set_schema() -> dict[str, Any]:
    """The schema of a data set's file."""
    text = (resources.files("mfg_imitation") / "data" / "schemas" / "data_set.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def problems_of(path: str | Path) -> list[str]:
    """All that the schema has against a data set's file, a line for each."""
    return [f"{path}: {problem}" for problem in find_problems(read_yaml(path), data_set_schema())]


@dataclass(frozen=True)
class DataSetFile:
    """A data set's file and what it says.

    Attributes:
        path: of the file.
        declaration: its content, checked against the schema, with `DEFAULTS` for what it leaves out.
    """

    path: Path
    declaration: Mapping[str, Any]

    @classmethod
    def read(cls, path: str | Path) -> "DataSetFile":
        """Read a file by its path.

        Raises:
            InputError: no such file, a file that breaks the schema, or keys that do not go together.
        """
        if not isinstance(path, (str, Path)):
            raise InputError(f"{path!r} is not the path of a data set's file")
        path = Path(path)
        declaration = read_yaml(path)
        validate(declaration, data_set_schema(), path)
        file = cls(path, DEFAULTS | declaration)
        said = file.declaration
        if said["game"] is None:
            if said["kernel"] != "affine":
                file.refuse("game", "is missing; only with kernel: affine may it be")
            for key in ("overrides", "estimate"):
                if said[key]:
                    file.refuse(key, "says something of a game, but there is none")
        if said["kernel"] == "affine" and said["estimate"]:
            file.refuse("estimate", "asks for parameters of a kernel that, with kernel: affine, nobody knows")
        if "features" in declaration and said["reward"] != "recovered":
            file.refuse("features", "says what a reward is recovered from, but reward is not `recovered`")
        if said["kernel"] == "affine" and said["features"] not in ("table", "steps"):
            file.refuse("features", "is taken from the game's file; with kernel: affine it is `table` or `steps`")
        return file

    @property
    def name(self) -> str:
        """The data set's name: that of its file."""
        return self.path.stem

    @property
    def table(self) -> Path:
        """The path of the table."""
        return self.path.parent / self.declaration["trajectories"]

    @property
    def columns(self) -> dict[str, str]:
        """What the table calls its columns, by what they are."""
        return COLUMNS | self.declaration["columns"]

    @cached_property
    def game(self) -> "GameFile | None":
        """The file of the game: beside the data sets' folder, or where every game is looked for.

        Raises:
            InputError: there is no such game, or its file is wrong.
        """
        from mfg_imitation.games.game_file import GameFile  # and JAX, which who reads no game need not wait for

        name = self.declaration["game"]
        if name is None:
            return None
        beside = self.path.parent.parent / "games" / f"{name}.yaml"
        try:
            return GameFile.read(beside if beside.is_file() else name)
        except InputError as error:
            self.refuse("game", f"is {name!r}: {error}")

    def refuse(self, key: str, reason: str) -> None:
        """Raise `InputError` for a key of the file."""
        raise InputError(f"{self.path}: {key} {reason}")
