"""A game's file, read once: from the name of a game to the game, its constants and its slip."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import find_game, kind_of, read_declaration
from mfg_imitation.games.declared import declared_game, parameters_of, policy_array
from mfg_imitation.games.expressions import evaluate, unknown_state
from mfg_imitation.games.families.family import FAMILIES, family_game
from mfg_imitation.games.families.table import TableParameter
from mfg_imitation.games.game import Game
from mfg_imitation.games.mfglib import mfglib_game
from mfg_imitation.games.noise.declared import noisy_game, with_expert
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.open_spiel import open_spiel_game
from mfg_imitation.games.python_class import python_game
from mfg_imitation.games.sizes import check_horizon
from mfg_imitation.games.wrapped import WrappedGame

#: The kinds of file that name a game of another package, and how it is made from (name, parameters, horizon, file).
IMPORTED = {"mfglib": mfglib_game, "open_spiel": open_spiel_game}


def load_game(name_or_path: str | Path, **overrides: Any) -> Game | NoisyGame:
    """Load a game from its file; a `NoisyGame`, if that says of common noise.

    Args:
        name_or_path: the path of a game file (ending in .yaml), or its bare name, looked up in
            config/games of the working folder, then among the games that ship with the package.
        overrides: values that replace the file's parameters or its `horizon`, as in
            `load_game("attractor", horizon=20, transition_lipschitz=2)`.

    Raises:
        InputError: no such file, a file that breaks the schema, an unknown or out-of-range override. One line
            that names the file, the key, the value and what is allowed.
    """
    return GameFile.read(name_or_path).load(**overrides)


class WithExpert(WrappedGame):
    """A game of code whose file states a Nash policy. All else is the game's own."""

    expert_policy: Float[Array, "H S A"]

    def known_expert(self) -> Float[Array, "H S A"]:
        return self.expert_policy


@dataclass(frozen=True)
class GameFile:
    """A game's file and what it says.

    Attributes:
        path: of the file.
        declaration: its content, checked against the schema of its kind.
    """

    path: Path
    declaration: Mapping[str, Any]

    @classmethod
    def read(cls, name_or_path: str | Path) -> "GameFile":
        """Read a file by its path (ending in .yaml), or by its bare name, as `load_game` does.

        Raises:
            InputError: no such file, or a file that breaks the schema.
        """
        path = find_game(name_or_path)
        return cls(path, read_declaration(path))

    @property
    def name(self) -> str:
        """The game's name: that of its file."""
        return self.path.stem

    @property
    def origin(self) -> str:
        """What the archives of this game say that they were made of: its name, and a digest of file and tables."""
        said = json.dumps(self.declaration, sort_keys=True, default=str).encode()
        said += b"".join(table.read_bytes() for table in self.tables if table.is_file())
        return f"{self.name} ({hashlib.sha256(said).hexdigest()[:16]})"

    @property
    def tables(self) -> list[Path]:
        """The tables beside the file that its parameters name."""
        if "family" not in self.declaration or self.declaration["family"] not in FAMILIES:
            return []
        known = FAMILIES[self.declaration["family"]].parameters
        values = [self.parameters, *self.declaration.get("noise", {}).get("parameters", {}).values()]
        tables = [name for name, kind in known.items() if isinstance(kind, TableParameter)]
        named = dict.fromkeys(of.get(name) for of in values for name in tables)
        return [self.path.parent / table for table in named if isinstance(table, str)]

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that the file sets: of a declared game all of them, with what it says of each."""
        return self.declaration.get("parameters", {})

    @property
    def is_noisy(self) -> bool:
        """Whether the game has common noise: a chain of more than one state."""
        return len(self.declaration.get("noise", {}).get("states", ())) > 1

    @property
    def knows_its_expert(self) -> bool:
        """Whether the file states an equilibrium in closed form, so that the game can be swept over a grid."""
        return "policy" in self.declaration.get("expert", {})

    def load(self, **overrides: Any) -> Game | NoisyGame:
        """The game; see `load_game`."""
        game = self._make(overrides)
        self._constants(game, overrides)
        self.slip(game)
        return game

    def lipschitz(self, **overrides: Any) -> tuple[float | None, float | None]:
        """(L_P, L_r), the Lipschitz constants declared for the game (paper, Assumption 1); None where none is.

        What the file says under `lipschitz` (numbers, or arithmetic in its parameters and `horizon`) goes before
        what a game of code knows of itself (`Game.declared_lipschitz`).

        Raises:
            InputError: as `load_game`, and for a constant that is negative or not a finite number.
        """
        return self._constants(self.load(**overrides), overrides)

    def slip(self, game: Game | NoisyGame) -> Float[Array, "H S A"] | None:
        """The policy towards which imitators slip, which the file names under `sweep.towards`; None where none is."""
        towards = self.declaration.get("sweep", {}).get("towards")
        return None if towards is None else self._policy(towards, game, "sweep.towards")

    def _make(self, overrides) -> Game | NoisyGame:
        noise, policy = self.declaration.get("noise"), self.declaration.get("expert", {}).get("policy")
        file, declared = str(self.path), kind_of(self.declaration) == "declared"
        if noise is None:
            game = self._at(None, overrides)
        else:
            names = parameters_of(self.declaration, file, overrides) if declared else self._numbers(overrides)
            game = noisy_game(noise, lambda state: self._at(state, overrides), names, file)
        if policy is None:
            return game
        if isinstance(game, NoisyGame):
            return with_expert(game, policy, f"{file}: expert.policy")
        # A declared game has its policy already.
        return game if declared else WithExpert(game, self._policy(policy, game, "expert.policy"))

    def _at(self, noise: str | None, overrides) -> Game:
        """The game without common noise, or in a state of it."""
        file, kind = str(self.path), kind_of(self.declaration)
        if kind == "declared":
            return declared_game(self.declaration, file, overrides, noise)
        here = {} if noise is None else self.declaration["noise"].get("parameters", {}).get(noise, {})
        values = {**self.parameters, **overrides, **here}
        horizon = values.pop("horizon", self.declaration["horizon"])
        check_horizon(f"{file}: horizon", horizon)
        if kind == "family":
            try:
                family = FAMILIES.named(self.declaration["family"])
            except InputError as error:
                raise InputError(f"{file}: family: {error}") from None
            game = family_game(family, values, int(horizon), f"{file}: parameters", self.path.parent)
        elif kind == "python":
            game = python_game(self.declaration["python"], values, int(horizon), self.path)
        else:
            game = IMPORTED[kind](self.declaration[kind], values, int(horizon), file)
        return game

    def _policy(self, spec, game, key) -> Float[Array, "H S A"]:
        return policy_array(spec, tuple(game.states), tuple(game.actions), game.policy_shape, f"{self.path}: {key}")

    def _constants(self, game, overrides) -> tuple[float | None, float | None]:
        declared = self.declaration.get("lipschitz", {})
        names = {**self._numbers(overrides), "horizon": game.horizon}
        constants = []
        for key, known in zip(("transition", "reward"), game.declared_lipschitz(), strict=True):
            place = f"{self.path}: lipschitz.{key}"
            value = known if key not in declared else float(evaluate(declared[key], names, unknown_state, place))
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise InputError(f"{place}: is {value}, but must be a finite number of at least 0")
            constants.append(value)
        return constants[0], constants[1]

    def _numbers(self, overrides) -> dict[str, float]:
        """The numbers among the parameters: those of the file, and the defaults of its family."""
        values = {}
        if "family" in self.declaration:
            family = FAMILIES[self.declaration["family"]]
            values |= {name: parameter.default for name, parameter in family.parameters.items()}
        for name, value in self.parameters.items():
            values[name] = value["value"] if isinstance(value, Mapping) else value
        values |= overrides
        return {name: float(value) for name, value in values.items() if isinstance(value, (int, float, np.number))}
