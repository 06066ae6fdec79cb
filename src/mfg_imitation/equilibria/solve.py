"""Looking for a Nash equilibrium, with the measured exploitability."""

import sys
from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from tqdm import tqdm

from mfg_imitation.checks import check_choice, check_count, check_positive, checked
from mfg_imitation.engine.flow import check_along
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.expert import Convergence, Equilibrium, known_expert
from mfg_imitation.equilibria.quantal_response import quantal_response
from mfg_imitation.equilibria.smoothed import SMALL
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game

#: From this tolerance on, in units of the reward's range times the horizon, online mirror descent is tried first in a
#: small game, for at most `QUICK` iterations. (A beach bar of 1200 numbers comes to 1e-3 in 8 ms, not in 570.)
COARSE, QUICK = 1e-5, 250


class EquilibriumError(InputError):
    """The solver missed the tolerance that was asked for; the message says by how much, and what to change."""


@checked(noise="taken")
def expert(game: Game, spec: Mapping) -> Equilibrium:
    """The game's expert: its known policy, checked, or else the solver's.

    Args:
        spec: any of the keyword arguments of `solve_equilibrium`; a known policy has to meet its `tolerance` too. With
            `temperature`, those of `quantal_response`: the expert is then not exactly Nash, known policy or not.

    Raises:
        EquilibriumError: the solver missed the tolerance.
        InputError: the policy that the game declares is not an equilibrium.
    """
    if "temperature" in spec:
        return _quantal_response(game, **spec)
    if game.known_expert() is not None:
        return known_expert(game, **{key: spec[key] for key in ("tolerance",) if key in spec})
    found = solve_equilibrium(game, **spec)
    if found.status != "converged":
        tolerance = spec.get("tolerance", default_tolerance(game))
        raise EquilibriumError(
            f"expert.solve: the exploitability reached after {found.iterations} iterations is "
            f"{found.exploitability:.3g}, above the tolerance {tolerance:.3g}; "
            "allow more iterations, a smaller step_size, another method, or a larger tolerance"
        )
    return found


def _quantal_response(game, temperature, **spec) -> Equilibrium:
    for key in spec:
        if key not in ("tolerance", "iterations"):
            raise InputError(f"expert.solve.{key}: says nothing beside temperature; allowed are tolerance, iterations")
    found = quantal_response(game, temperature, **spec)
    if found.status != "converged":
        raise EquilibriumError(
            f"expert.solve: no quantal response at temperature {temperature:g} was found in {found.iterations} "
            "iterations; allow more, or a larger tolerance of its residual, or a higher temperature"
        )
    return found


@checked(noise="taken")
def solve_equilibrium(
    game: Game,
    *,
    method: str | None = None,
    iterations: int | None = None,
    step_size: float | None = None,
    tolerance: float | None = None,
    check_every: int | None = None,
    progress: bool = True,
) -> Equilibrium:
    """Look for a Nash equilibrium, and return the best policy found with its measured exploitability.

    The method runs in stretches of `check_every` iterations (see `Solver`). Same arguments, same result.

    Args:
        method: a name of `SOLVERS`; None for online mirror descent, and where a policy has at most `SMALL` numbers for
            implicit mirror descent, there after a first try of the other one if the tolerance is `COARSE` or more.
            Fictitious play takes no step size; where equilibria mix, its exploitability falls only like one over the
            square root of the iterations (measured).
        iterations: of a method, at most; None for the method's own limit.
        step_size: first step of a mirror descent, in 1 / units of reward; None for one over the reward's range.
        tolerance: exploitability to reach, in units of reward over the horizon; None for `default_tolerance`.
        check_every: iterations between two measurements of the exploitability, and length of the averages; None for
            the method's own.
        progress: show a bar on standard error; never shown where that is not a terminal.

    Raises:
        InputError: an argument out of its range.
    """
    if method is not None:
        check_choice("method", method, tuple(SOLVERS))
    unit = float(reward_range(game))
    step_size = 1 / unit if step_size is None else step_size
    tolerance = _default(game, unit) if tolerance is None else tolerance
    for name, value in (("iterations", iterations), ("check_every", check_every)):
        if value is not None:
            check_count(name, value)
    for name, value in (("step_size", step_size), ("tolerance", tolerance)):
        check_positive(name, value)
    tries = [(method or ("implicit_mirror_descent" if _is_small(game) else "online_mirror_descent"), iterations)]
    if method is None and _is_small(game) and tolerance >= COARSE * unit * game.horizon:
        tries.insert(0, ("online_mirror_descent", min(iterations or QUICK, QUICK)))
    for name, most in tries:
        state, record = _run(game, name, most, step_size, tolerance, check_every, progress)
        if record[-1][1] <= tolerance:
            break
    check_along(game, state.policy)
    exploitability = float(nash_imitation_gap(game, state.policy))
    status = "converged" if exploitability <= tolerance else "iteration limit"
    convergence = Convergence(*np.asarray(record, dtype=float).T)
    return Equilibrium(state.policy, exploitability, record[-1][0], status, convergence)


def _run(game, method, iterations, step_size, tolerance, check_every, progress):
    """The last state of a method, and (iteration, exploitability) at every check."""
    solver = SOLVERS[method]
    iterations = solver.iterations if iterations is None else iterations
    check_every = solver.stretch if check_every is None else check_every
    state = solver.begin(game, jnp.asarray(step_size, dtype=float))
    record = [(0, float(state.exploitability))]
    with tqdm(total=iterations, disable=not progress or not sys.stderr.isatty(), unit="iteration", desc=method) as bar:
        while record[-1][1] > tolerance and record[-1][0] < iterations:
            length = min(check_every, iterations - record[-1][0])
            state = solver.advance(game, state, length)
            record.append((record[-1][0] + length, float(state.exploitability)))
            bar.update(length)
            bar.set_postfix_str(f"exploitability {record[-1][1]:.2e}")
    return state, record


def default_tolerance(game: Game) -> float:
    """1e-6 (small games, see `SMALL`) or 1e-3 (others) of the reward's range times the horizon."""
    return _default(game, float(reward_range(game)))


def _default(game, unit) -> float:
    return (1e-6 if _is_small(game) else 1e-3) * unit * game.horizon


def _is_small(game: Game) -> bool:
    return bool(np.prod(game.policy_shape) <= SMALL)
