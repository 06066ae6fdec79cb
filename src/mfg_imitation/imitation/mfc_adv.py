"""MFC-ADV: the policy whose own population looks like the demonstrations (paper, Section 4.3).

minimise over pi   F(pi) = sum over n, or max over n, of |rho_hat_n - rho^pi_n|,   rho^pi the occupancy that everybody
playing pi creates. The paper leaves an algorithm to future work; this one is adversarial. A reward player prices every
state and action with f_n(s, a) in [-1, 1], at best the sign of rho^pi - rho_hat; the policy player then has a
mean-field *control* problem, to pay less for <f, rho^pi>, whose gradient goes through the population. Signs jump, so
the reward player is softened: f = d / sqrt(d^2 + eps^2) maximises f d + eps sqrt(1 - f^2), and the maximum over steps
is the soft weight exp(|d_n| / tau) of every step. Both are sharpened as the fit goes on; a large tau weighs all steps
alike, so the max objective begins as the sum.
"""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_positive, check_probabilities, checked
from mfg_imitation.engine.control import through_population
from mfg_imitation.engine.flow import flow_of, occupancy
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.recursion import backward
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, fitted
from mfg_imitation.imitation.ascent import Best, Descent, advance, begin, strokes
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.matching import check_objective, prices, schedule, total

#: First step of the optimiser, in logits; it falls linearly to zero.
LEARNING_RATE = 0.1

#: Share of the uniform policy in every start.
EXPLORATION = 0.01

#: Iterations between two strokes of the progress bar.
CHUNK = 100


@algorithm(
    "mfc_adv",
    "MFC-ADV",
    summary="matches the occupancies of the demonstrations in the population that the imitator itself creates",
    starts_from=("vanilla_adv",),
    needs=("kernel",),
)
@checked
def mfc_adv(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    starts: Float[Array, "starts *batch H S A"] | None = None,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    tolerance: float = 1e-2,
) -> Imitation:
    """Fit a policy whose population looks like the demonstrations; knows the kernel, never looks at the reward.

    The problem is not convex. Every start is run for all iterations, as the softness follows a fixed schedule, and the
    best policy met is kept by the training objective F itself; the starts are among them.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); a batch may lead either, of
            samples say; each is fitted by itself.
        objective: "sum" or "max" over the steps.
        starts: policies to start from for every sample, beside what behavioral cloning makes of it and the uniform
            policy. States that the start's own population does not reach start uniform.
        iterations: steps from each start.
        stationary: fit one pi(a | s) for all steps.
        tolerance: bound on the certificate, in the unit of the objective.

    Returns:
        The best fit. Its objective F is a sum over steps of 1-norms, in [0, 2 H], or their maximum, in [0, 2]. Its
        certificate bounds how much F would still fall, to first order, if part of the population changed to the best
        other policy (in the stationary class: if the one policy changed); where the kernel does not depend on the
        population the problem is convex, and the bound holds for all policies (not in the stationary class). Its
        status is "stationary" where the certificate met the tolerance, else "iteration limit".

    Raises:
        InputError: `demonstrations` or `starts` has the wrong shape or does not hold probabilities; an unknown
            objective; less than one iteration; a tolerance that is not above 0.
    """
    target = occupancy_to_fit(demonstrations, game)
    check_objective(objective)
    check_count("iterations", iterations)
    check_positive("tolerance", tolerance)
    batch = target.shape[:-3]
    joints = [target[None], jnp.broadcast_to(occupancy(game, game.uniform_policy()), (1, *target.shape))]
    if starts is not None:
        starts = check_probabilities("starts", starts, game.policy_shape, batch=True)
        if starts.shape[1:] != target.shape:
            raise InputError(f"starts has shape {list(starts.shape)}, expected [starts, {str(list(target.shape))[1:]}")
        joints.append(occupancy(game, starts))
    flat = (-1, *game.policy_shape)
    joints = jnp.concatenate(joints)
    joints = joints.reshape(joints.shape[0], *target.reshape(flat).shape)
    targets, total_steps = target.reshape(flat), jnp.asarray(iterations)
    state = _begin(game, targets, joints, objective, stationary)
    for first, end in strokes(iterations, CHUNK, "MFC-ADV"):
        state = _advance(game, targets, state, first, end, total_steps, objective, stationary)
        jax.block_until_ready(state)
    best = _best(game, targets, state.best, objective, stationary)
    policy, value, certificate, steps = (leaf.reshape(*batch, *leaf.shape[1:]) for leaf in best)
    status = np.where(np.asarray(certificate) <= tolerance, "stationary", "iteration limit")
    return fitted(policy, value, status, steps, certificate)


@eqx.filter_jit
def _begin(game, targets, joints, objective, stationary) -> Descent:
    """One state for every start (first axis) and sample.

    A start is mixed with a little of the uniform policy, as an action of probability 0 would stay at 0; what it is
    worth unmixed is what a fit has to beat.
    """

    def one(target, joint):
        start = cloned_policy(joint.sum(axis=0, keepdims=True) if stationary else joint)
        policy = jnp.broadcast_to(start, target.shape)
        value = total(flow_of(game, policy)[..., None] * policy - target, objective)
        explored = mixture(start, jnp.full_like(start, 1 / start.shape[-1]), jnp.array([EXPLORATION]))
        return begin(jnp.log(explored), value, policy)

    return jax.vmap(lambda joints: jax.vmap(one)(targets, joints))(joints)


@eqx.filter_jit
def _advance(game, targets, state, first, end, iterations, objective, stationary) -> Descent:
    def run(target, state):
        def look(logits, iteration, done):
            policy = jnp.broadcast_to(jax.nn.softmax(logits), target.shape)
            flow = flow_of(game, policy)
            difference = flow[..., None] * policy - target
            f = prices(difference, objective, schedule(done))
            _, q = through_population(game, policy, flow, lambda n, mu: f[n])
            # The advantage without the weight of its state (the natural gradient): a state moves though few are there.
            gradient = q - jnp.sum(policy * q, axis=-1, keepdims=True)
            if stationary:
                weight = flow / jnp.maximum(flow.sum(axis=0), jnp.finfo(float).tiny)
                gradient = jnp.sum(weight[..., None] * gradient, axis=0, keepdims=True)
            return total(difference, objective), gradient, policy

        return advance(look, state, first, end, iterations, LEARNING_RATE)

    return jax.vmap(lambda state: jax.vmap(run)(targets, state))(state)


@eqx.filter_jit
def _best(game, targets, best: Best, objective, stationary):
    """Of every sample, the best of all starts, with its certificate."""
    first = jnp.argmin(best.value, axis=0)
    best = jax.tree.map(lambda leaf: leaf[first, jnp.arange(first.size)], best)
    certificate = jax.vmap(lambda policy, target: _certificate(game, policy, target, objective, stationary))
    return best.kept, best.value, certificate(best.kept, targets), best.iteration


def _certificate(game, policy, target, objective, stationary) -> Float[Array, ""]:
    """`Imitation.certificate`: the least of a bound that holds for the prices of every softness.

    For any prices f of the reward player (weights of the steps included), F(pi') >= <f, rho^pi' - rho_hat>. So F can
    fall below F(pi) by no more than F(pi) - <f, rho^pi - rho_hat>, what the reward player gave away, plus the most
    that <f, rho^pi'> can be below <f, rho^pi>. The latter is exact when the population does not act on the kernel,
    else of first order: `e` is what an agent can save, at best, in the frozen population of pi, its push on
    everyone included.
    """
    flow = flow_of(game, policy)
    difference = flow[..., None] * policy - target

    def bound(softness):
        f = prices(difference, objective, softness)
        _, q = through_population(game, policy, flow, lambda n, mu: f[n])
        given_away = total(difference, objective) - jnp.sum(f * difference)
        if stationary:
            weighted = jnp.sum(flow[..., None] * (jnp.sum(policy * q, axis=-1, keepdims=True) - q), axis=0)
            return given_away + weighted.max(axis=-1).sum()

        def step(e, inputs):
            n, mu, pi, q = inputs
            return (q + game.pull_back(n, mu, e)).min(axis=-1) - jnp.sum(pi * q, axis=-1), None

        e, _ = backward(game, step, flow, policy, q)
        return given_away - game.initial @ e

    signs, steps = jnp.meshgrid(jnp.logspace(-1, -7, 13), jnp.logspace(0, -6, 13 if objective == "max" else 1))
    return jnp.min(jax.lax.map(bound, (signs.ravel(), steps.ravel())))
