"""Vanilla-ADV: the linear program against brute force and closed forms, the first-order solvers against it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

import mfg_imitation as mfg
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.matching import occupancy_distance
from mfg_imitation.imitation.primal_dual import _project

OBJECTIVES = ("sum", "max")
METHODS = ("lp", "simplex", "first_order")


def noisy(game, n=100, seed=0, label_noise=0.05):
    """Demonstrations of the known expert, or of a random policy, that no policy reproduces exactly."""
    policy = game.known_expert()
    if policy is None:
        n_actions = game.policy_shape[2]
        policy = np.random.default_rng(seed).dirichlet(np.full(n_actions, 0.3), game.policy_shape[:2])
    return mfg.sample_demonstrations(game, policy, 100, seed, label_noise).first(n)


def reached(game, target, population, policy, objective):
    return float(occupancy_distance(target, mfg.occupancy(game, policy, population), objective))


@pytest.fixture(scope="module")
def garnet(game_files):
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=5)


# --- Closed forms and brute force -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["lp", "first_order"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_an_occupancy_that_a_policy_has_is_matched(garnet, rng, draw_policies, objective, method):
    expert = draw_policies(rng, garnet)
    target = mfg.occupancy(garnet, expert)
    fit = mfg.vanilla_adv(target, garnet, objective, method=method)
    assert fit.status == "optimal" and fit.objective <= (1e-6 if method == "lp" else 1e-4)
    np.testing.assert_allclose(mfg.occupancy(garnet, fit.policy, target.sum(axis=-1)), target, atol=1e-3)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_attractor_where_the_demonstrated_slip_cannot_have_happened(share):
    """A share kappa of the labels says a1 at both steps, but nobody was seen in s1: nobody had really played it.

    In the experts' population (nobody in s1, so nothing attracts) let x play a1 at n = 0: the distance there is
    2 |kappa - x|. At n = 1 the mass x is in s1 and matches nothing, while all the rest can match: 2 x. The sum is
    2 kappa at best, for every x up to kappa; the larger of the two is least at x = kappa / 2, where it is kappa.
    """
    game = mfg.load_game("attractor", horizon=2, transition_lipschitz=1)
    target = np.zeros((2, 2, 2))
    target[:, 0] = 1 - share, share
    population = np.array([[1.0, 0], [1, 0]])
    assert mfg.vanilla_adv(target, game, "sum", population).objective == pytest.approx(2 * share, abs=1e-7)
    assert mfg.vanilla_adv(target, game, "max", population).objective == pytest.approx(share, abs=1e-7)
    grid = np.linspace(0, 1, 41)
    policies = np.zeros((41, 41, 2, 2, 2))
    policies[..., 0, 0, 1], policies[..., 1, 0, 1] = np.meshgrid(grid, grid, indexing="ij")
    policies[..., 0] = 1 - policies[..., 1]
    rho = mfg.occupancy(game, policies, population)
    steps = np.abs(np.asarray(rho) - target).sum(axis=(-2, -1))
    assert steps.sum(axis=-1).min() == pytest.approx(2 * share, abs=1e-9)
    assert steps.max(axis=-1).min() == pytest.approx(share, abs=0.026)  # the grid's width, if it misses the best


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_random_policy_and_no_search_is_better(garnet, rng, draw_policies, objective):
    demonstrations = noisy(garnet, 30)
    target = mfg.empirical_occupancy(demonstrations, garnet)
    population = target.sum(axis=-1)
    fit = mfg.vanilla_adv(demonstrations, garnet, objective)
    assert fit.objective == pytest.approx(reached(garnet, target, population, fit.policy, objective), abs=1e-12)
    clone = mfg.behavioral_cloning(demonstrations, garnet).policy
    rivals = np.concatenate(
        [clone[None], draw_policies(rng, garnet, 200), 0.9 * clone + 0.1 * draw_policies(rng, garnet, 200)]
    )
    for rival in rivals:
        assert reached(garnet, target, population, rival, objective) >= fit.objective - 1e-9

    def loss(logits):  # a derivative-free search that starts at the optimum finds nothing below it
        return reached(garnet, target, population, jax.nn.softmax(logits.reshape(target.shape)), objective)

    start = np.log(0.999 * np.asarray(fit.policy) + 0.001 / 3).ravel()
    assert minimize(loss, start, method="Powell", options={"maxfev": 300}).fun >= fit.objective - 1e-9


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_population_is_the_estimate_or_the_one_that_is_given(objective):
    game = mfg.load_game("sis", horizon=4)
    demonstrations = noisy(game)
    target = mfg.empirical_occupancy(demonstrations, game)
    estimated = mfg.vanilla_adv(demonstrations, game, objective)
    again = mfg.vanilla_adv(target, game, objective, population=target.sum(axis=-1))
    np.testing.assert_array_equal(estimated.policy, again.policy)
    other = np.full((4, 2), 0.5)
    given = mfg.vanilla_adv(demonstrations, game, objective, population=other)
    assert given.objective == pytest.approx(reached(game, target, other, given.policy, objective), abs=1e-12)
    assert given.objective <= reached(game, target, other, estimated.policy, objective) + 1e-9
    assert given.objective != pytest.approx(estimated.objective, abs=1e-3)


def test_states_that_are_not_reached_are_left_uniform():
    game = mfg.load_game("attractor", horizon=3)
    fit = mfg.vanilla_adv(mfg.occupancy(game, game.known_expert()), game)
    np.testing.assert_allclose(fit.policy[:, 0], [[1, 0]] * 3, atol=1e-9)
    np.testing.assert_array_equal(fit.policy[:, 1], np.full((3, 2), 0.5))


# --- First order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(
    ("name", "horizon"),
    [("sheltered_attractor", 10), ("sis", 6), ("rock_paper_scissors", 4), ("random_garnet", 5), ("malware", 6)],
)
def test_first_order_agrees_with_the_linear_program(name, horizon, objective):
    game = mfg.load_game(name, horizon=horizon)
    demonstrations = noisy(game)
    exact = mfg.vanilla_adv(demonstrations, game, objective)
    found = mfg.vanilla_adv(demonstrations, game, objective, method="first_order")
    assert exact.certificate <= 1e-6 + (1e-4 * exact.objective if objective == "max" else 0)
    assert found.status == "optimal" and found.certificate <= 1e-4
    assert -1e-6 <= found.objective - exact.objective <= found.certificate + 1e-6  # the certificate is true


def test_an_unfinished_game_says_so_and_its_certificate_holds(garnet):
    demonstrations = noisy(garnet)
    found = mfg.vanilla_adv(demonstrations, garnet, method="first_order", iterations=1, tolerance=1e-9)
    best = mfg.vanilla_adv(demonstrations, garnet).objective
    assert found.status == "iteration limit" and found.certificate > 1e-9
    assert found.objective - found.certificate - 1e-9 <= best <= found.objective


def test_projection_of_the_reward_player(rng):
    """Nothing of the ball is nearer: the residual makes an obtuse angle with the way to every other point of it."""
    for scale in (0.01, 0.3, 3, 100):
        point = scale * rng.normal(size=(4, 3, 2))
        found = np.asarray(_project(jnp.asarray(point)))
        assert np.abs(found).max(axis=(1, 2)).sum() <= 1 + 1e-12
        if np.abs(point).max(axis=(1, 2)).sum() <= 1:
            np.testing.assert_array_equal(found, point)
        weights = rng.dirichlet(np.ones(4), 100)[:, :, None, None]
        others = weights * rng.choice([-1, 1], size=(100, 4, 3, 2))
        corners = np.zeros((4, 4, 3, 2))
        corners[np.arange(4), np.arange(4)] = np.sign(point)
        for other in (*others, *corners):
            assert np.sum((point - found) * (other - found)) <= 1e-10 * scale


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_stationary_class(garnet, rng, draw_policies, objective):
    """An occupancy that a stationary policy has is matched; with noise the fit beats the clone, never the optimum."""
    expert = np.broadcast_to(draw_policies(rng, garnet)[:1], garnet.policy_shape)
    exact = mfg.vanilla_adv(mfg.occupancy(garnet, expert), garnet, objective, method="first_order", stationary=True)
    assert exact.objective <= 1e-3
    demonstrations = noisy(garnet, 50)
    target = mfg.empirical_occupancy(demonstrations, garnet)
    fit = mfg.vanilla_adv(demonstrations, garnet, objective, method="first_order", stationary=True)
    np.testing.assert_array_equal(fit.policy, np.broadcast_to(fit.policy[:1], garnet.policy_shape))
    assert fit.status in ("stationary", "iteration limit") and 0 <= fit.certificate < np.inf
    clone = mfg.behavioral_cloning(demonstrations, garnet, stationary=True).policy
    assert fit.objective <= reached(garnet, target, target.sum(axis=-1), clone, objective)
    assert fit.objective >= mfg.vanilla_adv(demonstrations, garnet, objective).objective - 1e-9


@pytest.mark.parametrize(
    "options", [{}, {"method": "first_order"}, {"method": "first_order", "stationary": True, "iterations": 100}]
)
def test_a_batch_is_its_samples(garnet, options):
    """In the population of every sample, and in one that all share."""
    targets = np.stack([mfg.empirical_occupancy(noisy(garnet, 30, seed), garnet) for seed in range(2)])
    for population in (None, targets.sum(axis=-1).mean(axis=0)):
        batch = mfg.vanilla_adv(targets[:, None], garnet, population=population, **options)
        assert batch.policy.shape == (2, 1, *garnet.policy_shape)
        for index, target in enumerate(targets):
            one = mfg.vanilla_adv(target, garnet, population=population, **options)
            np.testing.assert_allclose(batch.policy[index, 0], one.policy, rtol=0, atol=1e-9)
            np.testing.assert_allclose(batch.objective[index, 0], one.objective, rtol=0, atol=1e-9)
            assert batch.status[index, 0] == one.status


def test_stationary_class_against_a_search_of_another_kind(game_files):
    """L-BFGS on the logits with rounded corners: the two local methods end at the same height."""
    game = mfg.load_game(game_files / "sis.yaml", horizon=8)
    target = mfg.empirical_occupancy(noisy(game), game)
    population = target.sum(axis=-1)

    @jax.jit
    @jax.value_and_grad
    def loss(logits, width):
        policy = jnp.broadcast_to(jax.nn.softmax(logits.reshape(target.shape[1:])), target.shape)
        return jnp.sum(jnp.sqrt((mfg.occupancy(game, policy, population) - target) ** 2 + width**2))

    logits = np.zeros(target[0].size)
    for width in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5):
        logits = minimize(loss, logits, width, method="L-BFGS-B", jac=True).x
    other = float(loss(logits, 0.0)[0])
    fit = mfg.vanilla_adv(target, game, population=population, method="first_order", stationary=True)
    assert float(fit.objective) == pytest.approx(other, abs=1e-3)


def test_equal_calls_equal_policies(garnet):
    demonstrations = noisy(garnet)
    for options in ({}, {"method": "first_order"}, {"method": "first_order", "stationary": True}):
        one, other = (mfg.vanilla_adv(demonstrations, garnet, **options) for _ in range(2))
        assert np.asarray(one.policy).tobytes() == np.asarray(other.policy).tobytes()


def test_wrong_arguments(garnet, one_line):
    demonstrations = noisy(garnet)
    target = np.asarray(mfg.empirical_occupancy(demonstrations, garnet))
    for arguments, options, complaint in (
        ((target[1:],), {}, "target has shape [4, 8, 3], expected [..., 5, 8, 3]"),
        ((target / 2,), {}, "target (flattened over s, a)[0, :] is 0.5"),
        ((demonstrations,), {"objective": "mean"}, "objective is 'mean': allowed are sum, max"),
        ((demonstrations,), {"method": "dual"}, "method is 'dual': allowed are lp, simplex, first_order"),
        ((demonstrations,), {"stationary": True, "method": "lp"}, "method 'lp' has no stationary class"),
        ((demonstrations,), {"population": target[:, 0]}, "population has shape"),
        ((demonstrations,), {"tolerance": 0}, "tolerance is 0"),
    ):
        assert complaint in one_line(mfg.vanilla_adv, *arguments, garnet, **options)


def test_variants_are_the_settings_they_are_called_after(garnet):
    demonstrations, population = noisy(garnet, 30), mfg.population_flow(garnet, garnet.uniform_policy())
    offered = {"population": population, "starts": None, "iterations": 50, "seed": 0, "stationary": False}
    for name, options in (
        ("vanilla_adv_max", {"objective": "max", "population": population}),
        ("vanilla_adv_estimated", {"population": None}),
    ):
        found = ALGORITHMS[name].run(demonstrations, garnet, offered)
        np.testing.assert_array_equal(found.policy, mfg.vanilla_adv(demonstrations, garnet, **options).policy)
    found = ALGORITHMS["mfc_adv_max"].run(demonstrations, garnet, offered)
    np.testing.assert_array_equal(found.policy, mfg.mfc_adv(demonstrations, garnet, "max", iterations=50).policy)


@pytest.mark.parametrize("label_noise", [0, 0.05])
def test_three_solvers_of_the_paper_s_objective_agree_on_the_gap(label_noise):
    """Sheltered attractor, 1000 demonstrations, two seeds: within a tenth; 57 with label noise, nothing without."""
    game = mfg.load_game(
        "sheltered_attractor", horizon=30, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )
    expert = game.known_expert()
    population = mfg.population_flow(game, expert)
    for seed in range(2):
        demonstrations = mfg.sample_demonstrations(game, expert, 1000, seed, label_noise)
        fits = [mfg.vanilla_adv(demonstrations, game, "max", population, method) for method in METHODS]
        assert {fit.status for fit in fits} == {"optimal"}
        gaps = mfg.nash_imitation_gap(game, np.stack([fit.policy for fit in fits]))
        assert np.max(gaps) <= 1.1 * np.min(gaps) and (np.min(gaps) > 45) == (label_noise > 0)
