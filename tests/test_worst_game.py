"""Games that move: affine in the population, with exact constants, and better after the ascent than before."""

import jax
import jax.numpy as jnp
import numpy as np

from mfg_imitation.lipschitz import lipschitz_estimate
from mfg_imitation.tables import SWEPT
from mfg_imitation.worst_game import Candidate, build, worst_games


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
    spec = {"states": 3, "actions": 2, SWEPT: [0.5], "horizon": [3], "starts": 4}
    few, many = (worst_games({**spec, "iterations": iterations}, seed=0) for iterations in (1, 300))
    assert (many["ratio"] <= 1 + 1e-9).all()
    assert many["ratio"].max() > few["ratio"].max()
    assert list(many["interaction"]) == ["free", "none"]
    assert many["reward_lipschitz"].iloc[1] == 0
