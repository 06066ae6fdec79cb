"""What every proxy promises. The registry is asked; the paper's three are also written out in plain NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.proxies import PROXIES, Proxies, errors_of
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.theory.bounds import BOUNDED, Bounds, upper_bounds


@pytest.fixture(scope="module")
def game():
    shape = {"states": 3, "actions": 2, "branches": 2, "horizon": 5, "seed": 1}
    return RandomGarnet(**shape, transition_lipschitz=0.8, reward_lipschitz=0.5)


def flows(game, policy, driving=None):
    """mu^{pi, nu} step by step; nu is its own where none is given."""
    mu = [np.asarray(game.initial)]
    for n in range(game.horizon - 1):
        kernel = np.asarray(game.transition(n, jnp.asarray(mu[n] if driving is None else driving[n])))
        mu.append(np.einsum("s,sa,sat->t", mu[n], policy[n], kernel))
    return np.stack(mu)


def test_the_papers_three_written_out(game, rng, draw_policies):
    expert, policy = draw_policies(rng, game, 2)
    experts, own = flows(game, expert), flows(game, policy)
    among = flows(game, policy, experts)
    found = mfg.proxies(game, expert, policy)
    rho = experts[..., None] * expert
    assert float(found.bc) == pytest.approx((experts * np.abs(expert - policy).sum(-1)).sum(-1).max(), abs=1e-12)
    assert float(found.vanilla_adv) == pytest.approx(
        np.abs(rho - among[..., None] * policy).sum((1, 2)).max(), abs=1e-12
    )
    assert float(found.mfc_adv) == pytest.approx(np.abs(rho - own[..., None] * policy).sum((1, 2)).max(), abs=1e-12)


def test_the_linear_one_is_the_larger_of_two(rng, draw_policies):
    """On the calm bridge eps_dev is known: 2 alpha L_P (H - 1)(H - 2) / (2 H)."""
    expert = np.asarray(mfg.load_game("bridge", horizon=20).known_expert())
    alpha = 2.0**-23
    slip = expert.copy()
    slip[0] = [1 - alpha, alpha, 0]
    for slope in (1e-3, 0.05, 1.0):
        game = mfg.load_game("bridge", horizon=20, fall=1e-3, attraction=0, transition_lipschitz=slope)
        found = mfg.proxies(game, expert, slip)
        noticed = sum((19 - k) * (1 - 1e-3) ** (k - 1) * 2 * slope * alpha for k in range(1, 20)) / 20
        assert float(found.deviation) == pytest.approx(max(2 * alpha, noticed), rel=1e-9)
    garnet = mfg.load_game("random_garnet", horizon=12)
    expert, *policies = draw_policies(rng, garnet, 9)
    found = mfg.proxies(garnet, expert, np.stack(policies))
    both = np.maximum(found.mfc_adv, np.minimum(2, mfg.deviation(garnet, expert, np.stack(policies))))
    np.testing.assert_allclose(found.deviation, both, rtol=1e-12)


def test_the_expert_makes_no_error_and_no_error_is_negative(game, rng, draw_policies):
    expert = draw_policies(rng, game)
    assert all(float(error) <= 1e-15 for error in mfg.proxies(game, expert, expert))
    assert all((error >= 0).all() for error in mfg.proxies(game, expert, draw_policies(rng, game, 20)))


def test_a_batch_is_a_loop_and_names_are_the_registrys(game, rng, draw_policies):
    expert, *policies = draw_policies(rng, game, 4)
    together = mfg.proxies(game, expert, np.stack(policies))
    assert Proxies._fields == together._fields == tuple(PROXIES)
    for i, policy in enumerate(policies):
        np.testing.assert_allclose([error[i] for error in together], mfg.proxies(game, expert, policy), atol=1e-14)


def test_errors_against_demonstrations_go_to_those_against_the_expert(game, rng, draw_policies):
    expert, policy = map(jnp.asarray, draw_policies(rng, game, 2))
    flow = mfg.population_flow(game, expert)
    found = errors_of(game, mfg.occupancy(game, expert), flow, policy)
    np.testing.assert_allclose(found, mfg.proxies(game, expert, policy), atol=1e-12)


@pytest.mark.parametrize("name", BOUNDED)
def test_a_bound_grows_with_its_error_and_with_the_constants(name):
    def bound(error, *constants):
        return float(getattr(upper_bounds(Proxies(*[error] * len(PROXIES)), *constants), name))

    assert bound(0.0, 5, 0.5, 0.5, 1.0) == 0
    base = bound(1e-3, 5, 0.5, 0.5, 1.0)
    assert 0 < base < bound(2e-3, 5, 0.5, 0.5, 1.0)
    for larger in ((6, 0.5, 0.5, 1.0), (5, 0.5, 0.6, 1.0), (5, 0.5, 0.5, 1.1)):
        assert bound(1e-3, *larger) > base
    steeper = bound(1e-3, 5, 0.6, 0.5, 1.0)
    assert steeper == base if name == "deviation" else steeper > base


def test_a_proxy_without_a_bound_has_no_bound():
    assert set(Bounds._fields) == {name for name, entry in PROXIES.items() if entry.bound is not None}
    for entry in PROXIES.values():
        assert entry.label and entry.summary and entry.formula and entry.where
