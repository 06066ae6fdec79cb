"""Parameters of a declared reward, recovered: from quantal responses, whose reward is known."""

import numpy as np
import pytest

import mfg_imitation as mfg

GAME = """title: A choice
source: a test
horizon: 3
states: [home, town]
actions: [wait, move]
initial: {home: 0.6, town: 0.4}
parameters:
  crowd: {value: 0.7, description: price of a crowd}
  effort: {value: 0.3, description: price of a move}
  speed: {value: 0.9, description: how often a move succeeds}
transition:
  home: {wait: {home: 1}, move: {town: speed, home: rest}}
  town: {wait: {town: 1}, move: {home: speed, town: rest}}
reward:
  home: {wait: "1 - crowd * mu[home]", move: "1 - crowd * mu[home] - REST"}
  town: {wait: "-crowd * mu[town]", move: "-crowd * mu[town] - REST"}
expert:
  solve: {}
"""


@pytest.fixture
def game(tmp_path):
    def made(rest="effort"):
        file = tmp_path / "choice.yaml"
        file.write_text(GAME.replace("REST", rest), encoding="utf-8")
        return mfg.load_game(file)

    return made


def test_parameters_are_weights_over_the_rest(game):
    """At temperature t the soft experts' reward is the game's over t: so are all weights, that of the rest too."""
    game = game()
    experts = mfg.quantal_response(game, 0.5).policy
    found = mfg.recover_reward(mfg.occupancy(game, experts), game, ["effort", "crowd"], regularisation=0.0)
    np.testing.assert_allclose(found.weights, np.array([0.3, 0.7, 1]) / 0.5, atol=1e-6)
    np.testing.assert_allclose(found.policy, experts, atol=1e-8)


def test_without_a_rest_parameters_have_a_factor_in_common():
    """sis: both prices, and nothing else."""
    game = mfg.load_game("sis")
    experts = mfg.quantal_response(game, 0.3).policy
    costs = ("distance_cost", "infection_cost")
    found = mfg.recover_reward(mfg.occupancy(game, experts), game, costs, regularisation=0.0)
    np.testing.assert_allclose(found.weights, np.array([0.5, 1.0]) / 0.3, atol=1e-6)


def test_what_cannot_be_recovered_is_said(game, one_line):
    affine, squared = game(), game("effort**2")

    def said(game, names):
        return one_line(mfg.recover_reward, mfg.occupancy(game, game.uniform_policy()), game, names)

    assert "not affine in effort" in said(squared, ["effort"])
    assert "does not depend on 'speed'" in said(affine, ["speed"])
    assert "effort" in said(affine, ["efort"])
    assert "declared" in said(mfg.load_game("random_garnet"), ["effort"])
