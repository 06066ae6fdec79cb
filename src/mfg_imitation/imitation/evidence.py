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
from mfg_imitation.imitation.algorithm import Imitation, algorithm, fitted
from mfg_imitation.imitation.behavioral_cloning import behavioral_cloning
from mfg_imitation.imitation.demonstrations import Demonstrations, recorded_counts, records_per_trajectory
from mfg_imitation.imitation.progress import progress
from mfg_imitation.imitation.records import FEW_CELLS, NOWHERE, padded, power_of_two
from mfg_imitation.names import CLOSED_FORM

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


def evidence_policy(counts: Float[Array, "*batch H S A"]) -> tuple[Float[Array, "*batch H S A"], Strengths]:
    """The smoothed policy behind counts N_n(s, a), whole or not, and how every step of it was smoothed.

    The mean of pi_n(. | s) given all records, at the settings of largest evidence; see the module's first lines. In
    what is not visited that is the centre of its prior. A batch may lead the counts. Only what is visited has evidence,
    so that a large game costs little more than its records.
    """
    shape = np.shape(counts)
    samples = np.asarray(counts, float).reshape(-1, *shape[-3:])
    cells = [np.argwhere(sample.any(axis=-1)) for sample in samples]
    most = power_of_two(max(FEW_CELLS, *map(len, cells)))
    found = []
    with progress(len(samples) * len(REACHES), "evidence", "reach") as bar:
        for sample, visited in zip(map(jnp.asarray, samples), cells, strict=True):
            visited, evidence = jnp.asarray(padded(visited, most, NOWHERE)), []
            for reach in REACHES:
                evidence.append(jax.block_until_ready(_evidence(sample, visited, jnp.asarray(reach))))
                bar.update()
            found.append(_smoothed(sample, jnp.stack(evidence, axis=1)))
    policy, *strengths = (jnp.stack(leaf).reshape(*shape[:-3], *leaf[0].shape) for leaf in zip(*found, strict=True))
    return policy, Strengths(*strengths)


@jax.jit
def _evidence(counts, visited: Int[Array, "cells 2"], reach) -> Float[Array, "strengths bases H"]:
    """Of every step, for every strength and base."""
    step, state = visited.T
    recorded, near = (
        array.at[step, state].get(mode="fill", fill_value=0) for array in (counts, _near(counts, reach[None]))
    )
    elsewhere = _elsewhere(counts).at[state].get(mode="clip")

    def of_cells(setting):
        evidence = log_evidence(recorded, _prior(near, elsewhere, *setting[:, None, None]))
        return jnp.zeros(len(counts)).at[step].add(evidence, mode="drop")

    settings = jnp.asarray(list(product(STRENGTHS, BASES)))
    return jax.lax.map(of_cells, settings).reshape(len(STRENGTHS), len(BASES), -1)


@jax.jit
def _smoothed(counts, evidence: Float[Array, "strengths reaches bases H"]):
    """The policy at the settings of largest evidence, and these."""
    strength, reach, base = jnp.asarray(SETTINGS)[first_best(evidence.reshape(len(SETTINGS), -1))].T
    prior = _prior(_near(counts, reach), _elsewhere(counts), strength[:, None, None], base[:, None, None])
    return policy_of_occupancy(counts + prior), strength, reach, base


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


def _near(counts, reach: Float[Array, "#H"]) -> Float[Array, "H S A"]:
    """What was recorded in the same state at other steps, weighed by w^(|n - n'| - 1)."""
    steps = jnp.arange(counts.shape[0])
    apart = jnp.abs(steps[:, None] - steps)
    weights = jnp.where(apart > 0, jnp.broadcast_to(reach, steps.shape)[:, None] ** jnp.maximum(apart - 1, 0), 0)
    return jnp.einsum("nm,msa->nsa", weights, counts)


def _elsewhere(counts) -> Float[Array, "S A"]:
    """What was recorded in all other states, drawn towards the uniform policy by one record; a distribution."""
    everywhere = counts.sum(axis=0)
    elsewhere = everywhere.sum(axis=0) - everywhere
    return (elsewhere + 1 / counts.shape[-1]) / (elsewhere.sum(axis=-1, keepdims=True) + 1)


def _prior(near, elsewhere, strength, base) -> Float[Array, "*cells A"]:
    """Parameters of the prior of pi_n(. | s), c and b being `strength` and `base`."""
    # A strength of 0 stands for the limit, which still orders what the neighbours do where nothing was recorded.
    least = jnp.finfo(near.dtype).tiny ** 0.25
    strength, base = jnp.maximum(strength, least), jnp.maximum(base, least)
    near = near + base * elsewhere
    stands_on = near.sum(axis=-1, keepdims=True)
    return near / stands_on / (1 / strength + 1 / stands_on)
