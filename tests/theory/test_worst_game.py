"""Games that move: affine in the population, with exact constants, and tight after the ascent."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mfg_imitation.games.lipschitz import lipschitz_estimate
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.worst_game import FAULTY, HALF_SPAN, Candidate, build, worst_games

SPEC = {"states": 3, "actions": 3, SWEPT: [0.5], "horizon": [3, 6], "starts": 16, "iterations": 400}


def test_constants_of_an_affine_game_are_exact(rng):
    candidate = Candidate(*(jnp.asarray(rng.normal(size=s)) for s in ((3, 2, 4, 3), (3, 2, 4), (5, 3, 2), (5, 3, 3))))
    game, expert, policy = build(candidate, 0.7)
    estimate = lipschitz_estimate(game, n_samples=5)
    np.testing.assert_allclose(game.lipschitz(), (estimate.transition, estimate.reward), rtol=1e-12)
    assert game.lipschitz()[0] <= 0.7 and game.lipschitz()[1] <= HALF_SPAN
    assert np.abs(policy - expert).sum(axis=-1).max() <= 2 * FAULTY
    for one in (expert, policy):
        np.testing.assert_allclose(one.sum(axis=-1), 1)
    kernel = jax.vmap(lambda mu: game.probabilities(0, mu))(jnp.eye(3))
    np.testing.assert_allclose(kernel.sum(axis=-1), 1)


@pytest.fixture(scope="module")
def table():
    return worst_games(SPEC, seed=0)


def test_the_ascent_uses_the_bound_up_and_never_exceeds_it(table):
    assert (table["ratio"] <= 1 + 1e-9).all()
    assert list(table["interaction"]) == ["free", "free", "none", "none"] and list(table["horizon"]) == [3, 6] * 2
    assert (table["reward_lipschitz"][2:] == 0).all() and (table["reward_lipschitz"] <= HALF_SPAN).all()
    assert (table["ratio"] > 0.5).all()
    # An expert that is no equilibrium would use its own exploitability up, not the theorem.
    assert (table["exploitability"] <= 1e-2 * table["nash_imitation_gap"]).all()


def test_the_search_does_not_shrink_what_it_is_measured_by(table):
    """Rewards of which half the span is next to nothing would leave L_r alone, and test nothing."""
    assert (table["half_span"] >= 0.8 * HALF_SPAN).all()


def test_a_longer_horizon_begins_with_what_a_shorter_one_found(table):
    """Two starts out of four: what they reach is no worse than the same search without them, by much."""
    alone = worst_games({**SPEC, "horizon": [6]}, seed=0)
    assert (table.loc[table["horizon"] == 6, "ratio"].to_numpy() >= alone["ratio"] - 0.05).all()
    assert worst_games(SPEC, seed=0).equals(table)
