"""Nash equilibria: the expert that is imitated, with the exploitability that was measured of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from tqdm import tqdm

from mfg_imitation.checks import InputError
from mfg_imitation.flow import agent_flow_of, flow_of
from mfg_imitation.game import Game
from mfg_imitation.value import best_response_of, nash_imitation_gap, nash_imitation_gap_of

METHODS = ("online_mirror_descent", "fictitious_play")

#: The exploitability that a known expert may have by rounding, in units of reward.
ROUNDING = 1e-9


class EquilibriumError(InputError):
    """A solver missed the tolerance that a game states, or a known expert is no equilibrium."""


class Equilibrium(NamedTuple):
    """A policy offered as a Nash equilibrium (paper, Definition 3).

    Attributes:
        policy: pi^E_n(a | s), shape [H, S, A].
        exploitability: measured, what one agent could gain by deviating, in units of reward (paper, Definition 5).
        iterations: of the solver; 0 for a policy known in closed form.
        status: "known" (in closed form), "converged" (within the tolerance) or "iteration limit".
        tolerance: the exploitability that was asked for, in units of reward.
        checks: iterations after which the exploitability was measured.
        history: the lowest exploitability measured by then.
    """

    policy: Float[Array, "H S A"]
    exploitability: float
    iterations: int
    status: str
    tolerance: float
    checks: Float[np.ndarray, " checks"]
    history: Float[np.ndarray, " checks"]


def known_expert(game: Game, tolerance: float = ROUNDING) -> Equilibrium:
    """The game's known expert, checked: its exploitability must not exceed `tolerance` (units of reward).

    Raises:
        EquilibriumError: the game knows no expert, or the one it knows is not an equilibrium.
    """
    policy = game.known_expert()
    if policy is None:
        raise EquilibriumError("expert: the game declares no expert policy")
    exploitability = float(nash_imitation_gap(game, policy))
    if exploitability > tolerance:
        raise EquilibriumError(
            f"expert.policy: its exploitability is {exploitability:.3g}, above the tolerance {tolerance:.3g}"
        )
    return Equilibrium(policy, exploitability, 0, "known", tolerance, np.zeros(1), np.array([exploitability]))


def expert(game: Game, options: Mapping[str, Any]) -> Equilibrium:
    """The expert of a game: known in closed form if it has one, else solved for.

    Args:
        options: what the game's file says under `expert.solve`, arguments of `solve_equilibrium`.

    Raises:
        EquilibriumError: the tolerance was missed; says what was reached and what to change.
    """
    if game.known_expert() is not None:
        return known_expert(game)
    solved = solve_equilibrium(game, **options)
    if solved.exploitability > solved.tolerance:
        raise EquilibriumError(
            f"expert.solve: after {solved.iterations} iterations the exploitability is {solved.exploitability:.3g}, above "
            f"the tolerance {solved.tolerance:.3g}; raise expert.solve.iterations, or try another step_size or method"
        )
    return solved


def solve_equilibrium(
    game: Game,
    *,
    method: str = "online_mirror_descent",
    iterations: int = 20000,
    step_size: float = 1.0,
    tolerance: float = 1e-6,
    check_every: int = 50,
    progress: bool = True,
) -> Equilibrium:
    """Look for a Nash equilibrium until the measured exploitability is at most `tolerance`.

    Online mirror descent (Perolat et al. 2022) adds step_size * Q of the current population to the logits of the policy.
    Wherever a check finds that neither the last nor the averaged policy has got better by a tenth, the step is cut: large
    steps find pure equilibria fast, small ones settle in mixed ones. Fictitious play (Perrin et al. 2020) averages the
    occupancies of best responses, each in the population of the average so far, which is right for kernels that depend
    on the population too. The policy of the lowest exploitability that was measured is returned.

    Args:
        iterations: at most so many.
        step_size: of online mirror descent at first, in units of 1 / (reward range).
        tolerance: units of reward, over the horizon.
        check_every: iterations from one measurement to the next.
        progress: show a progress bar when a solve is watched on a terminal.

    Raises:
        InputError: an unknown method.
    """
    if method not in METHODS:
        raise InputError(f"method: {method!r} is not one of {', '.join(METHODS)}")
    state = start(game)
    size = jnp.asarray(step_size / reward_range(game))
    best, policy, done = float(nash_imitation_gap(game, game.uniform_policy())), game.uniform_policy(), 0
    checks, history = [0.0], [best]
    with tqdm(total=iterations, desc=method.replace("_", " "), disable=None if progress else True) as bar:
        while done < iterations and best > tolerance:
            state, candidates, gaps = advance(game, state, size, method, check_every)
            done += check_every
            i = int(jnp.argmin(gaps))
            size = jnp.where(gaps[i] < 0.9 * best, size, 0.9 * size)
            if float(gaps[i]) < best:
                best, policy = float(gaps[i]), candidates[i]
            checks.append(float(done))
            history.append(best)
            bar.update(check_every)
            bar.set_postfix(exploitability=f"{best:.2e}", refresh=False)
    status = "converged" if best <= tolerance else "iteration limit"
    return Equilibrium(policy, best, done, status, float(tolerance), np.array(checks), np.array(history))


class SolverState(NamedTuple):
    """Logits of online mirror descent; sum and number of the occupancies that are averaged."""

    logits: Float[Array, "H S A"]
    occupancy: Float[Array, "H S A"]
    weight: Float[Array, ""]


def start(game: Game) -> SolverState:
    """Everything from the uniform policy."""
    uniform = game.uniform_policy()
    return SolverState(jnp.zeros_like(uniform), flow_of(game, uniform)[..., None] * uniform, jnp.asarray(1.0))


@eqx.filter_jit
def advance(
    game: Game, state: SolverState, step_size: Float[Array, ""], method: str, steps: int
) -> tuple[SolverState, Float[Array, "2 H S A"], Float[Array, " 2"]]:
    """Some iterations, then the last and the averaged policy with their exploitabilities; may be vmapped over games."""
    iterate = _mirror_step if method == "online_mirror_descent" else _fictitious_step
    state = jax.lax.fori_loop(0, steps, lambda _, s: iterate(game, s, step_size), state)
    candidates = jnp.stack([jax.nn.softmax(state.logits), conditional(state.occupancy)])
    return state, candidates, jax.vmap(lambda pi: nash_imitation_gap_of(game, pi))(candidates)


def conditional(occupancy: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The policy of an occupancy; uniform where nobody ever is."""
    mass = occupancy.sum(axis=-1, keepdims=True)
    return jnp.where(mass > 0, occupancy / jnp.where(mass > 0, mass, 1), 1 / occupancy.shape[-1])


def reward_range(game: Game) -> float:
    """Largest less smallest reward within the flow of the uniform policy; 1 for a game whose reward is constant."""
    flow = flow_of(game, game.uniform_policy())
    rewards = jax.vmap(game.reward)(jnp.arange(game.horizon), flow)
    return float(rewards.max() - rewards.min()) or 1.0


def _mirror_step(game, state, step_size):
    policy = jax.nn.softmax(state.logits)
    flow = flow_of(game, policy)

    def back(value, inputs):
        n, pi, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return jnp.sum(pi * q, axis=-1), q

    _, q = jax.lax.scan(back, jnp.zeros_like(game.initial), (jnp.arange(game.horizon), policy, flow), reverse=True)
    logits = jax.nn.log_softmax(state.logits + step_size * q)
    # The average forgets: weights grow with the square of the number of iterations.
    weight = state.weight + 1
    fresh = 3 / (weight + 2)
    return SolverState(logits, (1 - fresh) * state.occupancy + fresh * flow[..., None] * policy, weight)


def _fictitious_step(game, state, step_size):
    average = conditional(state.occupancy)
    flow = flow_of(game, average)
    response = best_response_of(game, flow).policy
    joint = agent_flow_of(game, response, flow)[..., None] * response
    weight = state.weight + 1
    mixed = flow[..., None] * average
    return SolverState(jnp.log(average), mixed + (joint - mixed) / weight, weight)
