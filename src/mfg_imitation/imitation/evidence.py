"""Behavioral cloning smoothed as far as the demonstrations themselves ask for it (ours, an empirical Bayes method).

A step and a state are visited a few times, and an expert that mixes is then hidden in noise. What it does in the same
state at other steps says more. So pi_n(. | s) has a Dirichlet prior. Its centre is what was recorded in s at the other
steps n', weighed by w^(|n - n'| - 1): only the steps next to n for w = 0, the average over time for w = 1. This centre
is itself drawn towards what was recorded in all other states, by b records, and those towards the uniform policy, by
one. The prior counts as much as 1 / (1 / c + 1 / t) records: c says how little the policy moves from step to step, and
a centre that stands on t records is not trusted like more than these. c = 0 is behavioral cloning; c = infinity takes
what the neighbours did for one's own.

Of every step, (c, w, b) are those that make its own records likeliest, given those of the other steps (a closed form,
the Dirichlet-multinomial distribution). Every step has its own, as crowds change quickly at first and slowly later.
One setting for all steps explains trajectories held out less well (1000 of beach_bar, four_rooms, maze, sis: by
0.0002 to 0.007 nats a record).
"""

from itertools import product
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, xlogy
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import checked
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import CLOSED_FORM, Imitation, algorithm, fitted
from mfg_imitation.imitation.behavioral_cloning import behavioral_cloning
from mfg_imitation.imitation.demonstrations import Demonstrations, recorded_counts, records_per_trajectory

#: What c can be: how many records a centre stands for that is known exactly. The first stands for 0, the last for
#: infinity.
STRENGTHS = (0.0, *(float(c) for c in np.logspace(-1, 3, 9)), 1e12)

#: What w can be: the weight of a record loses this factor with every further step in time.
REACHES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)

#: What b can be: how many records the other states stand for.
BASES = (0.0, 0.3, 3.0, 30.0)

#: All settings that are tried; of those that explain the records equally well, the first.
SETTINGS = np.array(list(product(STRENGTHS, REACHES, BASES)))

#: Less evidence than this, in nats, is none.
ROUNDING = 1e-6


class Strengths(NamedTuple):
    """How a step was smoothed: c, w and b of the module's first lines."""

    strength: Float[Array, "*batch H"]
    reach: Float[Array, "*batch H"]
    base: Float[Array, "*batch H"]


@algorithm(
    "bc_evidence",
    "BC, by evidence",
    summary="counts the recorded actions, and borrows from neighbouring steps as far as the records ask for it",
    variant_of="bc",
)
@checked
def cloning_by_evidence(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"], game: Game, stationary: bool = False
) -> Imitation:
    """Behavioral cloning smoothed by `evidence_policy`: neither the reward nor the kernel is looked at (ours).

    Args:
        demonstrations: trajectories; a batch may lead them. An occupancy stands for infinitely many trajectories, which
            need no smoothing: of it this is behavioral cloning.
        stationary: one policy for all steps, of the trajectories of all steps together. Then only the other states are
            neighbours.

    Returns:
        The fit; its objective is that of behavioral cloning, the mean over trajectories of -sum over n of
        log pi_n(a_n | s_n), in nats, and its certificate is how far that is above the least one. Its status is
        "closed form".

    Raises:
        InputError: the demonstrations are not of this game.
    """
    cloned = behavioral_cloning(demonstrations, game, stationary=stationary)
    if not isinstance(demonstrations, Demonstrations):
        return cloned
    counts = recorded_counts(demonstrations, game)
    policy, _ = evidence_policy(counts.sum(axis=-3, keepdims=True) if stationary else counts)
    shares = records_per_trajectory(demonstrations, game)
    return beside_cloning(jnp.broadcast_to(policy, counts.shape), shares, cloned, CLOSED_FORM, 0)


def beside_cloning(policy, occupancy: Float[Array, "*batch H S A"], cloned: Imitation, status, iterations) -> Imitation:
    """An `Imitation` by the likelihood of the records; how far that can rise is known from behavioral cloning."""
    objective = -jnp.sum(xlogy(occupancy, policy), axis=(-3, -2, -1))
    certificate = jnp.maximum(objective - cloned.objective, 0)
    batch = objective.shape
    return fitted(policy, objective, np.full(batch, status), np.full(batch, iterations), certificate)


@jax.jit
def evidence_policy(counts: Float[Array, "*batch H S A"]) -> tuple[Float[Array, "*batch H S A"], Strengths]:
    """The smoothed policy behind counts N_n(s, a), whole or not, and how every step of it was smoothed.

    The mean of pi_n(. | s) given all records, at the settings of largest evidence; see the module's first lines. In
    what is not visited that is the centre of its prior. A batch may lead the counts; traced code may use it.
    """

    def one(counts):
        evidence = jax.lax.map(lambda setting: log_evidence(counts, _prior(counts, *setting[:, None])), settings)
        chosen = first_best(evidence.sum(axis=-1))
        return policy_of_occupancy(counts + _prior(counts, *settings[chosen].T)), Strengths(*settings[chosen].T)

    settings = jnp.asarray(SETTINGS, counts.dtype)
    batch = counts.shape[:-3]
    policy, strengths = jax.lax.map(one, counts.reshape(-1, *counts.shape[-3:]))
    strengths = Strengths(*(leaf.reshape(*batch, -1) for leaf in strengths))
    return policy.reshape(counts.shape), strengths


def first_best(evidence: Float[Array, "settings *batch"]) -> Int[Array, "*batch"]:
    """Which setting has the largest evidence; of those that differ by rounding only, the first."""
    return jnp.argmax(evidence >= evidence.max(axis=0) - ROUNDING, axis=0)


def log_evidence(counts: Float[Array, "*batch A"], prior: Float[Array, "*batch A"]) -> Float[Array, "*batch"]:
    """Log probability of the records under a Dirichlet prior, in nats: in one order, the policy integrated out.

    Args:
        prior: the parameters of the Dirichlet distribution, above 0.
    """
    total, visits = prior.sum(axis=-1), counts.sum(axis=-1)
    each = jnp.where(counts > 0, gammaln(counts + prior) - gammaln(prior), 0)
    return each.sum(axis=-1) + jnp.where(visits > 0, gammaln(total) - gammaln(total + visits), 0)


def _prior(counts, strength, reach, base) -> Float[Array, "H S A"]:
    """Parameters of the prior of pi_n(. | s), from the counts of the other steps and states.

    Args:
        strength, reach, base: c, w and b, [H] or [1].
    """
    steps = jnp.arange(counts.shape[0])
    apart = jnp.abs(steps[:, None] - steps)
    weights = jnp.where(apart > 0, jnp.broadcast_to(reach, steps.shape)[:, None] ** jnp.maximum(apart - 1, 0), 0)
    # A strength of 0 stands for the limit, which still orders what the neighbours do where nothing was recorded.
    least = jnp.finfo(counts.dtype).tiny ** 0.25
    strength, base = (jnp.maximum(number, least)[:, None, None] for number in (strength, base))
    everywhere = counts.sum(axis=0)
    elsewhere = everywhere.sum(axis=0) - everywhere
    elsewhere = (elsewhere + 1 / counts.shape[-1]) / (elsewhere.sum(axis=-1, keepdims=True) + 1)
    near = jnp.einsum("nm,msa->nsa", weights, counts) + base * elsewhere
    stands_on = near.sum(axis=-1, keepdims=True)
    return near / stands_on / (1 / strength + 1 / stands_on)
