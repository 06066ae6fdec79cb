"""Looking for a Nash equilibrium, method after method, with the measured exploitability."""

import sys
from collections.abc import Mapping
from itertools import islice

import jax.numpy as jnp
import numpy as np
from tqdm import tqdm

from mfg_imitation.checks import check_choice, check_count, check_positive, check_seed, checked
from mfg_imitation.engine.flow import check_along
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.expert import Convergence, Equilibrium, known_expert
from mfg_imitation.equilibria.search import search
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game

#: A policy with at most so many numbers H * S * A is polished (dense Jacobians of that size: a Newton step takes some
#: ten milliseconds at 500, and some tenths of a second at the limit).
POLISHED_SIZE = 1500

#: Attempts of the polish, see `search`. The SIS epidemic at H = 50, the hardest game measured, takes nearly all.
ATTEMPTS = 400

#: A small game is handed to the polish when its exploitability has not halved for so many checks.
PATIENCE = 10


class EquilibriumError(InputError):
    """The solver missed the tolerance that was asked for; the message says by how much, and what to change."""


def expert(game: Game, spec: Mapping) -> Equilibrium:
    """The game's expert: its known policy, checked, or else the solver's.

    Args:
        spec: any of the keyword arguments of `solve_equilibrium`. A known policy has to meet its `tolerance` too.

    Raises:
        EquilibriumError: the solver missed the tolerance.
        InputError: the policy that the game declares is not an equilibrium.
    """
    if game.known_expert() is not None:
        return known_expert(game, **{key: spec[key] for key in ("tolerance",) if key in spec})
    found = solve_equilibrium(game, **spec)
    if found.status != "converged":
        tolerance = spec.get("tolerance", default_tolerance(game))
        raise EquilibriumError(
            f"expert.solve: the exploitability reached after {found.iterations} iterations is "
            f"{found.exploitability:.3g}, above the tolerance {tolerance:.3g}; "
            "allow more iterations, a smaller step_size, the other method, or a larger tolerance"
        )
    return found


@checked
def solve_equilibrium(
    game: Game,
    *,
    method: str = "online_mirror_descent",
    iterations: int = 5000,
    step_size: float | None = None,
    tolerance: float | None = None,
    check_every: int = 25,
    attempts: int = ATTEMPTS,
    seed: int = 0,
    progress: bool = True,
) -> Equilibrium:
    """Look for a Nash equilibrium, and return the best policy found with its measured exploitability.

    The method runs in stretches of `check_every` iterations (see `Solver`). Where it stays above the tolerance, a game
    with at most `POLISHED_SIZE` numbers in a policy is polished (see `search`). Same arguments, same result.

    Args:
        method: a name of `SOLVERS`. Fictitious play takes no step size; where equilibria mix, its exploitability falls
            only like one over the square root of the iterations (measured).
        iterations: of the method, at most.
        step_size: first step of the mirror descent, in 1 / units of reward; None for one over the reward's range.
        tolerance: exploitability to reach, in units of reward over the horizon; None for `default_tolerance`.
        check_every: iterations between two measurements of the exploitability, and length of the averages.
        attempts: of the polish, at most; 0 turns it off.
        seed: of the random changes that the polish tries.
        progress: show a bar on standard error; never shown where that is not a terminal.

    Raises:
        InputError: an argument out of its range.
    """
    unit = float(reward_range(game))
    step_size = 1 / unit if step_size is None else step_size
    tolerance = default_tolerance(game) if tolerance is None else tolerance
    for name, value in (("iterations", iterations), ("check_every", check_every)):
        check_count(name, value)
    for name, value in (("step_size", step_size), ("tolerance", tolerance)):
        check_positive(name, value)
    check_choice("method", method, tuple(SOLVERS))
    check_count("attempts", attempts, 0)
    check_seed(seed)
    solver = SOLVERS[method]
    small = attempts > 0 and np.prod(game.policy_shape) <= POLISHED_SIZE
    state = solver.begin(game, jnp.asarray(step_size, dtype=float))
    best, record = state, [(0, float(state.exploitability))]
    hidden = not progress or not sys.stderr.isatty()

    with tqdm(total=iterations, disable=hidden, unit="iteration", desc=method) as bar:
        while record[-1][1] > tolerance and record[-1][0] < iterations:
            length = min(check_every, iterations - record[-1][0])
            state = best = solver.advance(game, state, length)
            record.append((record[-1][0] + length, float(state.exploitability)))
            bar.update(length)
            bar.set_postfix_str(f"exploitability {record[-1][1]:.2e}")
            if small and len(record) > PATIENCE and record[-1][1] > 0.5 * record[-1 - PATIENCE][1]:
                break
    if small and record[-1][1] > tolerance:
        tries = islice(search(game, best.policy, unit, tolerance, seed), attempts)
        for found in tqdm(tries, total=attempts, disable=hidden, unit="attempt", desc="polish"):
            if found.exploitability < best.exploitability:
                best = found
            record.append((record[-1][0] + int(found.steps), float(best.exploitability)))
            if best.exploitability <= tolerance:
                break
    check_along(game, best.policy)
    exploitability = float(nash_imitation_gap(game, best.policy))
    status = "converged" if exploitability <= tolerance else "iteration limit"
    convergence = Convergence(*np.asarray(record, dtype=float).T)
    return Equilibrium(best.policy, exploitability, record[-1][0], status, convergence)


def default_tolerance(game: Game) -> float:
    """1e-6 (small games) or 1e-3 (those too large to be polished) of the reward's range times the horizon."""
    relative = 1e-6 if np.prod(game.policy_shape) <= POLISHED_SIZE else 1e-3
    return relative * float(reward_range(game)) * game.horizon
