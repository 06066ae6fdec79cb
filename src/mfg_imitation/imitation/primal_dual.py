"""The adversarial game of vanilla-ADV: a reward player against a policy player, in a population that is given.

min over pi of max over f of sum over n of <f_n, rho-hat_n - rho^{pi,E}_n>, where the reward player is bounded by
|f_n| <= 1 for the sum objective, and by sum over n of max |f_n| <= 1 for the max objective (paper, Eq. 17 as an
integral probability metric). In the occupancies the game is bilinear.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import agent_flow_of
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.engine.recursion import backward
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, fitted
from mfg_imitation.imitation.ascent import apart
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.matching import occupancy_distance
from mfg_imitation.imitation.progress import progress

#: Mass below which a state counts as not reached: the linear program's and the float's rounding.
UNREACHED = 1e-9

#: A product of two steps below which it says nothing about how long steps may be.
ROUNDING = 1e-14

#: Iterations between two measurements of the suboptimality, where the game may start afresh from its averages.
CHECK_EVERY = 100


def solve_saddle(
    game: Game,
    target: Float[Array, "H S A"],
    population: Float[Array, "H S"],
    objective: str,
    iterations: int,
    tolerance: float,
) -> Imitation:
    """Primal-dual mirror descent (Chambolle and Pock 2016, On the ergodic convergence rates...), restarted at averages.

    The reward player takes a projected gradient step. The policy player answers by the soft best response
    pi <- argmax over pi of eta <f, rho^pi> - sum over n of E KL(pi_n | old pi_n), exactly, by one backward induction:
    a mirror step in the occupancies. Step sizes adapt to what the two steps were (as in PDLP, Applegate et al. 2021).
    The averages of both players are measured: their distance from above, and from below what the best response to
    the average reward leaves: that is the certificate of suboptimality. Behavioral cloning counts as a result: where
    the demonstrations are clean no average is as good. Unchecked arguments, see `vanilla_adv`.
    """
    largest = objective == "max"
    state = apart(_begin(game, target, population, game.uniform_policy()))
    best, done = _measure(game, target, population, largest, state), 0
    bound = float(best.bound)
    restart_gap = float(best.value) - bound
    cloned = _cloned(game, target, population, largest, bound)
    best = cloned if cloned.value < best.value else best
    with progress(iterations, "vanilla-ADV") as bar:
        while float(best.value) - bound > tolerance and done < iterations:
            state = _chunk((game, target, population, largest), state)
            done += CHECK_EVERY
            bar.update(CHECK_EVERY)
            found = _measure(game, target, population, largest, state)
            bound = max(bound, float(found.bound))
            best = found if found.value < best.value else best
            bar.set_postfix_str(f"at most {float(best.value) - bound:.1e} above the least")
            gap = float(found.value - found.bound)
            if gap < 0.5 * restart_gap:
                restart_gap = gap
                state = apart(_restart(game, target, population, state, found.policy))
    gap = max(float(best.value) - bound, 0.0)
    status = "optimal" if gap <= tolerance else "iteration limit"
    return fitted(best.policy, float(best.value), status, done, gap)


def reached_policy(rho: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The policy behind an occupancy that a solver found; uniform in states that it does not reach."""
    return policy_of_occupancy(jnp.maximum(rho, 0), unreached=UNREACHED)


class _State(NamedTuple):
    """Both players, how far they look ahead, and their sums since the last restart, weighted by step size."""

    log_policy: Float[Array, "H S A"]
    rho: Float[Array, "H S A"]
    ahead: Float[Array, "H S A"]  # rho, extrapolated
    reward: Float[Array, "H S A"]
    step: Float[Array, ""]
    weight: Float[Array, ""]  # of the policy's step against the reward's
    begin: tuple[Float[Array, "H S A"], Float[Array, "H S A"]]  # policy (log) and reward at the last restart
    sums: tuple[Float[Array, "H S A"], Float[Array, "H S A"], Float[Array, ""]]
    count: Float[Array, ""]


class _Measured(NamedTuple):
    policy: Float[Array, "H S A"]
    value: Float[Array, ""]
    bound: Float[Array, ""]


def _begin(game, target, population, policy, reward=None, step=1.0, weight=1.0) -> _State:
    rho = agent_flow_of(game, policy, population)[..., None] * policy
    reward = jnp.zeros_like(target) if reward is None else reward
    log_policy = jnp.log(jnp.maximum(policy, 1e-300))
    # Typed as what follows from them, else every program is compiled again for the second state.
    step, weight, one, none = (jnp.asarray(number, float) for number in (step, weight, 1, 0))
    return _State(log_policy, rho, rho, reward, step, weight, (log_policy, reward), (rho, reward, one), none)


@eqx.filter_jit
def _restart(game, target, population, state, policy) -> _State:
    reward = state.sums[1] / state.sums[2]
    start = _begin(game, target, population, policy, reward, state.step)
    # Both players should have the same way to go: as far as they came since the last restart.
    way = jnp.sqrt(2 * jnp.sum(start.rho * jnp.maximum(start.log_policy - state.begin[0], -50)))
    other = jnp.linalg.norm(reward - state.begin[1])
    balanced = jnp.sqrt(state.weight * jnp.clip(way / other, 1e-3, 1e3))
    return start._replace(weight=jnp.where((way > 0) & (other > 0), balanced, state.weight))


@eqx.filter_jit(donate="all-except-first")  # of a large game a state is gigabytes: the next one takes its place
def _chunk(problem, state) -> _State:
    game, target, population, largest = problem

    def iterate(_, state):
        raised = state.reward + state.step / state.weight * (target - state.ahead)
        reward = _project(raised) if largest else jnp.clip(raised, -1, 1)
        log_policy = _soft_response(game, population, state.log_policy, state.step * state.weight * reward)
        policy = jnp.exp(log_policy)
        rho = agent_flow_of(game, policy, population)[..., None] * policy
        shift = log_policy - state.log_policy
        divergence = jnp.sum(rho * jnp.maximum(shift + jnp.expm1(-shift), 0))  # KL, in a form that rounds to >= 0
        change = reward - state.reward
        moved = divergence / state.weight + state.weight * jnp.sum(change**2) / 2
        crossed = jnp.abs(jnp.sum(change * (rho - state.rho)))
        longest = jnp.where(crossed > ROUNDING, moved / jnp.maximum(crossed, ROUNDING), jnp.inf)
        count = state.count + 1
        step = jnp.minimum((1 - (count + 1) ** -0.3) * longest, (1 + (count + 1) ** -0.6) * state.step)
        sums = tuple(s + state.step * x for s, x in zip(state.sums, (rho, reward, 1.0), strict=True))
        sums = jax.tree.map(lambda s, x: jnp.where(count == 1, state.step * x, s), sums, (rho, reward, 1.0))
        taken = state._replace(
            log_policy=log_policy, rho=rho, ahead=2 * rho - state.rho, reward=reward, sums=sums, count=count, step=step
        )
        refused = state._replace(count=count, step=step)
        return jax.tree.map(lambda new, old: jnp.where(state.step <= longest, new, old), taken, refused)

    return jax.lax.fori_loop(0, CHECK_EVERY, iterate, state)


def _soft_response(game, population, log_policy, reward) -> Float[Array, "H S A"]:
    def back(value, inputs):
        n, log_pi, r, mu = inputs
        q = log_pi + r + game.pull_back(n, mu, value)
        value = jax.nn.logsumexp(q, axis=-1)
        return value, q - value[:, None]

    return backward(game, back, log_policy, reward, population)[1]


@eqx.filter_jit
def _cloned(game, target, population, largest, bound) -> _Measured:
    """Behavioral cloning, and what it is worth."""
    policy = cloned_policy(target)
    reached = agent_flow_of(game, policy, population)[..., None] * policy
    return _Measured(policy, occupancy_distance(target, reached, "max" if largest else "sum"), jnp.asarray(bound))


@eqx.filter_jit
def _measure(game, target, population, largest, state) -> _Measured:
    """The averages: what the policy's is worth, and what the reward's leaves to the best response."""
    rho, reward = state.sums[0] / state.sums[2], state.sums[1] / state.sums[2]

    def back(value, inputs):
        n, r, mu = inputs
        return jnp.max(r + game.pull_back(n, mu, value), axis=-1), None

    earned = game.initial @ backward(game, back, reward, population)[0]
    policy = reached_policy(rho)
    reached = agent_flow_of(game, policy, population)[..., None] * policy
    value = occupancy_distance(target, reached, "max" if largest else "sum")
    return _Measured(policy, value, jnp.sum(reward * target) - earned)


def _project(reward: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The nearest point with sum over n of max |f_n| <= 1.

    It clips every f_n at some w_n >= 0, all of which cut off the same sum of excesses x (unless w_n = 0). With c_j
    the sum of the j largest |f_n|, w_n(x) = max over j of (c_j - x) / j: convex and falling, so that Newton's method
    from x = 0 rises to the x where the w_n sum to 1, and never beyond.
    """
    size = jnp.abs(reward).reshape(len(reward), -1)
    sums = jnp.cumsum(-jnp.sort(-size, axis=-1), axis=-1)
    ranks = jnp.arange(1, sums.shape[-1] + 1)

    def newton(_, x):
        levels = (sums - x) / ranks
        w = levels.max(axis=-1)
        slope = jnp.sum(jnp.where(w > 0, 1 / ranks[jnp.argmax(levels, axis=-1)], 0))
        return x + jnp.maximum(jnp.sum(jnp.maximum(w, 0)) - 1, 0) / jnp.where(slope > 0, slope, 1)

    x = jax.lax.fori_loop(0, 30, newton, jnp.zeros(()))
    w = jnp.maximum(jnp.max((sums - x) / ranks, axis=-1), 0)[:, None, None]
    return jnp.clip(reward, -w, w)
