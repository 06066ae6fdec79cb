"""The likelihood of trajectories whose labels are noisy: which action was possible, given where the player went next.

An action A_n ~ pi_n(. | S_n) moves the player by the kernel and is recorded as A'_n ~ C(. | A_n): with probability
1 - kappa as it was, else as any of the actions. Occupancies keep only the labels; trajectories also show which actions
lead where the player went. The policy and kappa are found by expectation and maximisation over the actions that were
played, in closed form on the counts of equal records. Ours; it never sees the reward.

Where two actions lead to the same places the likelihood cannot tell noise from mixing. A sparse prior (Dirichlet with
parameter 0) then decides for the policy that needs fewer actions: one expected record is taken from every action, but
for those without which a record could not be explained.
"""

from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import (
    check_choice,
    check_count,
    check_positive,
    check_probabilities,
    check_probability,
    checked,
)
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import algorithm, fitted
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, empirical_occupancy
from mfg_imitation.imitation.records import Records, grouped, likely, spread

#: Where kappa begins, and the share of the uniform policy in the first policy: an action of probability 0 stays at 0.
FIRST_NOISE, EXPLORATION = 0.1, 0.1

#: What an action keeps at least of the records of a state, to be part of its policy under the sparse prior.
ONE = 1.0


class LikelihoodFit(NamedTuple):
    """A policy fitted to noisy labels; of a batch of demonstrations, every field leads with the batch.

    Attributes:
        policy, objective, status, iterations, certificate: as of `Imitation`, the objective in nats per trajectory.
        label_noise: kappa, the share of the recorded actions that were drawn at random, found or given; with a full
            confusion matrix the share of labels that are not what was played.
        confusion: C(a' | a), how an action a is recorded, [A, A] with a' on the last axis.
        impossible: how many records no action explains, as the kernel forbids the move.
    """

    policy: Float[Array, "*batch H S A"]
    objective: float | Float[Array, "*batch"]
    status: str | np.ndarray
    iterations: int | Int[Array, "*batch"]
    certificate: float | Float[Array, "*batch"]
    label_noise: float | Float[Array, "*batch"]
    confusion: Float[Array, "*batch A A"]
    impossible: int | Int[Array, "*batch"]


@algorithm(
    "likelihood",
    "likelihood",
    summary="makes the recorded trajectories most likely, labels with an unknown share of noise and moves together",
    needs=("kernel", "population", "transitions"),
)
@checked
def trajectory_likelihood(
    demonstrations: Demonstrations,
    game: Game,
    population: Float[Array, "H S"] | None = None,
    label_noise: Literal["estimate", "confusion"] | float = "estimate",
    sparse: bool = True,
    *,
    stationary: bool = False,
    tolerance: float = 1e-6,
    max_iterations: int = 5000,
) -> LikelihoodFit:
    """Maximise sum over records of log sum over a of pi_n(a|s) C(a'|a) P_n(s'|s,a,mu_n), P left out at the last step.

    Where the simpler account, behavioral cloning without noise, is the better one for its number of parameters (by
    Schwarz's criterion: half a log M for each action that a state's policy plays, and for kappa), it is returned, with
    kappa 0. In states that were not visited the policy is uniform.

    Args:
        demonstrations: trajectories; a batch may lead, of samples say, each is fitted by itself.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        label_noise: kappa, in [0, 1], where it is known; "estimate" finds it, "confusion" finds a matrix C(a' | a),
            alike at all steps and in all states.
        sparse: whether the sparse prior decides what the likelihood does not.
        stationary: one policy for all steps.
        tolerance: largest change of a probability, in an iteration, at which the fit is done.
        max_iterations: at most so many.

    Returns:
        The fit. Its objective is the mean over the trajectories of minus the log-likelihood, in nats, of the records
        that are possible. Its certificate bounds by how much the objective of any policy is lower at the same noise
        (the problem is then concave), what the sparse prior gives up included. Its status is "converged", "iteration
        limit", or "closed form" where it is behavioral cloning.

    Raises:
        InputError: the demonstrations or the population are not of this game, or a setting is out of its range.
    """
    check_demonstrations(demonstrations, game)
    check_positive("tolerance", tolerance)
    check_count("max_iterations", max_iterations)
    if isinstance(label_noise, str):
        check_choice("label_noise", label_noise, ("estimate", "confusion"))
    else:
        check_probability("label_noise", label_noise)
    if population is not None:
        population = check_probabilities("population", population, game.policy_shape[:2])
    occupancy = empirical_occupancy(demonstrations, game)
    batch = occupancy.shape[:-3]
    flat = (-1, *game.policy_shape)
    flows = occupancy.reshape(flat).sum(axis=-1)
    flows = flows if population is None else jnp.broadcast_to(population, flows.shape)
    cloned = cloned_policy(occupancy.reshape(flat), stationary=stationary)
    records = grouped(demonstrations, game, stationary)
    possible = likely(game, records, flows)
    n_trajectories = float(demonstrations.states.shape[-2])
    given = jnp.asarray(FIRST_NOISE if isinstance(label_noise, str) else label_noise, float)
    mode = label_noise if isinstance(label_noise, str) else "given"
    found = _fit(
        records, possible, given, mode, sparse, jnp.asarray(tolerance), jnp.asarray(max_iterations), n_trajectories
    )
    policy = spread(game, records, found.policy, stationary)
    plain = found.plain
    policy = jnp.where(plain[:, None, None, None], cloned, policy)
    met = np.where(np.asarray(found.change) <= tolerance, "converged", "iteration limit")
    status = np.where(np.asarray(plain), "closed form", met)
    leaves = (
        policy,
        found.objective,
        found.certificate,
        found.iterations,
        found.noise,
        found.confusion,
        found.impossible,
    )
    shaped = [leaf.reshape((*batch, *leaf.shape[1:])) for leaf in leaves]
    policy, objective, certificate, iterations, noise, confusion, impossible = shaped
    fit = fitted(policy, objective, status.reshape(batch), iterations, certificate)
    if not batch:
        noise, impossible = float(noise), int(impossible)
    return LikelihoodFit(*fit, noise, confusion, impossible)


class _Found(NamedTuple):
    policy: Float[Array, "batch cells A"]
    confusion: Float[Array, "batch A A"]
    noise: Float[Array, " batch"]
    change: Float[Array, " batch"]
    iterations: Int[Array, " batch"]
    objective: Float[Array, " batch"]
    certificate: Float[Array, " batch"]
    plain: Array
    impossible: Int[Array, " batch"]


class _State(NamedTuple):
    policy: Float[Array, "cells A"]
    confusion: Float[Array, "A A"]
    noise: Float[Array, ""]
    change: Float[Array, ""]
    iteration: Int[Array, ""]


def uniform_noise(noise, n_actions) -> Float[Array, "A A"]:
    return (1 - noise) * jnp.eye(n_actions) + noise / n_actions


@eqx.filter_jit
def _fit(records: Records, possible, given, mode, sparse, tolerance, max_iterations, n_trajectories) -> _Found:
    def one(sample) -> _Found:
        records, possible = sample
        n_actions = possible.shape[-1]
        explained = possible.max(axis=-1) > 0
        weight = jnp.where(explained, records.count, 0.0)
        cells = records.cells.shape[0]

        def summed(values):
            return jax.ops.segment_sum(values, records.cell, cells)

        labels = jax.nn.one_hot(records.action, n_actions)
        recorded = summed(labels * records.count[:, None])
        visits = recorded.sum(axis=-1, keepdims=True)
        shares = policy_of_occupancy
        clone = shares(recorded)

        def joint(policy, confusion):
            """Of every record and action: the probability that it was played, recorded so, and led there."""
            return policy[records.cell] * confusion[:, records.action].T * possible

        def step(state: _State) -> _State:
            together = joint(state.policy, state.confusion)
            total = jnp.maximum(together.sum(axis=-1, keepdims=True), jnp.finfo(float).tiny)
            share = together / total * weight[:, None]
            expected = summed(share)
            policy = shares(expected)
            if sparse:
                kept = jnp.maximum(expected - ONE, 0)
                most = expected == expected.max(axis=-1, keepdims=True)
                kept = jnp.where(most & (kept.sum(axis=-1, keepdims=True) == 0), expected, kept)
                lost = (weight > 0) & (joint(shares(kept), state.confusion).sum(axis=-1) == 0)
                needed = summed((lost[:, None] & (possible > 0)).astype(float)) > 0
                policy = shares(jnp.where(needed, expected, kept))
            noise, confusion = state.noise, state.confusion
            if mode == "estimate":
                drawn = state.noise / n_actions * jnp.sum(state.policy[records.cell] * possible, axis=-1)
                noise = jnp.sum(weight * drawn / total[:, 0]) / jnp.maximum(weight.sum(), 1)
                confusion = uniform_noise(noise, n_actions)
            elif mode == "confusion":
                counted = share.T @ labels
                rows = counted.sum(axis=-1, keepdims=True)
                confusion = jnp.where(rows > 0, counted / jnp.where(rows > 0, rows, 1), jnp.eye(n_actions))
                noise = 1 - jnp.trace(counted) / jnp.maximum(counted.sum(), 1)
            change = jnp.maximum(jnp.abs(policy - state.policy).max(), jnp.abs(confusion - state.confusion).max())
            return _State(policy, confusion, noise, change, state.iteration + 1)

        def unfinished(state):
            return (state.change > tolerance) & (state.iteration < max_iterations)

        start = (1 - EXPLORATION) * clone + EXPLORATION / n_actions
        begin = _State(start, uniform_noise(given, n_actions), given, jnp.asarray(jnp.inf), jnp.asarray(0))
        end = jax.lax.while_loop(unfinished, step, begin)

        def log_likelihood(policy, confusion):
            total = joint(policy, confusion).sum(axis=-1)
            return jnp.sum(jnp.where(weight > 0, weight * jnp.log(jnp.maximum(total, jnp.finfo(float).tiny)), 0))

        def parameters(policy):
            return jnp.sum(jnp.where(visits > 0, policy > 0, False)) - jnp.sum(visits > 0)

        reached, simple = log_likelihood(end.policy, end.confusion), log_likelihood(clone, jnp.eye(n_actions))
        price = jnp.log(n_trajectories) / 2
        found = {"given": 0, "estimate": 1, "confusion": n_actions * (n_actions - 1)}[mode]
        plain = simple - price * parameters(clone) >= reached - price * (parameters(end.policy) + found)
        plain = plain if mode != "given" else end.noise == 0
        policy = jnp.where(plain, clone, end.policy)
        confusion = jnp.where(plain, jnp.eye(n_actions), end.confusion)
        noise = jnp.where(plain, 0.0, end.noise)
        value = jnp.where(plain, simple, reached)
        # Concave in the policy: none is above value + <gradient, other - this>, and <gradient, this> counts records.
        total = jnp.maximum(joint(policy, confusion).sum(axis=-1), jnp.finfo(float).tiny)
        gradient = summed(weight[:, None] * confusion[:, records.action].T * possible / total[:, None])
        certificate = jnp.sum(gradient.max(axis=-1)) - weight.sum()
        return _Found(
            policy,
            confusion,
            noise,
            jnp.where(plain, 0.0, end.change),
            jnp.where(plain, 0, end.iteration),
            -value / n_trajectories,
            jnp.maximum(certificate, 0) / n_trajectories,
            plain,
            jnp.sum(jnp.where(explained, 0, records.count)).astype(int),
        )

    return jax.lax.map(one, (records, possible))  # each takes its own time
