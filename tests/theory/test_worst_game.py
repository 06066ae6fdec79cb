"""Games that move: affine in the population, with exact constants, and tight after the ascent."""

import jax
import jax.numpy as jnp
import numpy as np

from mfg_imitation.games.lipschitz import lipschitz_estimate
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.worst_game import Candidate, build, worst_games


def test_constants_of_an_affine_game_are_exact(rng):
    candidate = Candidate(*(jnp.asarray(rng.normal(size=s)) for s in ((3, 2, 4, 3), (3, 2, 3), (5, 3, 2), (5, 3, 3))))
    game, expert, policy = build(candidate, 0.7)
    estimate = lipschitz_estimate(game, n_samples=5)
    np.testing.assert_allclose(game.lipschitz(), (estimate.transition, estimate.reward), rtol=1e-12)
    assert game.lipschitz()[0] <= 0.7
    for one in (expert, policy):
        np.testing.assert_allclose(one.sum(axis=-1), 1)
    kernel = jax.vmap(lambda mu: game.probabilities(0, mu))(jnp.eye(3))
    np.testing.assert_allclose(kernel.sum(axis=-1), 1)


def test_the_ascent_uses_the_bound_up_and_never_exceeds_it():
    spec = {"states": 3, "actions": 2, SWEPT: [0.5], "horizon": [3], "starts": 4, "iterations": 300}
    table = worst_games(spec, seed=0)
    assert (table["ratio"] <= 1 + 1e-9).all()
    assert list(table["interaction"]) == ["free", "none"]
    assert table["reward_lipschitz"].iloc[1] == 0
    assert table["ratio"].iloc[0] > 0.8
    # An expert that is no equilibrium would use its own exploitability up, not the theorem.
    assert (table["exploitability"] <= 1e-3 * table["nash_imitation_gap"]).all()
