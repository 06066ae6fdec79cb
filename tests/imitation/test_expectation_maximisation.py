"""Steps that are followed to where they lead, and sparse accounts that are given up."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.expectation_maximisation import (
    SETTLED,
    Model,
    Point,
    Table,
    _followed,
    _step,
    begin,
    maximised,
)
from mfg_imitation.imitation.records import grouped, likely

MODEL = Model(jnp.asarray(0.1), jnp.asarray(1e-6), jnp.asarray(5000))


def table_of(game, policy, size, noise):
    """The records of one sample, as a `Table`, and a policy to start from."""
    records = grouped(mfg.sample_demonstrations(game, policy, size, 0, label_noise=noise), game)
    possible = likely(game, records, mfg.population_flow(game, policy)[None])
    table = Table(jax.tree.map(lambda leaf: leaf[0], records), possible[0])
    return table, 0.9 * table.clone + 0.1 / len(game.actions)


def test_steps_that_shrink_alike_are_followed_to_their_end(rng):
    """first, one and two lie at x + d, x + q d and x + q^2 d, with a q for every row: they lead to x."""
    end = rng.dirichlet(np.full(4, 5.0), 10)
    away = 0.01 * (rng.dirichlet(np.ones(4), 10) - 0.25)
    ratio = rng.uniform(0.1, 0.95, (10, 1))
    found = _followed(end + away, end + ratio * away, end + ratio**2 * away)
    np.testing.assert_allclose(found, end, atol=1e-12)


def test_what_points_out_of_the_simplex_stays_in_it():
    first, one, two = ([0.4, 0.6], [0.2, 0.8], [0.1, 0.9])
    found = _followed(*map(jnp.asarray, (first, one, two)))
    assert found.min() > 0 and found.sum() == pytest.approx(1)
    still = jnp.asarray([0.0, 1.0])
    np.testing.assert_array_equal(_followed(still, still, still), still)


def test_the_search_ends_where_ten_thousand_plain_steps_do(garnet, policy):
    table, start = table_of(garnet, policy, 15, 0.3)
    end = maximised(table, begin(start, MODEL), MODEL, "estimate")
    first = Point(start, end.point.confusion, end.point.noise, end.point.needed)
    plain = jax.jit(lambda: jax.lax.fori_loop(0, 10_000, lambda _, at: _step(table, at, "estimate", False), first))()
    here, there = (table.log_likelihood(point.policy, point.confusion) for point in (end.point, plain))
    assert here >= there - 1e-3
    assert end.change <= 1e-6 and end.iteration <= 1000


def test_a_sparse_account_that_cannot_settle_is_given_up():
    """In the maze states are seen about ten times: what a sparse policy needs comes and goes."""
    maze = mfg.load_game("maze")
    policy = mfg.solve_equilibrium(maze, iterations=50, progress=False).policy
    table, start = table_of(maze, policy, 1000, 0.05)
    end = maximised(table, begin(start, MODEL), MODEL, "estimate", -jnp.inf)
    assert not end.settled and end.iteration == SETTLED + 1
    hopeless = maximised(table, begin(start, MODEL), MODEL, "estimate", jnp.asarray(0.0))
    assert not hopeless.settled and hopeless.iteration == SETTLED + 1
