"""The gap measured in finite populations against the exact one.

Seeds are fixed, so that what passes today passes tomorrow. Had they been drawn anew: an interval of 95% that covers
in 95% of 200 repetitions on average covers in fewer than 90% of them with probability 0.002 (binomial).
"""

import warnings

import jax
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.empirical_gap import estimate_of, repetition_of
from mfg_imitation.engine.players import simulate

GAMES = [("attractor", 5), ("left_right", 2), ("sis", 5)]


def game_and_policy(name, horizon):
    game = mfg.load_game(name, horizon=horizon)
    return game, np.random.default_rng(1).dirichlet(np.ones(len(game.actions)), game.policy_shape[:2])


@pytest.mark.parametrize(("name", "horizon"), GAMES)
def test_slope_of_the_plug_in_error_in_the_number_of_players(name, horizon):
    """Root mean square error over 200 populations, N = 100 ... 6400.

    Each of the four logarithms has a standard error of 0.05 = 1 / sqrt(2 * 200), the slope over a factor of 64 then
    one of 0.016: a slope of -1/2 misses by luck with probability below 1e-8.
    """
    game, policy = game_and_policy(name, horizon)
    exact = float(mfg.nash_imitation_gap(game, policy))
    sizes = [100, 400, 1600, 6400]
    errors = [
        np.sqrt(np.mean((mfg.empirical_nash_imitation_gap(game, policy, n, 200, n).plug_in.repetitions - exact) ** 2))
        for n in sizes
    ]
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.6 <= slope <= -0.4


def test_interval_covers_the_exact_gap():
    """200 intervals of 20 populations of 10^4 players each, from one call cut into 200 (equal to 200 calls)."""
    game, policy = game_and_policy("left_right", 2)
    exact = float(mfg.nash_imitation_gap(game, policy))
    found = mfg.empirical_nash_imitation_gap(game, policy, 10_000, 4000, seed=0)
    for estimate in (found.plug_in, found.deviation_gain):
        groups = [estimate_of(numbers, 0.95) for numbers in estimate.repetitions.reshape(200, 20)]
        assert np.mean([group.low <= exact <= group.high for group in groups]) >= 0.9


def test_deviation_gain_is_that_of_one_player_in_a_crowd():
    """With a thousand players the mean gain is the exact gap up to a few 1 / N; 5 standard errors (by luck 1e-6)."""
    game, policy = game_and_policy("left_right", 2)
    exact = float(mfg.nash_imitation_gap(game, policy))
    found = mfg.empirical_nash_imitation_gap(game, policy, 1000, 3000, seed=1).deviation_gain
    error = found.repetitions.std() / np.sqrt(3000)
    assert abs(found.mean - exact) <= 5 * error + 4 / 1000


def test_at_equilibrium_the_plug_in_errs_upwards_and_the_deviation_does_not():
    """Left or right, everyone indifferent: the best response to noise gains from the noise, but not in another draw."""
    game = mfg.load_game("left_right", horizon=2)
    found = mfg.empirical_nash_imitation_gap(game, game.known_expert(), 100, 400, seed=0)
    assert (found.plug_in.repetitions >= -1e-12).all() and found.plug_in.low > 0
    assert found.deviation_gain.low <= 0.05
    assert found.bracket[0] <= 0 <= found.bracket[1]


def test_plug_in_is_the_gap_in_the_simulated_flow():
    game, policy = game_and_policy("sis", 5)
    key = jax.random.key(3)
    flow = jax.jit(lambda key: simulate(game, policy, key, np.arange(50)).population)(jax.random.split(key)[0])
    wanted = mfg.best_response(game, flow).value - mfg.policy_value(game, policy, flow)
    found = jax.jit(lambda key: repetition_of(game, policy, key, 50)[0])(key)
    assert float(found) == pytest.approx(float(wanted), abs=1e-12)


def test_a_deviation_to_the_same_policy_gains_exactly_nothing():
    """Common random numbers: in the attractor everyone plays the dominant a0, which is also the best response."""
    game = mfg.load_game("attractor", horizon=4)
    found = mfg.empirical_nash_imitation_gap(game, game.known_expert(), 20, 5, seed=0)
    assert not found.deviation_gain.repetitions.any() and not found.plug_in.repetitions.any()
    assert found.bracket == (0, 0)


def test_seeds_and_repetitions():
    game, policy = game_and_policy("sis", 5)
    one, again, more, other = (
        mfg.empirical_nash_imitation_gap(game, policy, 100, k, seed) for k, seed in ((5, 0), (5, 0), (8, 0), (5, 1))
    )
    for mine, same, longer, its in zip(one[:2], again[:2], more[:2], other[:2], strict=True):
        np.testing.assert_array_equal(mine.repetitions, same.repetitions)
        np.testing.assert_array_equal(mine.repetitions, longer.repetitions[:5])
        assert (mine.repetitions != its.repetitions).any()
    assert len(set(more.plug_in.repetitions)) == 8


def test_students_interval_written_out():
    """Two numbers, one degree of freedom: Student's quantile is tan(pi (p - 1/2))."""
    found = estimate_of(np.array([1.0, 3.0]), 0.9)
    reach = np.tan(np.pi * 0.45) * np.sqrt(2) / np.sqrt(2)
    assert (found.low, found.mean, found.high) == pytest.approx((2 - reach, 2, 2 + reach), abs=1e-9)


def test_wrong_arguments(one_line):
    game, policy = game_and_policy("sis", 5)
    for arguments, complaint in (
        ((policy, 0, 5, 0), "n_players is 0"),
        ((policy, 10, 1, 0), "repetitions is 1: an interval needs at least 2"),
        ((policy, 10, 5, -1), "seed is -1"),
        ((policy[1:], 10, 5, 0), "policy has shape"),
        ((policy, 10, 5, 0, 1.0), "confidence is 1.0"),
    ):
        assert complaint in one_line(mfg.empirical_nash_imitation_gap, game, *arguments)


@pytest.mark.parametrize(("alpha", "n_players", "warned"), [(1e-3, 100, True), (1e-3, 6400, False), (0.2, 100, False)])
def test_a_gap_that_rare_slips_carry_is_said_to_be_missed(alpha, n_players, warned):
    """At alpha = 1e-3 one player in 2000 slips at a step: crowds of 100 mostly have none, and amplify nothing."""
    game = mfg.load_game("sheltered_attractor", horizon=30)
    policy = (1 - alpha) * game.known_expert() + alpha * game.uniform_policy()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = mfg.empirical_nash_imitation_gap(game, policy, n_players, 20, seed=0)
    assert (found.rare > 0.9) == warned == any("hardly ever show" in str(one.message) for one in caught)
    exact = float(mfg.nash_imitation_gap(game, policy))
    assert (found.bracket[1] < 0.9 * exact) == warned


def test_nothing_is_rare_in_a_small_crowd_that_mixes_or_at_equilibrium():
    game = mfg.load_game("rock_paper_scissors")
    for policy in (game.uniform_policy(), game.known_expert()):
        assert mfg.empirical_nash_imitation_gap(game, policy, 100, 2, seed=0).rare <= 1e-6
