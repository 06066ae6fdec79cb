"""The theorems with expectations over histories: they hold, and would be refuted if they said less."""

import jax.numpy as jnp
import numpy as np
import pytest
from noisy_games import tiny

from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.value import half_span_of
from mfg_imitation.theory.examination import summary
from mfg_imitation.theory.noisy_games import largest_half_span, noisy_games

SPEC = {
    "sizes": [{"states": 2, "actions": 2}],
    "horizon": [3],
    "transition_lipschitz": [1],
    "reward_lipschitz": [0, 2],
    "games": 10,
    "solver_iterations": 100,
    "alpha": [0.01, 1],
}


@pytest.fixture(scope="module")
def found():
    return noisy_games(SPEC, 3)


def test_no_inequality_is_violated(found):
    games, steps = found
    assert len(games) == 20 and (games["policies"] == 10).all()
    assert steps["violations"].sum() == 0 and steps["checks"].sum() > 5000
    assert {"Theorem, BC", "Lemma 5", "Decomposition (ours)"} <= set(steps["step"])


def test_the_steps_are_used_up(found):
    """A right side that is less by a tenth would be refuted: expectations are not too generous."""
    sharp = summary(found[1]).set_index("step")["sharpness"]
    for step in ("Lemma 4", "Lemma 5", "vanilla-ADV, one agent", "MFC-ADV, one agent", "MFC-ADV, population"):
        assert sharp[step] > 0.9, (step, sharp[step])


def test_equal_seeds_make_equal_games(found):
    again = noisy_games(SPEC, 3)
    assert again[0].equals(found[0]) and again[1].equals(found[1])


def test_the_span_is_that_after_one_history():
    game = tiny(13)
    tree = game.unfolded()
    flow = flow_of(tree, tree.uniform_policy())
    spans = []
    for n in range(3):
        for node in range(2 ** (n + 1)):
            mass = np.asarray(flow[n]).reshape(8, 2)[node]
            reward = np.asarray(game.games[node % 2].reward(n, jnp.asarray(mass / mass.sum())))
            spans.append(np.ptp(reward) / 2)
    assert abs(float(largest_half_span(tree, flow)) - max(spans)) < 1e-12
    assert float(largest_half_span(tree, flow)) <= float(half_span_of(tree, flow)) + 1e-12
