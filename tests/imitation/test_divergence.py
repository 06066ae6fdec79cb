"""Matching by divergences: their values, what supports a loss from below, and brute force."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import rel_entr

import mfg_imitation as mfg
from mfg_imitation.imitation.divergence import DIVERGENCES, SmoothedDivergence
from mfg_imitation.imitation.matching import Distance
from mfg_imitation.imitation.mfc_adv_deviation import MindingDeviators

SHARE = 1e-3

#: The divergences, written out by others.
WRITTEN_OUT = {
    "kl": lambda p, q: rel_entr(p, q).sum(),
    "reverse_kl": lambda p, q: rel_entr(q, p).sum(),
    "jensen_shannon": lambda p, q: (rel_entr(p, (p + q) / 2).sum() + rel_entr(q, (p + q) / 2).sum()) / 2,
    "chi2": lambda p, q: (p**2 / q).sum() - len(p),
    "hellinger": lambda p, q: len(p) - np.sqrt(p * q).sum(),
}


def smoothed(game, rho):
    pairs = np.prod(game.policy_shape[1:])
    return (1 - SHARE) * np.asarray(rho).reshape(game.horizon, -1) + SHARE / pairs


@pytest.fixture(scope="module")
def garnet(game_files):
    """Its kernel is affine in the population."""
    return mfg.load_game(
        game_files / "random_garnet.yaml", horizon=4, states=4, actions=2, branches=3, transition_lipschitz=0.8
    )


def noisy(game, n=60, seed=0):
    policy = np.random.default_rng(seed).dirichlet(np.full(game.policy_shape[2], 0.3), game.policy_shape[:2])
    return mfg.empirical_occupancy(mfg.sample_demonstrations(game, policy, n, seed, label_noise=0.1), game)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_values_are_those_of_the_definitions(name, garnet, rng, draw_policies):
    """Where one is 0 and the other not, too; and 0 where both are equal."""
    target, rho = noisy(garnet), mfg.occupancy(garnet, draw_policies(rng, garnet))
    loss = SmoothedDivergence(name, SHARE)
    wanted = WRITTEN_OUT[name](smoothed(garnet, target), smoothed(garnet, rho))
    assert np.any((np.asarray(target) == 0) & (np.asarray(rho) > 0))
    assert float(loss.value(rho, target)) == pytest.approx(wanted, rel=1e-10)
    assert float(loss.value(target, rho)) == pytest.approx(
        WRITTEN_OUT[name](smoothed(garnet, rho), smoothed(garnet, target)), rel=1e-10
    )
    assert float(loss.value(target, target)) == 0


LOSSES = {name: lambda game, name=name: SmoothedDivergence(name, SHARE) for name in DIVERGENCES} | {
    "sum": lambda game: Distance("sum"),
    "max": lambda game: Distance("max"),
    "deviators": lambda game: MindingDeviators(game, None, 50.0),
}


@pytest.mark.parametrize("name", LOSSES)
def test_prices_support_the_loss_from_below(name, garnet, rng, draw_policies):
    """value(other) >= value(rho) - c + <f, other - rho>, whatever the softness; and nearly equal nearby."""
    loss, target = LOSSES[name](garnet), noisy(garnet)
    support = jax.jit(lambda *arguments: loss.support(*arguments))
    rhos = mfg.occupancy(garnet, draw_policies(rng, garnet, 30))
    for softness in ((1e-1, 1e1), (1e-2, 1e-1), (1e-6, 1e-4)):
        for rho, other in zip(rhos[:15], [target, *rhos[16:]], strict=True):
            f, given_away = support(rho, target, softness)
            assert given_away >= -1e-12
            slack = loss.value(other, target) - loss.value(rho, target) + given_away - jnp.sum(f * (other - rho))
            assert slack >= -1e-10
    near = rho + 1e-4 * (other - rho)
    assert abs(loss.value(near, target) - loss.value(rho, target) - jnp.sum(f * (near - rho))) <= 1e-5
    assert given_away <= 1e-3


@pytest.mark.parametrize("name", DIVERGENCES)
def test_in_a_given_population_no_policy_is_below_the_certificate(name, garnet, rng, draw_policies):
    target = noisy(garnet)
    population = mfg.population_flow(garnet, garnet.uniform_policy())
    fit = mfg.match_divergence(target, garnet, name, population, iterations=600)
    assert fit.status == "stationary" and fit.certificate <= 1e-4
    loss = SmoothedDivergence(name, SHARE)
    among = mfg.occupancy(garnet, fit.policy, population)
    assert fit.objective == pytest.approx(float(loss.value(among, target)), rel=1e-9)
    rivals = [fit.policy + share * (draw_policies(rng, garnet, 50) - fit.policy) for share in (0.01, 0.3)]
    values = jax.vmap(lambda rho: loss.value(rho, target))(mfg.occupancy(garnet, np.concatenate(rivals), population))
    assert np.all(values >= fit.objective - fit.certificate - 1e-12)
    early = mfg.match_divergence(target, garnet, name, population, iterations=3)
    assert early.objective - early.certificate <= fit.objective + 1e-9


@pytest.mark.parametrize("name", DIVERGENCES)
def test_in_their_own_population_a_fine_grid_finds_nothing_better(name):
    """Two free numbers decide a two-step attractor: the share of a1 at n = 0, and of it in s0 at n = 1."""
    game = mfg.load_game("attractor", horizon=2, transition_lipschitz=1)
    target = jnp.array([[[0.7, 0.3], [0, 0]], [[0.4, 0.5], [0.05, 0.05]]])
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 41)] * 3), axis=-1).reshape(-1, 3)
    policies = np.full((len(grid), 2, 2, 2), 0.5)
    for column, (n, s) in enumerate([(0, 0), (1, 0), (1, 1)]):
        policies[:, n, s] = np.stack([grid[:, column], 1 - grid[:, column]], axis=-1)
    loss = SmoothedDivergence(name, SHARE)
    searched = jax.vmap(lambda rho: loss.value(rho, target))(mfg.occupancy(game, policies)).min()
    fit = mfg.match_divergence(target, game, name, iterations=500)
    assert fit.objective <= searched + 1e-6


def test_the_population_is_the_one_asked_for(garnet, rng, draw_policies):
    """Of a policy's own occupancy each finds it at 0, in its population; in another population it is not 0."""
    target = noisy(garnet)
    estimated = mfg.match_divergence(target, garnet, population=None, iterations=50)
    again = mfg.match_divergence(target, garnet, population=target.sum(axis=-1), iterations=50)
    np.testing.assert_array_equal(estimated.policy, again.policy)
    own = mfg.match_divergence(target, garnet, iterations=50)
    loss = SmoothedDivergence("kl", SHARE)
    assert own.objective == pytest.approx(float(loss.value(mfg.occupancy(garnet, own.policy), target)), rel=1e-9)
    assert own.objective != pytest.approx(estimated.objective, abs=1e-5)


def test_less_smoothing_sees_more(garnet):
    """A divergence is jointly convex: of what is mixed with the same it is smaller."""
    target, rho = noisy(garnet), mfg.occupancy(garnet, garnet.uniform_policy())
    for name in DIVERGENCES:
        values = [float(SmoothedDivergence(name, share).value(rho, target)) for share in (0.3, 1e-2, 1e-4)]
        assert values[0] < values[1] < values[2] < np.inf


def test_bad_input_is_one_line(one_line, garnet):
    target = noisy(garnet)
    assert "divergence is 'k1'" in one_line(mfg.match_divergence, target, garnet, "k1")
    assert "population is 'expert'" in one_line(mfg.match_divergence, target, garnet, "kl", "expert")
    assert "population has shape [2]" in one_line(mfg.match_divergence, target, garnet, "kl", np.ones(2))
    for share in (0.0, 1.0, float("nan"), "x"):
        assert "smoothing is" in one_line(mfg.match_divergence, target, garnet, smoothing=share)
