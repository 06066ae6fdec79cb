"""From the name of a game, or the path of its file, to the game."""

import difflib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import find_game, kind_of, read_declaration
from mfg_imitation.games.declared import declared_game, policy_array
from mfg_imitation.games.expressions import evaluate
from mfg_imitation.games.families import FAMILIES
from mfg_imitation.games.families.family import family_game
from mfg_imitation.games.game import Game
from mfg_imitation.games.mfglib import mfglib_game
from mfg_imitation.games.python_class import python_game
from mfg_imitation.games.wrapped import WrappedGame


def load_game(name_or_path: str | Path, **overrides: Any) -> Game:
    """Load a game from its file.

    Args:
        name_or_path: the path of a game file (ending in .yaml), or its bare name, looked up in config/games.
        overrides: values that replace the file's parameters or its `horizon`, as in
            `load_game("attractor", horizon=20, transition_lipschitz=2)`.

    Raises:
        InputError: no such file, a file that breaks the schema, an unknown or out-of-range override. One line
            that names the file, the key, the value and what is allowed.
    """
    path = find_game(name_or_path)
    declaration, file = read_declaration(path), str(path)
    game = _make(declaration, path, overrides)
    _constants(declaration, game, file, overrides)
    towards = declaration.get("sweep", {}).get("towards")
    if towards is not None:
        _policy(towards, game, f"{file}: sweep.towards")
    return game


def read_lipschitz(name_or_path: str | Path, **overrides: Any) -> tuple[float | None, float | None]:
    """(L_P, L_r), the Lipschitz constants declared for a game (paper, Assumption 1); None where none is.

    What the file says under `lipschitz` (numbers, or arithmetic in its parameters and `horizon`) goes before
    what a game of code knows of itself (`declared_lipschitz`).

    Raises:
        InputError: as `load_game`, and for a constant that is negative or not a finite number.
    """
    path = find_game(name_or_path)
    return _constants(read_declaration(path), load_game(path, **overrides), str(path), overrides)


class WithExpert(WrappedGame):
    """A game of code whose file states a Nash policy. All else is the game's own."""

    expert_policy: Float[Array, "H S A"]

    def known_expert(self) -> Float[Array, "H S A"]:
        return self.expert_policy


def _make(declaration, path, overrides) -> Game:
    file, kind = str(path), kind_of(declaration)
    if kind == "declared":
        return declared_game(declaration, file, overrides)
    horizon, values = _settings(declaration, file, overrides)
    if kind == "family":
        family = _family(declaration["family"], file)
        game = family_game(family, values, horizon, f"{file}: parameters")
    elif kind == "python":
        game = python_game(declaration["python"], values, horizon, path)
    else:
        game = mfglib_game(declaration["mfglib"], values, horizon, file)
    policy = declaration.get("expert", {}).get("policy")
    return game if policy is None else WithExpert(game, _policy(policy, game, f"{file}: expert.policy"))


def _policy(spec, game, place) -> Float[Array, "H S A"]:
    return policy_array(spec, tuple(game.states), tuple(game.actions), game.policy_shape, place)


def _constants(declaration, game, file, overrides) -> tuple[float | None, float | None]:
    declared = declaration.get("lipschitz", {})
    known = game.declared_lipschitz()
    names = {**_numbers(declaration, overrides), "horizon": game.horizon}
    constants = []
    for key, own in zip(("transition", "reward"), known, strict=True):
        place = f"{file}: lipschitz.{key}"
        value = float(evaluate(declared[key], names, _no_state, place)) if key in declared else own
        if value is not None and not 0 <= value < math.inf:
            raise InputError(f"{place}: is {value}, but must be a finite number of at least 0")
        constants.append(value)
    return constants[0], constants[1]


def _settings(declaration, file, overrides) -> tuple[int, dict[str, Any]]:
    values = {**declaration.get("parameters", {}), **overrides}
    horizon = values.pop("horizon", declaration["horizon"])
    if not isinstance(horizon, (int, np.integer)) or isinstance(horizon, bool) or horizon < 1:
        raise InputError(f"{file}: horizon: {horizon!r} is not a whole number >= 1")
    return int(horizon), values


def _family(name: str, file: str):
    if name not in FAMILIES:
        close = difflib.get_close_matches(name, FAMILIES, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise InputError(f"{file}: family: unknown family {name!r}{hint}; allowed are {', '.join(FAMILIES)}")
    return FAMILIES[name]


def _numbers(declaration, overrides) -> dict[str, float]:
    """The numbers among a game's parameters: those of the file, and the defaults of its family."""
    values = {}
    if "family" in declaration:
        values |= {name: parameter.default for name, parameter in FAMILIES[declaration["family"]].parameters.items()}
    for name, value in declaration.get("parameters", {}).items():
        values[name] = value["value"] if isinstance(value, Mapping) else value
    values |= overrides
    return {name: float(value) for name, value in values.items() if isinstance(value, (int, float, np.number))}


def _no_state(state):
    raise KeyError(state)


def target_policy(file: str | Path, game: Game) -> Float[Array, "H S A"] | None:
    """The policy that the game's file names under `sweep.towards`; None where it names none."""
    towards = read_declaration(file).get("sweep", {}).get("towards")
    if towards is None:
        return None
    states, actions = tuple(game.states), tuple(game.actions)
    return policy_array(towards, states, actions, game.policy_shape, f"{file}: sweep.towards")
