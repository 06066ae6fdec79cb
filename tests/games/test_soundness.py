"""What a game is looked at for: when it is loaded, and where its population comes to."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.soundness import check_flow

GAME = """title: t
source: s
horizon: 4
states: [home, work]
actions: [move, other]
initial: {home: 1}
transition: {every: {move: {work: "%s", home: rest}, other: {stay: 1}}}
reward: {home: {every: "%s"}, work: {every: 0}}
expert: {policy: {every: %s}}
"""


@pytest.fixture
def load(tmp_path):
    """(probability of going to work, reward at home, what the expert plays) -> the game."""

    def made(move="1/2", reward="0", played="move"):
        file = tmp_path / "game.yaml"
        file.write_text(GAME % (move, reward, played))
        return mfg.load_game(file)

    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("move", "0.9 * sqrt(mu[work])"),
        ("move", "mu[home] ** 0.5"),
        ("reward", "sqrt(mu[work])"),
        ("reward", "-(mu[work] ** 0.1)"),
        ("reward", "where(mu[work] > 0, mu[work] ** 0.5, 0)"),
    ],
)
def test_an_infinite_derivative_is_named(name, value, load, one_line):
    said = one_line(load, **{name: value})
    state = "home" if "mu[home]" in value else "work"
    assert f"its derivative with respect to mu[{state}] is not finite at n = 0" in said
    assert f"sqrt(mu[{state}] + 1.0e-6)" in said
    assert ("transition of move" if name == "move" else "reward of move in home") in said


@pytest.mark.parametrize(
    "reward", ["max(1, sqrt(mu[work]))", "sqrt(mu[work] + 1.0e-6)", "mu[work] ** 1.5", "abs(mu[home] - mu[work])"]
)
def test_finite_derivatives_are_let_pass(reward, load):
    game = load(reward=reward)
    slopes = jax.vmap(jax.jacrev(lambda mu: game.reward(0, mu)))(jnp.eye(2))
    assert np.isfinite(slopes).all()


def test_the_slope_of_a_root_is_that_of_a_root(load):
    game = load(reward="sqrt(mu[work] + 0.25)")
    slope = jax.grad(lambda mu: game.reward(0, mu)[0, 0])(jnp.array([0.25, 0.75]))
    np.testing.assert_allclose(slope, [0, 0.5], rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("move", "reward", "what"),
    [
        ("0.31 + where(abs(mu[work] - 0.31) < 0.005, 1, 0)", "0", "transition of move in home"),
        ("0.31", "where(abs(mu[work] - 0.31) < 0.005, 1e307 * 9, 0)", "reward of move in home"),
    ],
)
def test_what_no_probe_meets_is_met_on_the_flow(move, reward, what, load, one_line):
    said = one_line(known_expert, load(move, reward))
    assert said.startswith(what) and "at n = 1 when mu is [0.69, 0.31], which it comes to" in said


def test_a_sound_flow_is_let_pass(load):
    game = load()
    check_flow(game, mfg.population_flow(game, game.known_expert()))


def test_rewards_that_cannot_be_summed_up_are_refused(load, one_line):
    assert "a sum over the horizon is not finite" in one_line(load, reward="1e307 * 2")
    load(reward="1e300")


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e6])
def test_an_expert_is_known_to_rounding_in_any_unit(size, load, one_line):
    """Who stays at home earns `size` a step; who goes to work loses half of it in the first step alone."""
    assert known_expert(load("1", f"{size}", "other")).exploitability <= 1e-15 * size
    assert "above the tolerance" in one_line(known_expert, load("1", f"{size}", "move"))


def test_equal_up_to_rounding_is_known_in_large_units(tmp_path):
    """Uniform by symmetry; in units of 1e6 rounding leaves more than 1e-9 of the gap."""
    file = tmp_path / "huge.yaml"
    file.write_text(
        "{title: t, source: s, horizon: 50, states: [a, b, c], actions: [x, y, z], initial: {every: 1/3},"
        " transition: {every: {x: {a: 1}, y: {b: 1}, z: {c: 1}}}, reward: {every: {every: '-1.0e6 * mu[here]'}},"
        " expert: {policy: {every: {x: 0.3333333333333333, y: 0.3333333333333333, z: 0.3333333333333334}}}}"
    )
    assert known_expert(mfg.load_game(file)).status == "known"


def test_a_known_expert_may_have_a_tolerance_of_its_own(tmp_path, load):
    file = tmp_path / "game.yaml"
    text = GAME % ("1", "1", "move")
    file.write_text(text.replace("{policy: {every: move}}", "{policy: {every: move}, solve: {tolerance: 10}}"))
    game = mfg.load_game(file)
    assert known_expert(game, tolerance=10).status == "known"
