"""The model of noisy labels on counted records: expectation and maximisation, and which account is the better one."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.imitation.records import Records

#: Where kappa begins, and the share of the uniform policy in the first policy: an action of probability 0 stays at 0.
FIRST_NOISE, EXPLORATION = 0.1, 0.1

#: What the sparse prior takes from the expected records of every action.
ONE = 1.0

#: After so many iterations the actions that a sparse policy cannot do without have to be the same from one to the next.
#: In states seen about ten times they come and go for ever; in all games shipped, such an account was the worse one.
SETTLED = 200


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


class Account(NamedTuple):
    """One way to explain the records of a sample.

    Attributes:
        policy: of every cell; uniform in those that pad.
        confusion: C(a' | a), a' on the last axis.
        noise: kappa.
        expected: how often every action was played in every cell, by this account.
        log_likelihood: of the records that are possible, in nats.
        criterion: Schwarz's: the log-likelihood less half a log of the visits of a cell for every action that its
            policy plays beyond one, and less half a log of all records for every free number of the noise.
            Minus infinity where a sparse policy does not settle, see `SETTLED`.
        change, iterations: of the last iteration, and how many there were.
    """

    policy: Float[Array, "*batch cells A"]
    confusion: Float[Array, "*batch A A"]
    noise: Float[Array, " *batch"]
    expected: Float[Array, "*batch cells A"]
    log_likelihood: Float[Array, " *batch"]
    criterion: Float[Array, " *batch"]
    change: Float[Array, " *batch"]
    iterations: Int[Array, " *batch"]


class Explained(NamedTuple):
    """The better account of every sample, and what is to be said of it.

    Attributes:
        plain: it is behavioral cloning, without noise.
        sparse: it is the sparse one.
        certificate: in nats; no policy has a larger log-likelihood at this noise by more.
        impossible: how many records no action explains.
    """

    account: Account
    plain: Bool[Array, " batch"]
    sparse: Bool[Array, " batch"]
    certificate: Float[Array, " batch"]
    impossible: Int[Array, " batch"]


def uniform_noise(noise: Float[Array, ""], n_actions: int) -> Float[Array, "A A"]:
    """The confusion of labels of which a share is drawn from all actions alike."""
    return (1 - noise) * jnp.eye(n_actions) + noise / n_actions


@eqx.filter_jit
def fit_records(
    records: Records,
    possible: Float[Array, "batch R A"],
    model: Model,
    mode: str,
    sparse: bool,
) -> Explained:
    """Explain the records of every sample; each takes its own time.

    Args:
        possible: P_n(s'|s, a, mu_n) of every record for every action.
        mode: "given", "estimate" or "confusion", see `trajectory_likelihood`.
    """

    def one(sample) -> Explained:
        records, possible = sample
        table = _Table(records, possible)
        start = (1 - EXPLORATION) * table.clone + EXPLORATION / possible.shape[-1]
        found, is_sparse = _maximised(table, start, model, mode, False), jnp.asarray(False)
        if sparse:
            found, is_sparse = _better(_maximised(table, start, model, mode, True), found)
        cloned = _account(table, table.clone, jnp.eye(possible.shape[-1]), jnp.asarray(0.0), "given")
        found, plain = _better(cloned, found, model.given == 0 if mode == "given" else None)
        missing = jnp.sum(jnp.where(table.weight > 0, 0, records.count)).astype(int)
        return Explained(found, plain, is_sparse & ~plain, table.certificate(found), missing)

    return jax.lax.map(one, (records, possible))


@eqx.filter_jit
def with_policy(
    explained: Explained, records: Records, possible: Float[Array, "batch R A"], policy: Float[Array, "batch cells A"]
) -> Explained:
    """The same noise with another policy: what it explains, and by how much that could be more."""

    def one(sample):
        explained, records, possible, policy = sample
        table, old = _Table(records, possible), explained.account
        new = _account(table, policy, old.confusion, old.noise, "given")
        new = new._replace(change=old.change, iterations=old.iterations)
        return explained._replace(account=new, certificate=table.certificate(new))

    return jax.lax.map(one, (explained, records, possible, policy))


@eqx.filter_jit
def shares(explained: Explained, records: Records, possible: Float[Array, "batch R A"]) -> Float[Array, "batch R A"]:
    """How likely it is, of every record, that each action was played; 0 where no action explains it."""

    def one(sample):
        account, records, possible = sample
        return _Table(records, possible).shares(account.policy, account.confusion)

    return jax.lax.map(one, (explained.account, records, possible))


class _Table:
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

    def certificate(self, account: Account) -> Float[Array, ""]:
        """Concave: no policy is above this one by more than <gradient, other - this>; <gradient, this> is known."""
        total = jnp.maximum(self.joint(account.policy, account.confusion).sum(axis=-1), jnp.finfo(float).tiny)
        each = account.confusion[:, self.records.action].T * self.possible / total[:, None]
        return jnp.maximum(self.summed(self.weight[:, None] * each).max(axis=-1).sum() - self.weight.sum(), 0)


class _State(NamedTuple):
    policy: Float[Array, "cells A"]
    confusion: Float[Array, "A A"]
    noise: Float[Array, ""]
    needed: Bool[Array, "cells A"]  # what a sparse policy cannot do without
    settled: Bool[Array, ""]
    change: Float[Array, ""]
    iteration: Int[Array, ""]


def _maximised(table: _Table, start, model: Model, mode: str, sparse: bool) -> Account:
    def step(state: _State) -> _State:
        share, expected = _expected(table, state.policy, state.confusion)
        kept, needed = _sparse(table, expected, state.confusion) if sparse else (expected, state.needed)
        policy = policy_of_occupancy(kept)
        noise, confusion = _noise(table, state, share, mode)
        change = jnp.maximum(jnp.abs(policy - state.policy).max(), jnp.abs(confusion - state.confusion).max())
        settled = (state.iteration < SETTLED) | jnp.all(needed == state.needed)
        return _State(policy, confusion, noise, needed, settled, change, state.iteration + 1)

    def unfinished(state):
        return (state.change > model.tolerance) & (state.iteration < model.max_iterations) & state.settled

    first = _State(
        policy=start,
        confusion=uniform_noise(model.given, table.n_actions),
        noise=model.given,
        needed=jnp.zeros(start.shape, bool),
        settled=jnp.asarray(True),
        change=jnp.asarray(jnp.inf),
        iteration=jnp.asarray(0),
    )
    end = jax.lax.while_loop(unfinished, step, first)
    found = _account(table, end.policy, end.confusion, end.noise, mode)
    criterion = jnp.where(end.settled, found.criterion, -jnp.inf)
    return found._replace(criterion=criterion, change=end.change, iterations=end.iteration)


def _expected(table: _Table, policy, confusion):
    """How many of every record's players played each action, and of every cell's."""
    share = table.shares(policy, confusion) * table.weight[:, None]
    return share, table.summed(share)


def _sparse(table: _Table, expected, confusion):
    """The records that are kept, and the actions that are needed.

    One record is taken from every action, but for those without which a record, or a cell, has none.
    """
    kept = jnp.maximum(expected - ONE, 0)
    most = expected == expected.max(axis=-1, keepdims=True)
    kept = jnp.where(most & (kept.sum(axis=-1, keepdims=True) == 0), expected, kept)
    lost = (table.weight > 0) & (table.joint(policy_of_occupancy(kept), confusion).sum(axis=-1) == 0)
    needed = table.summed((lost[:, None] & (table.possible > 0)).astype(float)) > 0
    return jnp.where(needed, expected, kept), needed


def _noise(table: _Table, state: _State, share, mode):
    if mode == "estimate":
        together = table.joint(state.policy, state.confusion).sum(axis=-1)
        drawn = jnp.sum(state.policy[table.records.cell] * table.possible, axis=-1) * state.noise / table.n_actions
        noise = jnp.sum(table.weight * drawn / jnp.maximum(together, jnp.finfo(float).tiny))
        noise = noise / jnp.maximum(table.weight.sum(), 1)
        return noise, uniform_noise(noise, table.n_actions)
    if mode == "confusion":
        counted = share.T @ table.labels
        rows = counted.sum(axis=-1, keepdims=True)
        confusion = jnp.where(rows > 0, counted / jnp.where(rows > 0, rows, 1), jnp.eye(table.n_actions))
        return 1 - jnp.trace(counted) / jnp.maximum(counted.sum(), 1), confusion
    return state.noise, state.confusion


def _account(table: _Table, policy, confusion, noise, mode) -> Account:
    total = table.joint(policy, confusion).sum(axis=-1)
    logs = jnp.log(jnp.maximum(total, jnp.finfo(float).tiny))
    value = jnp.sum(jnp.where(table.weight > 0, table.weight * logs, 0))
    free = jnp.where(table.visits > 0, (policy > 0).sum(axis=-1) - 1, 0)
    of_noise = {"given": 0, "estimate": 1, "confusion": table.n_actions * (table.n_actions - 1)}[mode]
    price = jnp.sum(free * jnp.log(jnp.maximum(table.visits, 1))) + of_noise * jnp.log(table.visits.sum())
    expected = _expected(table, policy, confusion)[1]
    return Account(policy, confusion, noise, expected, value, value - price / 2, jnp.asarray(0.0), jnp.asarray(0))


def _better(one: Account, other: Account, first=None) -> tuple[Account, Bool[Array, ""]]:
    """The account with the larger criterion, the first of equal ones, if none is asked for; and if it is the first."""
    first = one.criterion >= other.criterion if first is None else first
    return jax.tree.map(lambda a, b: jnp.where(first, a, b), one, other), first
