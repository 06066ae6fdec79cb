"""Expectation and maximisation for noisy labels: who played what, given what was recorded and where it led.

Plainly done it takes hundreds of steps where records hardly tell actions apart. Two steps say where they lead to, see
`_far`; a third one starts there, if the records are then more likely.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.imitation.records import Records

#: What the sparse prior takes from the expected records of every action.
ONE = 1.0

#: After so many iterations the actions that a sparse policy cannot do without have to be the same from one to the next:
#: in states seen about ten times they come and go for ever. Nor may its criterion then be behind its rival's by more
#: than this share. In all games shipped, accounts given up for either would have been the worse ones.
SETTLED, BEHIND = 200, 0.01

#: An action of less probability is not played: a search comes near to 0 and does not reach it.
PLAYED = 1e-6

#: How far two steps are followed at most, in steps; and the least share of a probability that is kept then.
FARTHEST, KEPT = 64.0, 0.1


class Model(NamedTuple):
    """What is to be found, for `fit_records`; traced, but for the mode and whether a sparse account is tried.

    Attributes:
        given: kappa, where the mode is "given".
        tolerance: largest change of a probability at which a fit is done.
        max_iterations: at most so many.
    """

    given: Float[Array, ""]
    tolerance: Float[Array, ""]
    max_iterations: Int[Array, ""]


def uniform_noise(noise: Float[Array, ""], n_actions: int) -> Float[Array, "A A"]:
    """The confusion of labels of which a share is drawn from all actions alike."""
    return (1 - noise) * jnp.eye(n_actions) + noise / n_actions


class Table:
    """The records of one sample, with what is asked of them again and again."""

    def __init__(self, records: Records, possible):
        self.records, self.possible, self.n_actions = records, possible, possible.shape[-1]
        self.weight = jnp.where(possible.max(axis=-1) > 0, records.count, 0.0)
        self.labels = jax.nn.one_hot(records.action, self.n_actions)
        recorded = self.summed(self.labels * records.count[:, None])
        self.visits = recorded.sum(axis=-1)
        self.clone = policy_of_occupancy(recorded)

    def summed(self, values):
        """Of records, by cell."""
        return jax.ops.segment_sum(values, self.records.cell, self.records.cells.shape[0])

    def joint(self, policy, confusion):
        """Of every record and action: the probability that it was played, recorded so, and led there."""
        return policy[self.records.cell] * confusion[:, self.records.action].T * self.possible

    def shares(self, policy, confusion):
        """Of every record: how likely it is that each action was played."""
        together = self.joint(policy, confusion)
        return together / jnp.maximum(together.sum(axis=-1, keepdims=True), jnp.finfo(float).tiny)

    def expected(self, policy, confusion):
        """How many of every record's players played each action, and of every cell's."""
        share = self.shares(policy, confusion) * self.weight[:, None]
        return share, self.summed(share)

    def log_likelihood(self, policy, confusion) -> Float[Array, ""]:
        """Of the records that are possible, in nats."""
        total = self.joint(policy, confusion).sum(axis=-1)
        logs = jnp.log(jnp.maximum(total, jnp.finfo(float).tiny))
        return jnp.sum(jnp.where(self.weight > 0, self.weight * logs, 0))

    def criterion(self, policy, confusion, mode: str, played: float = PLAYED) -> Float[Array, ""]:
        """Schwarz's: the log-likelihood less half a log of the visits of a cell for every action that the policy plays
        there beyond one, with more than this probability, and less half a log of all records for every free number of
        the noise."""
        free = jnp.where(self.visits > 0, (policy > played).sum(axis=-1) - 1, 0)
        of_noise = {"given": 0, "estimate": 1, "confusion": self.n_actions * (self.n_actions - 1)}[mode]
        price = jnp.sum(free * jnp.log(jnp.maximum(self.visits, 1))) + of_noise * jnp.log(self.visits.sum())
        return self.log_likelihood(policy, confusion) - price / 2

    def certificate(self, policy, confusion) -> Float[Array, ""]:
        """Concave: no policy is above this one by more than <gradient, other - this>; <gradient, this> is known."""
        total = jnp.maximum(self.joint(policy, confusion).sum(axis=-1), jnp.finfo(float).tiny)
        each = confusion[:, self.records.action].T * self.possible / total[:, None]
        return jnp.maximum(self.summed(self.weight[:, None] * each).max(axis=-1).sum() - self.weight.sum(), 0)


class Point(NamedTuple):
    """Where a search is.

    Attributes:
        policy: of every cell; uniform in those that pad.
        confusion: C(a' | a), a' on the last axis.
        noise: kappa.
        needed: what a sparse policy cannot do without.
    """

    policy: Float[Array, "cells A"]
    confusion: Float[Array, "A A"]
    noise: Float[Array, ""]
    needed: Bool[Array, "cells A"]


class End(NamedTuple):
    """Where a search ended, whether it was not given up, the last change, and how many steps it took."""

    point: Point
    settled: Bool[Array, ""]
    change: Float[Array, ""]
    iteration: Int[Array, ""]


def begin(start: Float[Array, "cells A"], model: Model) -> End:
    """A search from a policy."""
    n_actions = start.shape[-1]
    first = Point(start, uniform_noise(model.given, n_actions), model.given, jnp.zeros(start.shape, bool))
    return End(first, jnp.asarray(True), jnp.asarray(jnp.inf), jnp.asarray(0))


@jax.jit
def unfinished(end: End, model: Model) -> Bool[Array, ""]:
    """Whether there is more to search."""
    return (end.change > model.tolerance) & (end.iteration < model.max_iterations) & end.settled


def maximised(table: Table, end: End, model: Model, mode: str, rival=None, upto=jnp.inf) -> End:
    """The search taken on, to its end or until so many iterations are done; for use inside traced code.

    Args:
        mode: "given", "estimate" or "confusion", see `trajectory_likelihood`.
        rival: None, or the criterion of the account that a sparse one has to beat: one expected record is then taken
            from every action.
    """
    sparse = rival is not None

    def step(end: End) -> End:
        one = _step(table, end.point, mode, sparse)
        change = jnp.maximum(
            jnp.abs(one.policy - end.point.policy).max(), jnp.abs(one.confusion - end.point.confusion).max()
        )
        if sparse:
            stays = (end.iteration < SETTLED) | jnp.all(one.needed == end.point.needed)
            hopeful = jax.lax.cond(end.iteration == SETTLED, near, lambda _: True, one)
            return End(one, stays & hopeful, change, end.iteration + 1)
        two = _step(table, one, mode, sparse)
        far = _far(end.point, one, two, mode)
        better = table.log_likelihood(far.policy, far.confusion) >= table.log_likelihood(one.policy, one.confusion)
        three = _step(table, far, mode, sparse)
        return End(
            jax.tree.map(lambda a, b: jnp.where(better, a, b), three, two), end.settled, change, end.iteration + 3
        )

    def near(point: Point):
        return table.criterion(point.policy, point.confusion, mode) >= rival - BEHIND * jnp.abs(rival)

    return jax.lax.while_loop(lambda end: unfinished(end, model) & (end.iteration < upto), step, end)


def _step(table: Table, point: Point, mode: str, sparse: bool) -> Point:
    share, expected = table.expected(point.policy, point.confusion)
    kept, needed = _sparse(table, expected, point.confusion) if sparse else (expected, point.needed)
    noise, confusion = _noise(table, point, share, mode)
    return Point(policy_of_occupancy(kept), confusion, noise, needed)


def _far(first: Point, one: Point, two: Point, mode: str) -> Point:
    """Where two steps lead to (Varadhan and Roland 2008, their third scheme), each distribution by itself."""
    policy, confusion, noise = _followed(first.policy, one.policy, two.policy), two.confusion, two.noise
    if mode == "estimate":
        noise = _followed(*(jnp.stack([1 - point.noise, point.noise]) for point in (first, one, two)))[1]
        confusion = uniform_noise(noise, confusion.shape[0])
    if mode == "confusion":
        confusion = _followed(first.confusion, one.confusion, two.confusion)
    return Point(policy, confusion, noise, two.needed)


def _followed(first, one, two):
    step, bend = one - first, two - 2 * one + first
    squares = (jnp.sum(x**2, axis=-1, keepdims=True) for x in (step, bend))
    length = jnp.clip(jnp.sqrt(next(squares) / jnp.maximum(next(squares), jnp.finfo(float).tiny)), 1, FARTHEST)
    far = jnp.maximum(first + 2 * length * step + length**2 * bend, KEPT * two)  # no action is lost for good
    return far / far.sum(axis=-1, keepdims=True)


def _sparse(table: Table, expected, confusion):
    """The records that are kept, and the actions that are needed.

    One record is taken from every action, but for those without which a record, or a cell, has none.
    """
    kept = jnp.maximum(expected - ONE, 0)
    most = expected == expected.max(axis=-1, keepdims=True)
    kept = jnp.where(most & (kept.sum(axis=-1, keepdims=True) == 0), expected, kept)
    lost = (table.weight > 0) & (table.joint(policy_of_occupancy(kept), confusion).sum(axis=-1) == 0)
    needed = table.summed((lost[:, None] & (table.possible > 0)).astype(float)) > 0
    return jnp.where(needed, expected, kept), needed


def _noise(table: Table, point: Point, share, mode):
    if mode == "estimate":
        together = table.joint(point.policy, point.confusion).sum(axis=-1)
        drawn = jnp.sum(point.policy[table.records.cell] * table.possible, axis=-1) * point.noise / table.n_actions
        noise = jnp.sum(table.weight * drawn / jnp.maximum(together, jnp.finfo(float).tiny))
        noise = noise / jnp.maximum(table.weight.sum(), 1)
        return noise, uniform_noise(noise, table.n_actions)
    if mode == "confusion":
        counted = share.T @ table.labels
        rows = counted.sum(axis=-1, keepdims=True)
        confusion = jnp.where(rows > 0, counted / jnp.where(rows > 0, rows, 1), jnp.eye(table.n_actions))
        return 1 - jnp.trace(counted) / jnp.maximum(counted.sum(), 1), confusion
    return point.noise, point.confusion
