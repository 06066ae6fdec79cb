"""Lipschitz constants: exact where known, never above a true constant, found where the slope is steepest."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.games.lipschitz import lipschitz_estimate


@pytest.mark.parametrize("slope", [0, 0.3, 1, 4])
def test_constants_of_the_attractors_are_exact(game_files, slope):
    game = mfg.load_game(game_files / "attractor.yaml", horizon=2, transition_lipschitz=slope)
    estimate = lipschitz_estimate(game)
    assert estimate.transition == pytest.approx(slope, abs=1e-12)
    assert estimate.reward == 0
    for reward_slope in (0, 0.7, 3):
        game = mfg.load_game(
            game_files / "sheltered_attractor.yaml",
            horizon=2,
            transition_lipschitz=slope,
            reward_lipschitz=reward_slope,
            shelter_cost=0.5,
        )
        estimate = lipschitz_estimate(game)
        assert estimate.transition == pytest.approx(slope, abs=1e-12)
        assert estimate.reward == pytest.approx(reward_slope, abs=1e-12)


@pytest.fixture(scope="module")
def affine():
    """Kernel and reward affine in mu, so that their constants can be computed by hand: [game, L_P, L_r].

    P_n = P + (w_n . mu) (Q - P): half the spread of w_n times |Q - P|, at the step and pair where that is largest. Only
    the last step has the steepest slope.
    """
    rng = np.random.default_rng(5)
    one, other = rng.dirichlet(np.ones(3), (2, 3, 2))
    weights = jnp.asarray([[0.4, 0.5, 0.6], [0.5, 0.5, 0.5], [0.0, 0.25, 1.0]])
    slope = jnp.asarray(rng.normal(size=(3, 2, 3)))
    game = mfg.Game.from_functions(
        lambda n, mu: one + (weights[n] @ mu) * (other - one),
        lambda n, mu: (n + 1.0) * (slope @ mu),
        [1, 0, 0],
        horizon=3,
    )
    kernel = 0.5 * (1.0 - 0.0) * np.abs(other - one).sum(axis=-1).max()
    reward = 3.0 * 0.5 * (slope.max(axis=-1) - slope.min(axis=-1)).max()
    return game, kernel, float(reward)


def test_affine_games_by_hand(affine):
    game, kernel, reward = affine
    estimate = lipschitz_estimate(game, n_samples=3)
    assert estimate.transition == pytest.approx(kernel, abs=1e-12)
    assert estimate.reward == pytest.approx(reward, abs=1e-12)


def test_no_pair_of_populations_is_steeper(affine, rng):
    """True of every pair, so chance plays no part; one pair of corners attains the constant."""
    game, kernel, reward = affine
    populations = [*np.eye(3), *rng.dirichlet(np.ones(3), 40)]
    slopes = {"kernel": [], "reward": []}
    for n in range(3):
        tables = [(np.asarray(game.transition(n, mu)), np.asarray(game.reward(n, mu))) for mu in populations]
        for i, mu in enumerate(populations):
            for j in range(i):
                distance = np.abs(mu - populations[j]).sum()
                slopes["kernel"].append(np.abs(tables[i][0] - tables[j][0]).sum(axis=-1).max() / distance)
                slopes["reward"].append(np.abs(tables[i][1] - tables[j][1]).max() / distance)
    assert max(slopes["kernel"]) == pytest.approx(kernel, abs=1e-12)
    assert max(slopes["reward"]) == pytest.approx(reward, abs=1e-12)


class TwoWays(mfg.Game):
    """From state 0 two branches lead to state 1; what the population moves between them, nobody notices."""

    states: tuple = ("a", "b")
    actions: tuple = ("go",)
    horizon: int = 2
    noticed: float = 0.0

    @property
    def initial(self):
        return jnp.asarray([1.0, 0.0])

    @property
    def successors(self):
        return jnp.asarray([[[1, 1, 0]], [[1, 1, 0]]])

    def probabilities(self, n, mu):
        one = jnp.stack([0.1 + 0.5 * mu[0], 0.6 - (0.5 - self.noticed) * mu[0], 0.3 - self.noticed * mu[0]])
        return jnp.broadcast_to(one, (2, 1, 3))

    def reward(self, n, mu):
        return jnp.zeros((2, 1))


@pytest.mark.parametrize("noticed", [0.0, 0.2])
def test_branches_to_one_state_are_one(noticed):
    """State 1 gets 0.7 + noticed mu_0, state 0 the rest: half the spread of the gradients, summed over both."""
    estimate = lipschitz_estimate(TwoWays(noticed=noticed), n_samples=3)
    assert estimate.transition == pytest.approx(noticed, abs=1e-12)


def test_a_steep_place_is_found_when_it_is_named():
    """A kernel that is steep only around mu = (1/2, 1/2): the estimate is a lower one, and says where it was met."""

    def kernel(n, mu):
        share = 0.5 + 0.25 * jnp.tanh(1e4 * (mu[0] - 0.5))
        return jnp.broadcast_to(jnp.stack([share, 1 - share]), (2, 1, 2))

    game = mfg.Game.from_functions(kernel, lambda n, mu: jnp.zeros((2, 1)), [1, 0], horizon=1)
    missed = lipschitz_estimate(game, n_samples=5)
    found = lipschitz_estimate(game, [[0.5, 0.5]], n_samples=5)
    # d share / d mu_0 = 2500; |dP/dmu_0 - dP/dmu_1| / 2 = (2500 + 2500) / 2
    assert missed.transition < found.transition == pytest.approx(2500)
    np.testing.assert_array_equal(found.transition_population, [0.5, 0.5])
    batch = lipschitz_estimate(game, [[[0.9, 0.1]], [[0.5, 0.5]]], n_samples=5)
    assert batch.transition == found.transition


def test_same_seed_same_numbers():
    game = mfg.Game.from_functions(
        lambda n, mu: jnp.stack([mu**2 / jnp.sum(mu**2)] * 3)[:, None],
        lambda n, mu: jnp.exp(mu)[:, None] * mu[0],
        [1, 0, 0],
        horizon=2,
    )

    def bytes_of(seed):
        estimate = lipschitz_estimate(game, n_samples=10, seed=seed)
        return b"".join(np.asarray(value).tobytes() for value in estimate)

    assert bytes_of(1) == bytes_of(1) != bytes_of(2)
