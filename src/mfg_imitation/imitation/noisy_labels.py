"""The model of noisy labels on counted records: expectation and maximisation, and which account is the better one."""

import math
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.imitation.expectation_maximisation import End, Model, Table, begin, maximised, unfinished
from mfg_imitation.imitation.progress import progress
from mfg_imitation.imitation.records import Records

#: Where kappa begins, and the share of the uniform policy in the first policy: an action of probability 0 stays at 0.
FIRST_NOISE, EXPLORATION = 0.1, 0.1

#: Between two strokes of the progress bar: about so many numbers, one for each record and action, in every iteration;
#: at least so many iterations.
AT_ONCE, FEWEST_ITERATIONS = 2**24, 10


class Account(NamedTuple):
    """One way to explain the records of a sample.

    Attributes:
        policy: of every cell; uniform in those that pad.
        confusion: C(a' | a), a' on the last axis.
        noise: kappa.
        expected: how often every action was played in every cell, by this account.
        log_likelihood: of the records that are possible, in nats.
        criterion: see `Table.criterion`; minus infinity of a sparse account that was given up.
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
    searches, most = len(possible) * (1 + sparse), int(model.max_iterations)
    length = max(FEWEST_ITERATIONS, AT_ONCE // math.prod(possible.shape[1:]))

    def search(sample, rival=None) -> End:
        end, before = _begin(*sample, model), 0
        while unfinished(end, model):
            end = _advance(*sample, end, model, mode, rival, end.iteration + length)
            done = int(end.iteration)
            bar.update(done - before)
            before = done
        bar.update(most - before)
        return end

    def one(sample) -> Explained:
        found = search(sample)
        rival = _rival(*sample, found, mode) if sparse else None
        return _explained(*sample, model, mode, found, search(sample, rival) if sparse else None, rival)

    samples = jax.tree.map(np.asarray, (records, possible))  # to cut an array of JAX is a program of its own
    with progress(searches * most, "likelihood") as bar:
        found = [one(jax.tree.map(lambda leaf, i=i: leaf[i], samples)) for i in range(len(possible))]
    return jax.tree.map(lambda *leaves: jax.device_put(np.stack(leaves)), *found)


@eqx.filter_jit
def _begin(records, possible, model) -> End:
    return begin((1 - EXPLORATION) * Table(records, possible).clone + EXPLORATION / possible.shape[-1], model)


@eqx.filter_jit
def _advance(records, possible, end, model, mode, rival, upto) -> End:
    return maximised(Table(records, possible), end, model, mode, rival, upto)


@eqx.filter_jit
def _rival(records, possible, found: End, mode) -> Float[Array, ""]:
    """What a sparse account has to beat. A sparse policy is chosen by which actions it leaves out: beside it, all count
    that could be played."""
    return Table(records, possible).criterion(found.point.policy, found.point.confusion, mode, played=0.0)


@eqx.filter_jit
def _explained(records, possible, model, mode, found: End, fewer: End | None, rival) -> Explained:
    """The best of what was found, of the sparse account where there is one, and of behavioral cloning."""
    table, is_sparse = Table(records, possible), jnp.asarray(False)
    best = _searched(table, found, mode)
    if fewer is not None:
        sparse = _searched(table, fewer, mode)
        best, is_sparse = _better(sparse, best, sparse.criterion >= rival)
    cloned = _account(table, table.clone, jnp.eye(possible.shape[-1]), jnp.asarray(0.0), "given")
    best, plain = _better(cloned, best, model.given == 0 if mode == "given" else None)
    missing = jnp.sum(jnp.where(table.weight > 0, 0, records.count)).astype(int)
    return Explained(best, plain, is_sparse & ~plain, table.certificate(best.policy, best.confusion), missing)


@eqx.filter_jit
def with_policy(
    explained: Explained, records: Records, possible: Float[Array, "batch R A"], policy: Float[Array, "batch cells A"]
) -> Explained:
    """The same noise with another policy: what it explains, and by how much that could be more."""

    def one(sample):
        explained, records, possible, policy = sample
        table, old = Table(records, possible), explained.account
        new = _account(table, policy, old.confusion, old.noise, "given")
        new = new._replace(change=old.change, iterations=old.iterations)
        return explained._replace(account=new, certificate=table.certificate(new.policy, new.confusion))

    return jax.lax.map(one, (explained, records, possible, policy))


@eqx.filter_jit
def shares(explained: Explained, records: Records, possible: Float[Array, "batch R A"]) -> Float[Array, "batch R A"]:
    """How likely it is, of every record, that each action was played; 0 where no action explains it."""

    def one(sample):
        account, records, possible = sample
        return Table(records, possible).shares(account.policy, account.confusion)

    return jax.lax.map(one, (explained.account, records, possible))


def _searched(table: Table, end: End, mode: str) -> Account:
    found = _account(table, end.point.policy, end.point.confusion, end.point.noise, mode)
    criterion = jnp.where(end.settled, found.criterion, -jnp.inf)
    return found._replace(criterion=criterion, change=end.change, iterations=end.iteration)


def _account(table: Table, policy, confusion, noise, mode) -> Account:
    expected = table.expected(policy, confusion)[1]
    value, criterion = table.log_likelihood(policy, confusion), table.criterion(policy, confusion, mode)
    return Account(policy, confusion, noise, expected, value, criterion, jnp.asarray(0.0), jnp.asarray(0))


def _better(one: Account, other: Account, first=None) -> tuple[Account, Bool[Array, ""]]:
    """The account with the larger criterion, the first of equal ones, if none is asked for; and if it is the first."""
    first = one.criterion >= other.criterion if first is None else first
    return jax.tree.map(lambda a, b: jnp.where(first, a, b), one, other), first
