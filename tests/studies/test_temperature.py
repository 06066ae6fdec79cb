"""The temperature of players: found where it is known, with an interval; open ends where it is not."""

import numpy as np
import pytest

import mfg_imitation as mfg


@pytest.fixture(scope="module")
def game():
    return mfg.load_game("random_garnet", horizon=3, states=2, actions=2, branches=2)


def test_the_interval_covers_the_truth(game):
    """20 samples at 95 %: fewer than 16 within happens in 3 of 1000 sets of samples, were the level right."""
    truth = 0.4
    policy = mfg.quantal_response(game, truth).policy
    found = [
        mfg.quantal_response_temperature(mfg.sample_demonstrations(game, policy, 200, seed), game) for seed in range(20)
    ]
    assert sum(one.low <= truth <= one.high for one in found) >= 16
    assert all(one.low < one.temperature < one.high and one.status == "interior" for one in found)
    assert np.median([one.temperature for one in found]) == pytest.approx(truth, rel=0.1)
    assert max(one.high / one.low for one in found) < 3


def test_the_estimate_is_the_top_of_the_likelihood(game):
    sample = mfg.sample_demonstrations(game, mfg.quantal_response(game, 0.3).policy, 100, 0)
    found = mfg.quantal_response_temperature(sample, game)

    def likelihood(temperature):
        policy = np.asarray(mfg.quantal_response(game, temperature).policy)
        return np.log(policy[np.arange(3), sample.states, sample.actions]).sum()

    assert likelihood(found.temperature) == pytest.approx(found.log_likelihood, abs=1e-9)
    assert all(likelihood(found.temperature * (1 + h)) < found.log_likelihood for h in (-1e-3, 1e-3))
    for end in (found.low, found.high):  # chi-squared with one degree of freedom: 3.8415 at 95 %
        assert found.log_likelihood - likelihood(end) == pytest.approx(3.8415 / 2, abs=1e-3)


def test_random_and_rational_players_leave_an_end_open(game):
    random = mfg.quantal_response_temperature(mfg.sample_demonstrations(game, game.uniform_policy(), 100, 1), game)
    nash = mfg.solve_equilibrium(game)
    rational = mfg.quantal_response_temperature(mfg.sample_demonstrations(game, nash.policy, 100, 1), game)
    assert random.high == np.inf and random.low > rational.temperature


def test_mistakes_are_one_line(one_line, game, attractor):
    other = mfg.sample_demonstrations(attractor, attractor.known_expert(), 5, 0)
    assert "demonstrations.states has shape" in one_line(mfg.quantal_response_temperature, other, game)
    sample = mfg.sample_demonstrations(game, game.uniform_policy(), 5, 0)
    assert "confidence" in one_line(mfg.quantal_response_temperature, sample, game, confidence=2)
