"""Quantal responses: their own definition, a closed form, and Nash as the temperature falls."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria import quantal_response as module
from mfg_imitation.equilibria.solve import expert


def soft_answer(game, policy, temperature):
    """The definition, by a loop: exp(Q / t), with the entropy of later choices among what is earned."""
    flow, value, answer = np.asarray(mfg.population_flow(game, policy)), np.zeros(len(game.states)), []
    for n in reversed(range(game.horizon)):
        q = np.asarray(game.reward(n, flow[n])) + np.asarray(game.transition(n, flow[n])) @ value
        weights = np.exp((q - q.max(axis=-1, keepdims=True)) / temperature)
        choice = weights / weights.sum(axis=-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            entropy = -np.where(choice > 0, choice * np.log(choice), 0).sum(axis=-1)
        value = (choice * q).sum(axis=-1) + temperature * entropy
        answer.append(choice)
    return np.stack(answer[::-1])


@pytest.mark.parametrize("name", ["sis", "random_garnet", "rock_paper_scissors", "sheltered_attractor"])
@pytest.mark.parametrize("temperature", [0.02, 1.0])
def test_everyone_answers_as_everyone_plays(name, temperature):
    game = mfg.load_game(name)
    found = mfg.quantal_response(game, temperature)
    assert found.status == "converged"
    np.testing.assert_allclose(soft_answer(game, found.policy, temperature), found.policy, atol=1e-9)
    np.testing.assert_allclose(found.exploitability, mfg.nash_imitation_gap(game, found.policy), rtol=1e-12)


def test_one_step_without_a_crowd_is_a_softmax():
    def reward(n, mu):
        return jnp.array([[1.0, 0.0, -2.0]])

    game = mfg.Game.from_functions(lambda n, mu: jnp.ones((1, 3, 1)), reward, np.ones(1), 1)
    found = mfg.quantal_response(game, 0.7)
    np.testing.assert_allclose(found.policy[0], jax.nn.softmax(reward(0, None) / 0.7), rtol=1e-12)


def test_exploitability_falls_with_the_temperature():
    game = mfg.load_game("random_garnet")
    left = [mfg.quantal_response(game, t).exploitability for t in (1.0, 0.1, 0.01, 0.001)]
    assert all(later < 0.6 * sooner for sooner, later in pairwise(left))


def test_mirror_descent_arrives_where_newton_does(monkeypatch):
    game = mfg.load_game("beach_bar", horizon=4)
    newton = mfg.quantal_response(game, 0.5)
    monkeypatch.setattr(module, "SMALL", 0)
    descent = mfg.quantal_response(game, 0.5)
    assert newton.status == descent.status == "converged" and newton.iterations != descent.iterations
    np.testing.assert_allclose(newton.policy, descent.policy, atol=1e-8)


def test_an_expert_at_a_temperature(one_line, attractor, monkeypatch):
    found = expert(attractor, {"temperature": 0.5})
    assert found.exploitability > 0.01
    assert "says nothing beside temperature" in one_line(expert, attractor, {"temperature": 0.5, "method": "x"})
    assert "temperature is 0" in one_line(mfg.quantal_response, attractor, 0)
    monkeypatch.setattr(module, "SMALL", 0)
    assert "no quantal response" in one_line(expert, attractor, {"temperature": 0.01, "iterations": 1})
