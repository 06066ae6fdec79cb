"""From a rough equilibrium of a small game to an exact one: a path of smoothed games, Newton steps, and a search.

Methods of the first order circle or crawl where an equilibrium mixes and the game is not monotone. Here the
equilibrium conditions are solved as equations, with dense Jacobians: meant for games with at most some thousand
numbers in a policy.
"""

from collections.abc import Iterator
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.game import Game
from mfg_imitation.solvers import population_values
from mfg_imitation.value import nash_imitation_gap, nash_imitation_gap_of

#: Steps along one path. Over 50 random games the median path took 24; one in ten took more than 200, or wound on.
PATH_STEPS = 60

#: Newton steps of one attempt; nearly all that arrived, in trials on random games, took fewer than 40.
NEWTON_STEPS = 50


class Polished(NamedTuple):
    """Best policy of an attempt, its exploitability, and the steps taken."""

    policy: Float[Array, "H S A"]
    exploitability: Float[Array, ""]
    steps: Int[Array, ""]


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


def project(y: Float[Array, "*batch A"]) -> Float[Array, "*batch A"]:
    """The point of the simplex that is nearest to y."""
    falling = -jnp.sort(-y, axis=-1)
    thresholds = (jnp.cumsum(falling, axis=-1) - 1) / jnp.arange(1, y.shape[-1] + 1)
    kept = jnp.sum(falling > thresholds, axis=-1, keepdims=True)
    return jnp.maximum(y - jnp.take_along_axis(thresholds, kept - 1, axis=-1), 0)


def search(game: Game, policy: Float[Array, "H S A"], unit: float, tolerance: float, seed: int) -> Iterator[Polished]:
    """Attempt after attempt, each yielded, to get below `tolerance`: endless, the caller decides when to stop.

    First the path from the uniform policy. Then paths from close to the end of the last and to the best policy, which
    are short. Then Newton steps from the best policy after a random change: some steps replaced, or its
    later part played one step sooner or later, which is how equilibria of epidemics differ from each other.
    """
    random = np.random.default_rng(seed)
    unit, tolerance = jnp.asarray(unit), jnp.asarray(tolerance)  # traced: other numbers compile nothing anew
    uniform = game.uniform_policy()
    found = follow_path(game, uniform, unit, tolerance)
    yield found
    best = min(Polished(policy, nash_imitation_gap(game, policy), jnp.asarray(0)), found, key=_exploitability)
    for share in (0.01, 0.05, 0.3, 0.01):
        for start in (found.policy, best.policy):
            found = follow_path(game, (1 - share) * start + share * uniform, unit, tolerance)
            yield found
            best = min(best, found, key=_exploitability)
    current, attempt = best, 0
    while True:
        start = current.policy if attempt == 0 else _changed(np.array(current.policy), random)
        found = newton(game, start, (5, 10, 2)[attempt % 3] / unit, tolerance)
        yield found
        slack = 0.5 * random.exponential() if attempt % 4 == 0 else 0.0
        if found.exploitability < current.exploitability * (1 + slack):
            current = found
        attempt += 1


def _exploitability(attempt: Polished) -> float:
    return float(attempt.exploitability)


def _changed(policy: np.ndarray, random: np.random.Generator) -> np.ndarray:
    horizon, n_states, n_actions = policy.shape
    for _ in range(random.integers(1, 3)):
        n = random.integers(horizon)
        match random.integers(3):
            case 0:
                policy = np.concatenate([policy[:n], policy[n + 1 :], policy[-1:]])
            case 1:
                policy = np.concatenate([policy[:n], policy[n : n + 1], policy[n:-1]])
            case _:
                steps = min(random.integers(1, 4), horizon - n)
                policy[n : n + steps] = random.dirichlet(np.full(n_actions, 0.5), (steps, n_states))
    return policy
