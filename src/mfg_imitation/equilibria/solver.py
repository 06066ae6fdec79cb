"""What a method that looks for an equilibrium is: a way to begin, and a stretch of steps, again and again."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx

from mfg_imitation.registry import Registry


class Solver(NamedTuple):
    """An entry of `SOLVERS`.

    Attributes:
        summary: what it does, in one sentence.
        begin: (game, first step size in 1 / units of reward) -> state.
        advance: (game, state, number of steps) -> state. A state has `policy`, the best so far by its own measured
            exploitability, and `exploitability`, which never rises.
        stretch: steps between two looks at the exploitability, unless the user says otherwise.
        iterations: steps at most, unless the user says otherwise.
    """

    summary: str
    begin: Callable[..., Any]
    advance: Callable[..., Any]
    stretch: int
    iterations: int


#: The methods that `solve_equilibrium` and a game's file (`expert.solve.method`) can name.
SOLVERS: Registry[Solver] = Registry("mfg_imitation.equilibria", "solver")


def solver(
    name: str, *, summary: str, begin: Callable[..., Any], stretch: int, iterations: int
) -> Callable[[Callable], Callable]:
    """Enter the decorated function, one stretch of a method, in `SOLVERS`; see `Solver` for the arguments.

    Both functions hold for one game and are traced: `jax.vmap` over a stack of games of equal shape solves all of them
    at once.
    """

    def enter(advance: Callable) -> Callable:
        entry = Solver(summary, eqx.filter_jit(begin), eqx.filter_jit(advance), stretch, iterations)
        SOLVERS.enter(name, entry, advance.__module__)
        return advance

    return enter
