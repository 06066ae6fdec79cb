"""A path of smoothed games, from the uniform policy to an exact equilibrium of a small game."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.equilibria.attempt import Polished
from mfg_imitation.games.game import Game

#: Steps along one path. Over 50 random games the median path took 24; one in ten took more than 200, or wound on.
PATH_STEPS = 60


class _Path(NamedTuple):
    point: Float[Array, " D+1"]
    tangent: Float[Array, " D+1"]
    length: Float[Array, ""]
    best: Polished


@eqx.filter_jit
def follow_path(game: Game, reference: Float[Array, "H S A"], unit, tolerance) -> Polished:
    """Follow the equilibria of smoothed games as the smoothing vanishes (quantal response, McKelvey & Palfrey 1995).

    In the game smoothed by a temperature t, agents earn t * KL(pi || reference) less, and answer with
    pi_n(a|s) = reference_n(a|s) exp(Q_n(s, a) / t) / Z_n(s). At high t the only equilibrium is close to the reference;
    its path is followed towards t = 0, around turning points, by steps along the tangent and Newton corrections
    (pseudo-arclength). The unknowns are the smoothed values V_1 ... V_{H-1} and log t: a forward pass makes policy and
    population of them, so that every iterate is a policy, and what has to vanish is V - t log Z.

    Args:
        reference: the policy at high temperature, with no probability 0.
        unit: size of the rewards, which scales values and temperature.
        tolerance: exploitability at which to stop, in units of reward.
    """
    shape = game.policy_shape[:2]
    log_reference = jnp.log(reference)
    size = (shape[0] - 1) * shape[1]

    def unfold(point):
        temperature = unit * jnp.exp(point[-1])
        ahead = jnp.concatenate([unit * point[:-1].reshape(shape[0] - 1, shape[1]), jnp.zeros((1, shape[1]))])

        def step(mu, inputs):
            n, value, prior = inputs
            scores = prior + (game.reward(n, mu) + game.pull_back(n, mu, value)) / temperature
            policy = jax.nn.softmax(scores)
            soft = temperature * jax.nn.logsumexp(scores, axis=-1)
            return game.push_forward(n, mu, mu[:, None] * policy), (policy, soft)

        _, (policy, soft) = jax.lax.scan(step, game.initial, (jnp.arange(shape[0]), ahead, log_reference))
        return point[:-1] - soft[1:].ravel() / unit, policy

    def residual(point):
        return unfold(point)[0]

    jacobian = jax.jacfwd(residual)

    def weight(point):  # values count in units of the temperature: what is small to the policy is small
        return jnp.append(jnp.full(size, jnp.exp(-point[-1]) / np.sqrt(max(size, 1))), 1.0)

    def direction(point, before):
        rows = jnp.vstack([jacobian(point), before * weight(point) ** 2])
        tangent = jnp.linalg.solve(rows, jnp.zeros(size + 1).at[-1].set(1))
        return tangent / jnp.linalg.norm(tangent * weight(point))

    def step(path):
        guess = path.point + path.length * path.tangent
        normal = path.tangent * weight(path.point) ** 2
        bound = 0.5 * jnp.maximum(path.length, 0.01)

        def correct(carry):
            point, count, _ = carry
            rows, values = jnp.vstack([jacobian(point), normal]), jnp.append(residual(point), (point - guess) @ normal)
            change = jnp.linalg.solve(rows, values)
            return point - change, count + 1, jnp.linalg.norm(change * weight(point))

        def correcting(carry):  # corrections must halve from step to step, else the path was lost
            _, count, change = carry
            return (count == 0) | ((count < 6) & (change > 1e-6) & (change < 2 * bound * 0.5**count))

        point, count, change = jax.lax.while_loop(correcting, correct, (guess, 0, bound))
        tangent = direction(point, path.tangent)
        scale = weight(point)
        turn = jnp.sum(tangent * path.tangent * scale**2) / jnp.linalg.norm(path.tangent * scale)
        # a sharp turn is a jump to another branch, unless the path has a kink, as kernels with min() have
        good = (change <= 1e-6) & ((turn > 0.5) | (path.length < 1e-3)) & jnp.isfinite(tangent).all()
        policy = unfold(point)[1]
        measured = nash_imitation_gap_of(game, policy)
        better = good & (measured < path.best.exploitability)
        length = path.length * jnp.where(good, jnp.where(count <= 4, 1.7, 1.0), 0.4)
        return _Path(
            jnp.where(good, point, path.point),
            jnp.where(good, tangent, path.tangent),
            jnp.minimum(length, 4.0),
            Polished(
                jnp.where(better, policy, path.best.policy),
                jnp.where(better, measured, path.best.exploitability),
                path.best.steps + 1,
            ),
        )

    def unfinished(path):
        going = (path.best.steps < PATH_STEPS) & (path.length > 1e-9) & (path.point[-1] < hot + 1)
        return (path.best.exploitability > tolerance) & going

    hot = jnp.log(10.0 * shape[0])
    start = jnp.append(jnp.zeros(size), hot)
    start = jax.lax.fori_loop(0, shape[0] + 10, lambda _, point: point.at[:-1].add(-residual(point)), start)
    best = Polished(reference, nash_imitation_gap_of(game, reference), jnp.asarray(0))
    cooling = jnp.zeros(size + 1).at[-1].set(-1)
    return jax.lax.while_loop(unfinished, step, _Path(start, direction(start, cooling), jnp.asarray(0.5), best)).best
