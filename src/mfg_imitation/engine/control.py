"""Mean-field control: what a population could earn if it acted as one (paper, Definition 6)."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_count, check_positive, check_probabilities, check_seed, checked
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.recursion import backward
from mfg_imitation.engine.value import reward_range
from mfg_imitation.games.game import Game
from mfg_imitation.names import ROUNDING


class SocialOptimum(NamedTuple):
    """The best policy found for the whole population; a local optimum, as the problem is not concave.

    Attributes:
        policy: pi_n(a | s), shape [H, S, A].
        value: V(pi, mu^pi), in the game's unit of reward over the horizon.
        stationarity: sum over n, s of mu_n(s) max_a (Q_n(s, a) - sum_b pi_n(b|s) Q_n(s, b)) >= 0, with Q the gradient
            through the population: how much a first-order change of the policy still promises.
        iterations: steps taken from the start that won.
        status: "stationary" when `stationarity` met the tolerance, else "iteration limit"; "not finite" where the
            gradient was not.
    """

    policy: Float[Array, "H S A"]
    value: float
    stationarity: float
    iterations: int
    status: str


@checked(noise="taken")
def social_optimum(
    game: Game,
    starts: Float[Array, "starts H S A"] | None = None,
    *,
    n_random_starts: int = 6,
    seed: int = 0,
    iterations: int = 3000,
    tolerance: float | None = None,
) -> SocialOptimum:
    """Maximise V(pi, mu^pi) over policies by mirror ascent with the exact gradient through the population.

    The step size grows while the value rises and is halved when it would fall, so the value never falls.

    Args:
        starts: policies to start from, beside the uniform and the random ones. They are moved a little towards the
            uniform policy, as an action of probability 0 would stay at 0; unmoved, they count as results.
        n_random_starts: number of policies drawn from Dirichlet(1, ..., 1) with `seed`.
        iterations: at most so many steps from each start.
        tolerance: bound on `SocialOptimum.stationarity` at which a start is done, in units of reward over the horizon;
            None for `ROUNDING` of the reward's range times the horizon.

    Raises:
        InputError: `starts` has the wrong shape or does not hold policies; a negative number of starts.
    """
    uniform = game.uniform_policy()
    check_count("n_random_starts", n_random_starts, 0)
    check_seed(seed)
    check_count("iterations", iterations, 0)
    if tolerance is None:
        tolerance = ROUNDING * float(reward_range(game)) * game.horizon
    check_positive("tolerance", tolerance)
    weights = np.ones(len(game.actions))
    random = jnp.asarray(np.random.default_rng(seed).dirichlet(weights, (n_random_starts, *uniform.shape[:2])))
    candidates = [uniform[None], random]
    if starts is not None:
        starts = check_probabilities("starts", starts, game.policy_shape, batch=True).reshape(-1, *uniform.shape)
        candidates.append(mixture(starts, uniform, jnp.full(1, 0.1)))
        candidates.append(starts)
    n_unmoved = 0 if starts is None else len(starts)
    candidates = jnp.concatenate(candidates)
    steps = np.where(np.arange(len(candidates)) < len(candidates) - n_unmoved, iterations, 0)
    best = _ascend(game, candidates, jnp.asarray(steps), jnp.asarray(tolerance))
    stationarity = float(best.stationarity)
    met = "stationary" if stationarity <= tolerance else "iteration limit"
    return SocialOptimum(
        policy=jax.nn.softmax(best.logits),
        value=float(best.value),
        stationarity=stationarity,
        iterations=int(best.iteration),
        status="not finite" if np.isnan(stationarity) else met,
    )


class ControlGradient(NamedTuple):
    """Value of a policy played by everyone, and its gradient through the population.

    Attributes:
        value: V(pi, mu^pi).
        flow: mu^pi.
        q: Q_n(s, a), what a unit of mass at (s, a) at step n adds to the value, its push on everyone later included;
            the derivative of the value with respect to pi_n(a | s) is mu_n(s) Q_n(s, a).
    """

    value: Float[Array, ""]
    flow: Float[Array, "H S"]
    q: Float[Array, "H S A"]


def control_gradient(game: Game, policy: Float[Array, "H S A"]) -> ControlGradient:
    """`ControlGradient` of one policy, by the adjoint recursion of the population; unchecked, for traced code.

    The adjoint lambda_n(s) is the derivative of everything earned from step n on with respect to mu_n(s); the agent's
    own backward induction is what remains of it when the terms in dP/dmu and dr/dmu are dropped.
    """
    flow = flow_of(game, policy)
    values, q = through_population(game, policy, flow, game.reward)
    return ControlGradient(values.sum(), flow, q)


def through_population(
    game: Game, policy: Float[Array, "H S A"], flow: Float[Array, "H S"], reward: Callable
) -> tuple[Float[Array, " H"], Float[Array, "H S A"]]:
    """What a population earns at every step, and `ControlGradient.q`, for any reward (n, mu) -> [S, A].

    Args:
        flow: mu^pi, the population's own.
    """

    def step(adjoint, inputs):
        n, pi, mu = inputs

        def earned(mu):
            q = reward(n, mu) + game.pull_back(n, mu, adjoint)
            return jnp.sum(mu[:, None] * pi * q), q

        adjoint, q = jax.grad(earned, has_aux=True)(mu)
        value = jnp.sum(mu[:, None] * pi * reward(n, mu))
        return adjoint, (value, q)

    return backward(game, step, policy, flow)[1]


class _State(NamedTuple):
    logits: Float[Array, "H S A"]
    value: Float[Array, ""]
    q: Float[Array, "H S A"]
    stationarity: Float[Array, ""]
    step_size: Float[Array, ""]
    iteration: Int[Array, ""]


@eqx.filter_jit
def _ascend(game, starts, iterations, tolerance) -> _State:
    """The best of the ends of all starts."""

    def look(state):
        first = state.iteration < 0  # at the start itself: what looks is compiled once, for it and for all steps
        moved = jax.nn.log_softmax(state.logits + state.step_size * state.q)
        logits = jnp.where(first, state.logits, moved)
        policy = jax.nn.softmax(logits)
        value, flow, q = control_gradient(game, policy)
        promise = jnp.sum(flow * (q.max(axis=-1) - jnp.sum(policy * q, axis=-1)))
        better = first | (value >= state.value)
        taken = _State(logits, value, q, promise, 1.5 * state.step_size, state.iteration + 1)
        refused = state._replace(step_size=0.5 * state.step_size, iteration=state.iteration + 1)
        return jax.tree.map(lambda new, old: jnp.where(better, new, old), taken, refused)

    def run(start, iterations):
        def unfinished(state):
            return (state.stationarity > tolerance) & (state.iteration < iterations)

        logits = jnp.log(start)
        # The first step from there is of size 1: looking lets the size grow.
        unseen = _State(logits, -jnp.inf, jnp.zeros_like(logits), jnp.inf, 1 / 1.5, -1)
        return jax.lax.while_loop(unfinished, look, jax.tree.map(jnp.asarray, unseen))

    ends = jax.vmap(run)(starts, iterations)
    return jax.tree.map(lambda leaf: leaf[jnp.nanargmax(ends.value)], ends)
