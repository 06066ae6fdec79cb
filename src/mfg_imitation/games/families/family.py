"""What every family of games has in common: parameters that are stated once, and checked accordingly."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError, did_you_mean
from mfg_imitation.games.game import Game
from mfg_imitation.registry import Registry


@dataclass(frozen=True)
class Parameter:
    """A parameter of a family. The type of its default is its own: int, float, str, or tuple of str (a list).

    Attributes:
        default: the value where a file says nothing.
        description: what it is, with its unit.
        symbol: how it is written in formulas.
        minimum, maximum: bounds of a number, both allowed.
        choices: the allowed texts; empty for any.
    """

    default: int | float | str | tuple[str, ...]
    description: str
    symbol: str = ""
    minimum: float = -np.inf
    maximum: float = np.inf
    choices: tuple[str, ...] = ()

    def check(self, value: Any, folder: Path = Path()) -> int | float | str | tuple[str, ...]:
        """The value in this parameter's own type; `InputError` says what is wrong with it.

        Args:
            folder: of the game's file; tables (`games.families.table`) are read from there.
        """
        match self.default:
            case tuple():
                if not isinstance(value, (list, tuple)) or not all(isinstance(line, str) for line in value):
                    raise InputError(f"{value!r} is not a list of text")
                return tuple(value)
            case str():
                if self.choices and value not in self.choices:
                    raise InputError(f"{value!r} is not one of {', '.join(self.choices)}")
                if not isinstance(value, str) or not value:
                    raise InputError(f"{value!r} is no text")
                return value
        whole = isinstance(self.default, int)
        if isinstance(value, (bool, np.bool_)) or not isinstance(
            value, (int, np.integer) if whole else (int, float, np.number)
        ):
            raise InputError(f"{value!r} is not a {'whole ' if whole else ''}number")
        if not self.minimum <= value <= self.maximum:
            raise InputError(f"{value!r} is not {_range(self.minimum, self.maximum)}")
        return int(value) if whole else float(value)


class Family(Game):
    """A game that is made from parameters.

    A family states `parameters` once and takes them, with the horizon, as keyword arguments of its
    constructor. There, what is wrong between several parameters is an `InputError` whose message begins with
    the name of one of them. What a parameter needs is a default, a description and `check`: tables have them too.
    """

    parameters: ClassVar[Mapping[str, Any]]

    @abstractmethod
    def __init__(self, *, horizon: int, **parameters): ...


#: The families that a file may name, `family: <name>`.
FAMILIES: Registry[type[Family]] = Registry("mfg_imitation.games.families", "family")


def family(name: str) -> Callable[[type[Family]], type[Family]]:
    """Enter the decorated class in `FAMILIES`."""

    def enter(made: type[Family]) -> type[Family]:
        FAMILIES.enter(name, made, made.__module__)
        return made

    return enter


def family_game(family: type[Family], values: Mapping[str, Any], horizon: int, place: str, folder: Path) -> Family:
    """The game of a family with these parameters, the defaults for the others.

    Args:
        place: what messages begin with.
        folder: what a parameter that is a path is read from: that of the game's file.

    Raises:
        InputError: an unknown parameter, or a value of the wrong kind or out of its range; begins with
        `place`.
    """
    for name in values:
        if name not in family.parameters:
            hint, allowed = did_you_mean(name, family.parameters), ", ".join(family.parameters)
            raise InputError(f"{place}.{name}: unknown parameter{hint}; allowed are {allowed}")
    checked = {}
    for name, parameter in family.parameters.items():
        try:
            checked[name] = parameter.check(values.get(name, parameter.default), folder)
        except InputError as error:
            raise InputError(f"{place}.{name}: {error}") from None
    try:
        return family(horizon=horizon, **checked)
    except InputError as error:
        of_one = str(error).startswith(tuple(family.parameters))
        raise InputError(f"{place}{'.' if of_one else ': '}{error}") from None


def crowd_aversion(mu: Float[Array, " S"], smallest_share: Float[Array, ""] | float) -> Float[Array, " S"]:
    """-log(mu(s) + smallest_share): the reward of a place, the higher the emptier it is.

    The smallest share keeps an empty place's reward finite. The slope is steepest there, so that this term's
    Lipschitz constant in the 1-norm is exactly 1 / (2 smallest_share).
    """
    return -jnp.log(mu + smallest_share)


#: The parameters of `crowd_aversion`, as several families state them.
SMALLEST_SHARE = Parameter(1e-3, "ε in log(μ(s) + ε): keeps the reward of an empty place finite", "ε", 1e-300, 1)


def _range(minimum: float, maximum: float) -> str:
    if maximum == np.inf:
        return f"{minimum:g} or more"
    return f"at most {maximum:g}" if minimum == -np.inf else f"between {minimum:g} and {maximum:g}"
