"""The rewards for which experts are a Nash equilibrium: closed forms, and best responses to rewards drawn at random."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.games import sizes
from mfg_imitation.rewards.linear import LinearRewardGame, reward_class


def choices(horizon, n_actions=2):
    """One state: at every step an action is chosen, and nothing follows from it."""

    def kernel(n, mu):
        return jnp.ones((1, n_actions, 1))

    return mfg.Game.from_functions(kernel, lambda n, mu: jnp.zeros((1, n_actions)), np.ones(1), horizon)


def plays(*actions, n_actions=2):
    return jnp.eye(n_actions)[np.array(actions)][:, None, :]


@pytest.mark.parametrize(
    ("policy", "features", "dimension", "indifferent"),
    [
        (plays(0), "table", 2, 1),  # w_0 >= w_1
        (jnp.full((1, 1, 2), 0.5), "table", 1, 1),  # w_0 = w_1
        (plays(0, 1), "table", 1, 1),  # w_0 >= w_1 >= w_0: two inequalities make an equality
        (plays(0, 1), "steps", 4, 2),  # a half-plane at every step
        (plays(0, 1, 2, n_actions=3), "table", 1, 1),
        (plays(0, 1, 0, n_actions=3), "table", 2, 1),  # w_0 = w_1 >= w_2
    ],
)
def test_choices_without_consequences(policy, features, dimension, indifferent):
    game = choices(len(policy), policy.shape[-1])
    found = mfg.consistent_rewards(game, policy, features)
    size = policy.shape[-1] * (len(policy) if features == "steps" else 1)
    assert found == (size, dimension, indifferent)


def test_rewards_of_every_step_hide_a_potential_of_every_step_and_state(rng, draw_policies):
    """H S potentials say nothing; experts who mix leave open only what else is done where they never are."""
    game = mfg.load_game("random_garnet", horizon=3, states=3, actions=2, branches=2)
    experts = draw_policies(rng, game)
    nowhere = int((np.asarray(mfg.population_flow(game, experts)) == 0).sum())
    found = mfg.consistent_rewards(game, experts, "steps")
    assert nowhere > 0 and found == (18, 9 + nowhere, 9)


def test_beyond_a_mistake_experts_do_not_say_what_they_would_do():
    """Two steps; a mistake at the first leads to where experts never are: a best response may do anything there."""

    def kernel(n, mu):
        return jnp.asarray([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])

    game = mfg.Game.from_functions(kernel, lambda n, mu: jnp.zeros((2, 2)), np.array([1.0, 0.0]), 2)
    stay = jnp.broadcast_to(jnp.asarray([[1.0, 0.0], [1.0, 0.0]]), (2, 2, 2))
    also = stay.at[1, 1].set(jnp.asarray([0.0, 1.0]))  # another answer where nobody is
    assert mfg.consistent_rewards(game, stay, "steps") == mfg.consistent_rewards(game, also, "steps")
    assert mfg.consistent_rewards(game, stay, "steps").dimension == 8


def test_experts_that_answer_a_reward_leave_it_open(rng):
    """The only best response to a random reward: all rewards near it are consistent, too."""
    game = mfg.load_game("random_garnet", horizon=3, states=3, actions=2, branches=2, transition_lipschitz=0)
    rewards = reward_class("table", game)
    random = LinearRewardGame(game, rewards, jnp.asarray(rng.normal(size=rewards.size)))
    answer = mfg.best_response(random, mfg.population_flow(game, game.uniform_policy())).policy
    assert mfg.consistent_rewards(game, answer).dimension == rewards.size


def test_a_game_that_fills_the_memory_is_refused(one_line, monkeypatch):
    game = choices(3)
    monkeypatch.setattr(sizes, "MOST_MEMORY", 1e-7)  # its 2 x 2 Hessian is smaller
    assert "equations of consistent rewards" in one_line(mfg.consistent_rewards, game, game.uniform_policy())
