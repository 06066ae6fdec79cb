"""Large games: stepping by shifts says the same as the successor table, and nothing grows like S^2."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.value import reward_range
from mfg_imitation.games.game import Game
from mfg_imitation.games.wrapped import WrappedGame

EXACT = {"rtol": 0, "atol": 1e-12}
WALLED = ["S..#", "....", ".#.G"]


class ByTheBook(WrappedGame):
    """A game stepped by its successor table alone, whatever faster way it knows."""

    def pull_back(self, n, mu, values):
        return Game.pull_back(self, n, mu, values)

    def push_forward(self, n, mu, joint):
        return Game.push_forward(self, n, mu, joint)


def grid(rows, columns, horizon=8, **parameters):
    return mfg.load_game(
        "grid_open", rows=rows, columns=columns, start="center", horizon=horizon, congestion=3.0, slip=0.2, **parameters
    )


@pytest.fixture(params=["open", "one row", "one column", "walled", "building"])
def game(request):
    match request.param:
        case "open":
            return grid(7, 4)
        case "one row":
            return grid(1, 6)
        case "one column":
            return grid(6, 1)
        case "walled":
            return mfg.load_game("maze", map=WALLED, horizon=8, congestion=3.0, slip=0.2)
    return mfg.load_game("evacuation", horizon=8, congestion=3.0, slip=0.2)


def test_steps_are_those_of_the_successor_table(game, rng, draw_policies):
    slow, policies = ByTheBook(game), draw_policies(rng, game, 3)
    np.testing.assert_allclose(mfg.population_flow(game, policies), mfg.population_flow(slow, policies), **EXACT)
    np.testing.assert_allclose(mfg.nash_imitation_gap(game, policies), mfg.nash_imitation_gap(slow, policies), **EXACT)
    flow = mfg.population_flow(game, policies[0])
    np.testing.assert_allclose(mfg.best_response(game, flow).value, mfg.best_response(slow, flow).value, **EXACT)
    np.testing.assert_allclose(mfg.policy_value(game, policies, flow), mfg.policy_value(slow, policies, flow), **EXACT)


@pytest.mark.parametrize("game", ["open", "walled"], indirect=True)
def test_gradients_are_those_of_the_successor_table(game, rng, draw_policies):
    """Along the simplex, that is, up to one number for each step and state: probabilities sum to one."""
    policy = draw_policies(rng, game, 1)[0]
    slopes = [jax.grad(lambda pi, one=one: nash_imitation_gap_of(one, pi))(policy) for one in (game, ByTheBook(game))]
    fast, slow = (slope - slope.mean(axis=-1, keepdims=True) for slope in slopes)
    assert jnp.abs(slow).max() > 1
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-10)


def test_no_array_of_states_times_actions_is_kept():
    """Beside policy and flow, the gap of an open grid needs a few columns of [S]; one [S, A, S] would be 4 GB."""
    game = grid(100, 100)
    policy = jax.ShapeDtypeStruct(game.policy_shape, float)
    compiled = jax.jit(lambda pi: nash_imitation_gap_of(game, pi)).lower(policy).compile()
    column = game.initial.nbytes
    needed = compiled.memory_analysis().temp_size_in_bytes
    assert needed < (game.horizon + 25) * column


def test_equilibrium_of_a_grid_with_more_states_than_points_looked_at():
    game = grid(40, 40, horizon=3)
    found = mfg.solve_equilibrium(game, iterations=25, progress=False)
    assert found.exploitability < 0.5 * float(mfg.nash_imitation_gap(game, game.uniform_policy()))


def test_the_range_of_rewards_sees_a_full_cell():
    game = grid(40, 40, horizon=5)
    share = float(game.smallest_share)
    expected = float(game.crowd_cost) * np.log((1 + share) / share)
    assert float(reward_range(game)) == pytest.approx(expected, rel=1e-12)


def test_the_32_bit_switch_is_close_and_really_32_bit():
    script = (
        "import mfg_imitation as mfg; game = mfg.load_game('grid_open', rows=30, columns=30, horizon=20);"
        "gap = mfg.nash_imitation_gap(game, game.uniform_policy()); print(gap.dtype, float(gap))"
    )
    values = {}
    for switch in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "JAX_ENABLE_X64": switch},
            capture_output=True,
            text=True,
            check=True,
        )
        dtype, value = done.stdout.split()
        values[dtype] = float(value)
    assert values.keys() == {"float32", "float64"}
    assert values["float32"] == pytest.approx(values["float64"], rel=1e-4)
    assert values["float32"] != values["float64"]
    assert jnp.zeros(()).dtype == "float64"
