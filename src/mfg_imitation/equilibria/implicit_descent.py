"""Implicit mirror descent: to an exact equilibrium of a small game, through a series of smoothed ones."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.value import population_values, reward_range_of
from mfg_imitation.equilibria.smoothed import smoothed_equilibrium
from mfg_imitation.equilibria.solver import solver
from mfg_imitation.games.game import Game

#: What the temperature is multiplied by after a smoothed game that took at most `EASY` Newton steps, or was not solved.
COOLING, HEATING = 0.6, 2.5
EASY = 6

#: Probabilities below this are 0 in the policy that is measured.
NEGLIGIBLE = 1e-12

#: Logarithms of probabilities in the reference are at least this: what is forgotten for long can still come back.
SMALLEST_LOGIT = -600.0


class ImplicitDescent(NamedTuple):
    """State of implicit mirror descent.

    Attributes:
        policy: the best policy so far.
        exploitability: of `policy`, in units of reward.
        log_reference: the last policy, to which agents of the next smoothed game are held.
        values: of that game, where the search for them starts, in units of `unit`.
        temperature: of that game, in units of reward.
        unit: the reward's range.
    """

    policy: Float[Array, "H S A"]
    exploitability: Float[Array, ""]
    log_reference: Float[Array, "H S A"]
    values: Float[Array, "H-1 S"]
    temperature: Float[Array, ""]
    unit: Float[Array, ""]


def begin_implicit_descent(game: Game, step_size: Float[Array, ""] | float) -> ImplicitDescent:
    """Implicit mirror descent at the uniform policy, with a temperature of 1 / step_size."""
    uniform, unit = game.uniform_policy(), reward_range_of(game)
    values = jnp.mean(population_values(game, uniform)[1], axis=-1)[1:] / unit
    temperature = 1 / jnp.asarray(step_size, dtype=float)
    return ImplicitDescent(uniform, nash_imitation_gap_of(game, uniform), jnp.log(uniform), values, temperature, unit)


@solver(
    "implicit_mirror_descent",
    summary="solves smoothed games, each held to the policy of the one before; for small games",
    begin=begin_implicit_descent,
    stretch=1,
    iterations=500,
)
def implicit_descent_chunk(game: Game, state: ImplicitDescent, iterations: int) -> ImplicitDescent:
    """`iterations` smoothed games, each solved exactly: a proximal point method (ours, after Rockafellar 1976).

    Mirror descent adds Q / t to the logits, with Q in the population of the policy *before* the step. Here Q is in the
    population of the policy *after* it: the equilibrium of the game smoothed by t, with the last policy as reference.
    Where explicit steps circle, implicit ones settle. As t falls from game to game, the exploitability falls faster
    than geometrically. A game that is not solved is asked again at a higher t: at a high one, every game is easy.
    """

    def step(_, state):
        found = smoothed_equilibrium(game, state.log_reference, state.temperature, state.unit, state.values)
        policy = jnp.exp(found.log_policy)
        policy = jnp.where(policy < NEGLIGIBLE, 0, policy)
        policy = policy / jnp.sum(policy, axis=-1, keepdims=True)
        measured = nash_imitation_gap_of(game, policy)
        better = found.solved & (measured < state.exploitability)
        change = jnp.where(found.solved, jnp.where(found.steps <= EASY, COOLING, 1.0), HEATING)
        return ImplicitDescent(
            jnp.where(better, policy, state.policy),
            jnp.where(better, measured, state.exploitability),
            jnp.where(found.solved, jnp.maximum(found.log_policy, SMALLEST_LOGIT), state.log_reference),
            jnp.where(found.solved, found.values, state.values),
            state.temperature * change,
            state.unit,
        )

    return jax.lax.fori_loop(0, iterations, step, state)
