"""The descent behind every matching: the policy whose own population's occupancy has the least loss.

The gradient goes through the population, which is a mean-field *control* problem whose reward is the loss's own price
of every step, state and action. In a population that is given, with one imitator among experts, nothing goes through.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_positive, check_probabilities
from mfg_imitation.engine.control import through_population
from mfg_imitation.engine.flow import flow_of, occupancy
from mfg_imitation.engine.policies import mixture, pooled
from mfg_imitation.engine.recursion import backward
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, fitted
from mfg_imitation.imitation.ascent import Best, Descent, advance, apart, begin, strokes
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.frozen_game import FrozenGame
from mfg_imitation.imitation.matching import Loss, schedule
from mfg_imitation.names import ROUNDING

#: First step of the optimiser, in logits; it falls linearly to zero.
LEARNING_RATE = 0.1

#: Share of the uniform policy in every start.
EXPLORATION = 0.01

#: Iterations between two strokes of the progress bar.
CHUNK = 100


def least_loss(
    game: Game,
    target: Float[Array, "*batch H S A"],
    loss: Loss,
    population: Float[Array, "*#batch H S"] | None,
    starts: Float[Array, "starts *batch H S A"] | None,
    iterations: int,
    stationary: bool,
    tolerance: float,
    name: str,
) -> Imitation:
    """Minimise the loss between rho-hat and rho, each sample of a batch by itself; see `mfc_adv` for the arguments.

    Every start is run for all iterations, as the softness follows a fixed schedule, and the best policy met is kept by
    the loss itself; the starts are among them: what behavioral cloning makes of rho-hat, the uniform policy, and those
    handed in.

    Args:
        target: rho-hat, checked.
        population: the flow that drives the kernel, checked; a batch may lead it. None for the imitators' own.
        name: for the progress bar.

    Raises:
        InputError: `starts` has the wrong shape or does not hold probabilities; less than one iteration; a tolerance
            that is not above 0.
    """
    check_count("iterations", iterations)
    check_positive("tolerance", tolerance)
    policies = jnp.broadcast_to(game.uniform_policy(), (1, *target.shape))
    if starts is not None:
        starts = check_probabilities("starts", starts, game.policy_shape, batch=True)
        if starts.shape[1:] != target.shape:
            raise InputError(f"starts has shape {list(starts.shape)}, expected [starts, {str(list(target.shape))[1:]}")
        policies = jnp.concatenate([policies, starts])
    targets = target.reshape(-1, *game.policy_shape)
    policies = policies.reshape(len(policies), *targets.shape)

    def search(game, targets, policies):
        joints = jnp.concatenate([targets[None], occupancy(game, policies)])
        state = apart(_begin(game, targets, joints, loss, stationary))
        del joints
        for first, end in strokes(iterations, CHUNK, name):
            state = _advance((game, targets, loss, stationary, first, end, jnp.asarray(iterations)), state)
            jax.block_until_ready(state)
        return _best(game, targets, state.best, loss, stationary)

    if population is None or population.ndim == 2:
        best = search(game if population is None else FrozenGame(game, population), targets, policies)
    else:  # one after the other: rounding, and so where a fit ends, would depend on who shares the batch
        flows = enumerate(population.reshape(targets.shape[:-1]))
        found = [search(FrozenGame(game, flow), targets[i : i + 1], policies[:, i : i + 1]) for i, flow in flows]
        best = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *found)
    policy, value, certificate, steps = (leaf.reshape(*target.shape[:-3], *leaf.shape[1:]) for leaf in best)
    status = np.where(np.asarray(certificate) <= tolerance, "stationary", "iteration limit")
    return fitted(policy, value, status, steps, certificate)


@eqx.filter_jit
def _begin(game, targets, joints, loss, stationary) -> Descent:
    """One state for every start (first axis) and sample.

    A start is mixed with a little of the uniform policy, as an action of probability 0 would stay at 0; what it is
    worth unmixed is what a fit has to beat.
    """

    def one(target, joint):
        free = pooled(game, joint)
        start = cloned_policy(free.sum(axis=0, keepdims=True) if stationary else free)
        policy = jnp.broadcast_to(start, target.shape)
        value = loss.value(flow_of(game, policy)[..., None] * policy, target)
        explored = mixture(start, jnp.full_like(start, 1 / start.shape[-1]), jnp.array([EXPLORATION]))
        return begin(jnp.log(explored), value, policy)

    return jax.vmap(lambda joints: jax.vmap(one)(targets, joints))(joints)


@eqx.filter_jit(donate="all-except-first")  # of a large game a state is gigabytes: the next one takes its place
def _advance(problem, state) -> Descent:
    game, targets, loss, stationary, first, end, iterations = problem

    def run(target, state):
        def look(logits, iteration, done):
            policy = jnp.broadcast_to(jax.nn.softmax(logits), target.shape)
            flow = flow_of(game, policy)
            rho = flow[..., None] * policy
            f, _ = loss.support(rho, target, schedule(done))
            _, q = through_population(game, policy, flow, lambda n, mu: f[n])
            # The advantage without the weight of its state (the natural gradient): a state moves though few are there.
            gradient = q - jnp.sum(policy * q, axis=-1, keepdims=True)
            if game.alike is not None:
                weight = pooled(game, flow[..., None])
                gradient = pooled(game, flow[..., None] * gradient) / jnp.maximum(weight, jnp.finfo(float).tiny)
                flow = weight[..., 0]
            if stationary:
                weight = flow / jnp.maximum(flow.sum(axis=0), jnp.finfo(float).tiny)
                gradient = jnp.sum(weight[..., None] * gradient, axis=0, keepdims=True)
            return loss.value(rho, target), gradient, policy

        return advance(look, state, first, end, iterations, LEARNING_RATE)

    return jax.vmap(lambda state: jax.vmap(run)(targets, state))(state)


@eqx.filter_jit
def _best(game, targets, best: Best, loss, stationary):
    """Of every sample, the best of all starts, with its certificate; the first of those that rounding makes differ."""
    least = best.value.min(axis=0)
    first = jnp.argmax(best.value <= least + ROUNDING * jnp.abs(least), axis=0)
    best = jax.tree.map(lambda leaf: leaf[first, jnp.arange(first.size)], best)
    certificate = jax.vmap(lambda *one: _certificate(game, *one, loss, stationary))
    return best.kept, best.value, certificate(best.kept, targets), best.iteration


def _certificate(game, policy, target, loss, stationary) -> Float[Array, ""]:
    """`Imitation.certificate`: the least of a bound that holds for the prices of every softness.

    The loss of pi' is at least that of pi, less what the prices f gave away, plus <f, rho^pi' - rho^pi>. How far that
    product can fall is exact when the population does not act on the kernel, else of first order: `e` is what an
    agent can save, at best, in the frozen population of pi, its push on everyone included.
    """
    flow = flow_of(game, policy)
    rho = flow[..., None] * policy

    def bound(softness):
        f, given_away = loss.support(rho, target, softness)
        _, q = through_population(game, policy, flow, lambda n, mu: f[n])
        if stationary:
            weighted = jnp.sum(flow[..., None] * (jnp.sum(policy * q, axis=-1, keepdims=True) - q), axis=0)
            return given_away + weighted.max(axis=-1).sum()

        def step(e, inputs):
            n, mu, pi, q = inputs
            return (q + game.pull_back(n, mu, e)).min(axis=-1) - jnp.sum(pi * q, axis=-1), None

        e, _ = backward(game, step, flow, policy, q)
        return given_away - game.initial @ e

    return jnp.min(jax.lax.map(bound, loss.softnesses()))
