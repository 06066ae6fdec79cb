"""A kernel that nobody knows, learned from a data set's own moves; and what its populations cannot tell."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.games.game import Game
from mfg_imitation.games.wrapped import WrappedGame
from mfg_imitation.imitation.algorithm import Algorithm
from mfg_imitation.imitation.crowd_records import CrowdRecords, crowd_records
from mfg_imitation.imitation.demonstrations import weighed
from mfg_imitation.imitation.learned_kernel import learn_kernel
from mfg_imitation.imitation.simulator import Transitions

#: Populations are taken for one where a test of their equality has at least this p-value.
ONE = 0.05


class RewardedGame(WrappedGame):
    """A game without a reward, with that of another game of the same states and actions."""

    rewarded: Game

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.rewarded.reward(n, mu)


class Learned(NamedTuple):
    """What the moves of a data set say of its kernel.

    Attributes:
        game: with the learned kernel; without a reward.
        one_population: whether all records come from one population, as far as they can tell.
        remarks: what there is to say of it, a sentence each.
    """

    game: Game
    one_population: bool
    remarks: tuple[str, ...]


def learn(data: Dataset) -> Learned:
    """Learn an affine kernel from the moves of all crowds, see `learn_kernel`.

    Raises:
        InputError: the records show no move, or there are more than fit into memory.
    """
    if data.demonstrations.states.shape[1] == 1 or (data.trajectories.lengths == 1).all():
        data.file.refuse("kernel", "is affine, to be learned from moves, but no trajectory has two steps")
    records = crowd_records(data.demonstrations, data.trajectories.crowds, data.game)
    chance = _equality(records)
    one = chance >= ONE
    transitions = _transitions(data, records, one)
    found = learn_kernel(transitions, data.game)
    moves, crowds = f"{found.transitions} moves", len(data.trajectories.crowd_names)
    if one:
        remarks = [
            f"The kernel was learned from {moves} in one population, as far as they can tell (a test of its equality "
            f"at all steps has the p-value {chance:.2g}): they say nothing about any other population, and only what "
            "looks at no other one is fitted."
        ]
    else:
        spanned, states = _directions(records), len(data.game.states)
        rest = "" if spanned == states else "; along the others the kernel is a guess, the simplest that explains them"
        remarks = [
            f"The kernel was learned from {moves} of {crowds} crowd{'s' * (crowds > 1)} in {found.populations} "
            f"populations, which span {spanned} of {states} directions beyond their noise{rest} "
            f"({found.status}; log-likelihood {found.log_likelihood:.6g})."
        ]
    if data.file.declaration["label_noise"] != 0:
        remarks.append("For the kernel, recorded actions are taken for played ones; noise in them makes actions alike.")
    if found.unseen:
        pairs = ", ".join(f"{action} in {state}" for state, action in found.unseen[:3])
        more = ", ..." if len(found.unseen) > 3 else ""
        remarks.append(
            f"No move shows what {len(found.unseen)} pairs of action and state do ({pairs}{more}): the learned kernel "
            "has them do what the other actions of the state do."
        )
    return Learned(found.game, one, tuple(remarks))


def fits_in_one_population(algorithm: Algorithm) -> bool:
    """Whether an algorithm asks a kernel at most about moves that were recorded: in no population but theirs."""
    return "kernel" not in algorithm.needs or "transitions" in algorithm.needs


def _transitions(data: Dataset, records: CrowdRecords, one: bool) -> Transitions:
    states, actions, weights = weighed(data.demonstrations)
    moved = weights[:, 1:] > 0
    block = (records.which // records.state.shape[1])[:, :-1][moved]
    populations = records.population
    if one:
        populations, block = np.average(populations, axis=0, weights=records.observed)[None], np.zeros_like(block)
    before = (kind[:, :-1][moved].astype(int) for kind in (states, actions))
    return Transitions(populations, block, *before, states[:, 1:][moved].astype(int))


def _equality(records: CrowdRecords) -> float:
    """The p-value of the chi-squared test that all populations are one; steps are taken for independent samples."""
    counts = records.population * records.observed[:, None]
    counts = counts[:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return 1.0
    return float(scipy.stats.chi2_contingency(counts, correction=False).pvalue)


def _directions(records: CrowdRecords) -> int:
    """How many directions the populations span by more than the noise of all of them together can."""
    shares = records.observed / records.observed.sum()
    noise = np.sum(shares * (1 - (records.population**2).sum(axis=1)) / records.observed)
    return int(np.sum(np.linalg.svd(records.population * np.sqrt(shares)[:, None], compute_uv=False) > np.sqrt(noise)))
