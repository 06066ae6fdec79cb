"""The equilibrium conditions of a small game, solved as equations with dense Jacobians."""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.value import population_values
from mfg_imitation.equilibria.attempt import Polished
from mfg_imitation.games.game import Game

#: Newton steps of one attempt; nearly all that arrived, in trials on random games, took fewer than 40.
NEWTON_STEPS = 50


@eqx.filter_jit
def newton(game: Game, policy: Float[Array, "H S A"], step_size, tolerance) -> Polished:
    """Solve the equilibrium conditions from `policy` on by Levenberg-Marquardt steps.

    pi is Nash where every pi_n(. | s) is the projection of y = pi + step_size * (Q - V) onto the simplex. The equation
    y - pi(y) - step_size * (Q - V) = 0 in y ("normal map", Robinson 1992) is piecewise smooth and every iterate is a
    policy; the damping falls while the residual does.

    Args:
        policy: where to start.
        step_size: weight of the action values against the probabilities, in 1 / units of reward.
        tolerance: exploitability at which to stop, in units of reward.
    """
    shape = game.policy_shape

    def advantage(policy):
        q = population_values(game, policy)[1]
        return step_size * (q - jnp.sum(policy * q, axis=-1, keepdims=True))

    def residual(y):
        policy = project(y.reshape(shape))
        return y - (policy + advantage(policy)).ravel()

    jacobian = jax.jacfwd(residual)

    def step(carry):
        y, value, damping, best = carry
        slope = jacobian(y)
        normal = slope.T @ slope + damping * jnp.eye(y.size)
        trial = y - jnp.linalg.solve(normal, slope.T @ value)
        value_there = residual(trial)
        gain = (value_there @ value_there) / (value @ value)
        good = gain < 1
        relaxed = jnp.maximum(damping * jnp.where(gain < 0.5, 0.1, 0.4), 1e-14)
        y = jnp.where(good, trial, y)
        policy = project(y.reshape(shape))
        measured = nash_imitation_gap_of(game, policy)
        better = measured < best.exploitability
        best = Polished(
            jnp.where(better, policy, best.policy),
            jnp.where(better, measured, best.exploitability),
            best.steps + 1,
        )
        return y, jnp.where(good, value_there, value), jnp.where(good, relaxed, 5 * damping), best

    def unfinished(carry):
        _, value, damping, best = carry
        return (best.exploitability > tolerance) & (best.steps < NEWTON_STEPS) & (damping < 1e3) & (value @ value > 0)

    y = (policy + advantage(policy)).ravel()
    best = Polished(policy, nash_imitation_gap_of(game, policy), jnp.asarray(0))
    return jax.lax.while_loop(unfinished, step, (y, residual(y), jnp.asarray(1e-2), best))[3]


#: The policy that is nearest to y: in every state, the point of the simplex.
project = jax.vmap(jax.vmap(optax.projections.projection_simplex))
