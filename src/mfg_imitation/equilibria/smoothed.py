"""Equilibria of smoothed games: differentiable where the game's own are not, and found by Newton steps.

In the game smoothed by a temperature t, agents earn t * KL(pi || reference) less than in the game itself, and answer
with pi_n(a|s) = reference_n(a|s) exp(Q_n(s, a) / t) / Z_n(s) (quantal response, McKelvey and Palfrey 1995). The
unknowns are the smoothed values of all steps but the first: a forward pass makes policy and population of them, so that
every iterate is a policy, and what has to vanish is V - t log Z. The Jacobians are dense: meant for games with at most
some hundred states times steps.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.games.game import Game

#: A game whose policy has at most so many numbers H * S * A is small: it is solved by implicit mirror descent (dense
#: Jacobians of up to that size: a smoothed game takes milliseconds at 500, and some tenths of a second at the limit).
SMALL = 1500

#: Norm of V - t log Z, in units of the rewards times the steps, below which values count as those of an equilibrium.
RESIDUAL = 1e-13

#: Newton steps towards one equilibrium; those that arrive take two to four.
NEWTON_STEPS = 12

#: A step goes as far as leaves least of the residual, and the search ends where that is nearly all of it.
LENGTHS = (1.0, 0.5, 0.25, 0.1, 0.03)
TOO_LITTLE = 0.95


class Smoothed(NamedTuple):
    """Where the Newton steps ended.

    Attributes:
        values: V_1 ... V_{H-1}, smoothed, in units of the rewards.
        log_policy: of the answer to these values.
        steps: Newton steps taken.
        solved: whether this is an equilibrium of the smoothed game.
    """

    values: Float[Array, "H-1 S"]
    log_policy: Float[Array, "H S A"]
    steps: Int[Array, ""]
    solved: Bool[Array, ""]


def smoothed_equilibrium(
    game: Game, log_reference: Float[Array, "H S A"], temperature, unit, values: Float[Array, "H-1 S"]
) -> Smoothed:
    """An equilibrium of the smoothed game, by Newton steps from `values` on.

    Args:
        log_reference: of the policy that agents are held to; finite.
        temperature: t, in units of reward.
        unit: size of the rewards, in which values are counted.
        values: where to start.
    """
    n_steps, n_states = game.policy_shape[:2]
    shape, enough = (n_steps - 1, n_states), RESIDUAL * n_steps

    def answer(unknowns):
        ahead = jnp.concatenate([unit * unknowns.reshape(shape), jnp.zeros((1, n_states))])

        def step(mu, inputs):
            n, value, prior = inputs
            scores = prior + (game.reward(n, mu) + game.pull_back(n, mu, value)) / temperature
            log_policy = jax.nn.log_softmax(scores)
            soft = temperature * jax.nn.logsumexp(scores, axis=-1)
            return game.push_forward(n, mu, mu[:, None] * jnp.exp(log_policy)), (log_policy, soft)

        _, (log_policy, soft) = jax.lax.scan(step, game.initial, (jnp.arange(n_steps), ahead, log_reference))
        return unknowns - soft[1:].ravel() / unit, log_policy

    def residual(unknowns):
        return answer(unknowns)[0]

    jacobian = jax.jacfwd(residual)

    def step(carry):
        unknowns, left, steps, _ = carry
        direction = jnp.linalg.solve(jacobian(unknowns), left)
        trials = unknowns - jnp.asarray(LENGTHS)[:, None] * direction
        remaining = jax.vmap(residual)(trials)
        norms = jnp.linalg.norm(remaining, axis=-1)
        best = jnp.argmin(jnp.where(jnp.isnan(norms), jnp.inf, norms))
        return trials[best], remaining[best], steps + 1, norms[best] / jnp.linalg.norm(left)

    def unfinished(carry):
        _, left, steps, share = carry
        return (steps < NEWTON_STEPS) & (jnp.linalg.norm(left) > enough) & (share < TOO_LITTLE)

    start = values.ravel()
    first = start, residual(start), jnp.asarray(0), jnp.asarray(0.0, start.dtype)
    unknowns, left, steps, _ = jax.lax.while_loop(unfinished, step, first)
    return Smoothed(unknowns.reshape(shape), answer(unknowns)[1], steps, jnp.linalg.norm(left) <= enough)
