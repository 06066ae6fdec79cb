"""The likelihood of trajectories whose labels are noisy: which action was possible, given where the player went next.

An action A_n ~ pi_n(. | S_n) moves the player by the kernel and is recorded as A'_n ~ C(. | A_n): with probability
1 - kappa as it was, else as any of the actions. Occupancies keep only the labels; trajectories also show which actions
lead where the player went. The policy and kappa are found by expectation and maximisation over the actions that were
played, in closed form on the counts of equal records. Ours; it never sees the reward.

Where two actions lead to the same places the likelihood cannot tell noise from mixing. A sparse prior (Dirichlet with
parameter 0) then decides for the policy that needs fewer actions: one expected record is taken from every action, but
for those without which a record could not be explained. Where a state is seen a few times only that is too much: the
records decide which account is kept.
"""

import math
from typing import Literal, NamedTuple

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
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import algorithm, fitted
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, empirical_occupancy
from mfg_imitation.imitation.expectation_maximisation import Model
from mfg_imitation.imitation.noisy_labels import FIRST_NOISE, Explained, fit_records
from mfg_imitation.imitation.records import Records, grouped, likely, spread
from mfg_imitation.names import CLOSED_FORM


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
@checked(noise="fitted")
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

    Three accounts are weighed by Schwarz's criterion (half a log of a state's visits for each action that its policy
    plays beyond one): with noise, with noise and a sparse policy, and behavioral cloning without noise, whose kappa is
    0. In states that were not visited the policy is uniform.

    Args:
        demonstrations: trajectories; a batch may lead, of samples say, each is fitted by itself. The last record of a
            censored one shows no move, and the likelihood has no P there.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        label_noise: kappa, in [0, 1], where it is known; "estimate" finds it, "confusion" finds a matrix C(a' | a),
            alike at all steps and in all states.
        sparse: whether a sparse account is tried.
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
    records, _, found = explained(
        demonstrations, game, population, label_noise, sparse, stationary, tolerance, max_iterations
    )
    policy = spread(game, records, found.account.policy, 1 / len(game.actions), stationary)
    return likelihood_fit(policy, found, demonstrations, tolerance)


def explained(
    demonstrations: Demonstrations, game: Game, population, label_noise, sparse, stationary, tolerance, max_iterations
) -> tuple[Records, Float[Array, "samples R A"], Explained]:
    """Check the arguments of `trajectory_likelihood`; the records of its samples, how likely their moves are by every
    action, and the better account of each."""
    check_demonstrations(demonstrations, game)
    check_positive("tolerance", tolerance)
    check_count("max_iterations", max_iterations)
    if isinstance(label_noise, str):
        check_choice("label_noise", label_noise, ("estimate", "confusion"))
    else:
        check_probability("label_noise", label_noise)
    if population is None:
        flows = empirical_occupancy(demonstrations, game).sum(axis=-1).reshape(-1, *game.policy_shape[:2])
    else:
        population = check_probabilities("population", population, game.policy_shape[:2])
        samples = math.prod(np.shape(demonstrations.states)[:-2])
        flows = jnp.broadcast_to(population, (samples, *population.shape))
    records = grouped(demonstrations, game, stationary)
    possible = likely(game, records, flows)
    mode = label_noise if isinstance(label_noise, str) else "given"
    given = FIRST_NOISE if isinstance(label_noise, str) else label_noise
    model = Model(jnp.asarray(given, float), jnp.asarray(tolerance), jnp.asarray(max_iterations))
    return records, possible, fit_records(records, possible, model, mode, sparse)


def likelihood_fit(
    policy: Float[Array, "samples H S A"], found: Explained, demonstrations: Demonstrations, tolerance: float
) -> LikelihoodFit:
    """What was found of a flat batch of samples, in the shape of the batch."""
    batch = np.shape(demonstrations.states)[:-2]
    size, account = np.ravel(demonstrations.size), found.account
    met = np.where(np.asarray(account.change) <= tolerance, "converged", "iteration limit")
    status = np.where(np.asarray(found.plain), CLOSED_FORM, met)
    numbers = -account.log_likelihood / size, status, account.iterations, found.certificate / size
    leaves = policy, *numbers, account.noise, account.confusion, found.impossible
    shaped = [leaf.reshape((*batch, *leaf.shape[1:])) for leaf in leaves]
    fit, (noise, confusion, impossible) = fitted(*shaped[:5]), shaped[5:]
    if not batch:
        noise, impossible = float(noise), int(impossible)
    return LikelihoodFit(*fit, noise, confusion, impossible)
