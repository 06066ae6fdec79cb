"""Common noise in files and in Python: what is read, what it does to a game, and what is wrong with it."""

import jax.numpy as jnp
import numpy as np
import pytest
import yaml

import mfg_imitation as mfg
from mfg_imitation.games.game_file import GameFile

GAME = """title: Two places
source: a test
horizon: 3
states: [here_not, there]
actions: [stay_put, go]
initial: {here_not: 1}
parameters:
  gust: 0.25
noise:
  states: [calm, "wild storm", flood]
  initial: {calm: 0.5, every: gust}
  transition:
    calm: {stay: 0.5, every_day: rest}
    every: {calm: 1 - gust, stay: rest}
transition:
  here_not:
    stay_put: {stay: 1}
    go: {there: "1 - 0.5 * xi['wild storm'] - gust * xi[flood]", stay: rest}
  there: {every: {stay: 1}}
reward:
  here_not: {every: 0}
  there: {every: "xi[calm] - mu[here] * xi['wild storm']"}
"""
GAME = GAME.replace("every_day", "flood")

BAR = """title: Bar
source: a test
horizon: 3
family: beach_bar
parameters: {positions: 5, bar: 2}
noise:
  states: [open, closed]
  initial: {open: 1}
  transition: {every: {open: 0.5, closed: 0.5}}
  parameters: {closed: {distance_cost: 0.25}}
"""


@pytest.fixture
def load(tmp_path):
    def loaded(text, **overrides):
        path = tmp_path / "game.yaml"
        path.write_text(text, encoding="utf-8")
        return mfg.load_game(path, **overrides)

    return loaded


def test_a_declared_game_has_its_noise(load):
    game = load(GAME)
    assert game.noise_states == ("calm", "wild storm", "flood") and game.policy_shape == (3, 2, 2)
    assert np.allclose(game.noise_initial, [0.5, 0.25, 0.25])
    assert np.allclose(game.noise_transition, [[0.5, 0, 0.5], [0.75, 0.25, 0], [0.75, 0, 0.25]])
    mu = jnp.array([0.4, 0.6])
    for one, moves, pays in zip(game.games, (1, 0.5, 0.75), (1, -0.6, 0), strict=True):
        assert np.allclose(one.transition(0, mu)[0, 1], [1 - moves, moves])
        assert np.allclose(one.reward(0, mu)[1], pays)


def test_a_noise_of_one_state_is_none(load, game_files):
    text = (game_files / "sis.yaml").read_text(encoding="utf-8")
    noisy = text + "\nnoise: {states: [calm], initial: {calm: 1}, transition: {calm: {stay: 1}}}\n"
    plain, same = load(text), load(noisy.replace("* mu[infected]", "* mu[infected] * xi[calm]"))
    assert type(same) is type(plain)
    policy = plain.uniform_policy()
    assert np.array_equal(mfg.population_flow(plain, policy), mfg.population_flow(same, policy))
    assert float(mfg.nash_imitation_gap(plain, policy)) == float(mfg.nash_imitation_gap(same, policy))


def test_a_family_takes_noise_by_its_parameters(load):
    game = load(BAR)
    open_bar, closed = game.games
    assert np.allclose(
        closed.reward(0, game.initial) - open_bar.reward(0, game.initial), 0.75 * np.array([2, 1, 0, 1, 2])[:, None]
    )
    assert game.declared_lipschitz() == open_bar.declared_lipschitz()


def test_a_class_takes_noise_by_its_parameters(tmp_path):
    (tmp_path / "windmill.py").write_text(
        "import jax.numpy as jnp\nfrom mfg_imitation.games.game import FunctionGame\n\n"
        "class Windmill(FunctionGame):\n    def __init__(self, *, horizon, wind):\n"
        "        self.states, self.actions, self.horizon = ('a', 'b'), ('x', 'y'), horizon\n"
        "        self.initial = jnp.array([0.5, 0.5])\n"
        "        self.transition_function = lambda n, mu: jnp.full((2, 2, 2), 0.5)\n"
        "        self.reward_function = lambda n, mu: wind * jnp.ones((2, 2))\n",
        encoding="utf-8",
    )
    text = BAR.replace("family: beach_bar", "python: windmill:Windmill").replace("{positions: 5, bar: 2}", "{wind: 1}")
    (tmp_path / "mill.yaml").write_text(text.replace("distance_cost: 0.25", "wind: 3"), encoding="utf-8")
    game = mfg.load_game(tmp_path / "mill.yaml")
    assert [float(one.reward(0, game.initial)[0, 0]) for one in game.games] == [1, 3]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("xi[flood]", "xi[fog]"), "xi[fog]: there is no noise state 'fog'"),
        (("states: [calm,", "states: [here,"), "noise.states: 'here' is a reserved word"),
        (("calm: 0.5, every: gust", "calm: 0.5"), "noise.initial[:] is 0.5"),
        (("calm: 0.5, every: gust", "calm: 0.5, fog: 0.5"), "noise.initial: unknown name 'fog'"),
        (("calm: 0.5, every: gust", "calm: 'mu[there]', every: 0.1"), "there is no state 'there'"),
        (("{stay: 0.5, flood: rest}", "{stay: 0.5, flood: 0.125}"), "noise.transition.calm[:] is 0.625"),
        (("{stay: 0.5, flood: rest}", "{stay: 1.5, flood: rest}"), "a negative probability"),
        (("{stay: 0.5, flood: rest}", "{stay: 0.5, fog: rest}"), "noise.transition.calm: unknown successor 'fog'"),
        (("    every: {calm: 1 - gust, stay: rest}\n", ""), "noise.transition: nothing is said of 'wild storm'"),
        (("  initial: {calm: 0.5, every: gust}\n", ""), "noise.initial is missing"),
        (("  states: [calm,", "  state: [calm,"), "noise.state is an unknown key"),
        (("- gust * xi[flood]", "+ gust * xi[flood]"), "transition of go in here_not"),
    ],
)
def test_mistakes_are_one_line(load, one_line, change, said):
    assert change[0] in GAME
    message = one_line(load, GAME.replace(*change, 1))
    assert said in message and "game.yaml" in message


def test_a_game_without_noise_knows_no_xi(load, one_line):
    content = yaml.safe_load(GAME)
    del content["noise"]
    assert "only mu can be indexed, as mu[state]" in one_line(load, yaml.safe_dump(content))


def test_a_family_says_what_noise_may_not_change(load, one_line):
    assert "noise: states differ between 'open' and 'closed'" in one_line(
        load, BAR.replace("distance_cost: 0.25", "positions: 6")
    )
    assert "noise.parameters: unknown noise state 'shut'" in one_line(load, BAR.replace("{closed: {", "{shut: {"))
    assert "unknown parameter" in one_line(load, BAR.replace("distance_cost: 0.25", "distance: 0.25"))


def test_games_of_different_kinds_share_a_chain(attractor, one_line):
    still = mfg.Game.from_functions(
        lambda n, mu: jnp.broadcast_to(jnp.eye(2)[:, None], (2, 2, 2)),
        lambda n, mu: jnp.zeros((2, 2)),
        attractor.initial,
        attractor.horizon,
        attractor.states,
        attractor.actions,
    )
    game = mfg.NoisyGame.from_games({"on": attractor, "off": still}, [0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]])
    assert float(mfg.nash_imitation_gap(game, game.spread(attractor.uniform_policy()))) > 0
    made = mfg.NoisyGame.from_games
    assert "a mapping from names" in one_line(made, [attractor], [1], [[1]])
    assert "noise.transition has shape [1, 2]" in one_line(made, {"on": attractor, "off": still}, [1, 0], [[1, 0]])
    short = mfg.load_game("attractor", horizon=2)
    assert "horizon differ" in one_line(made, {"on": attractor, "off": short}, [1, 0], np.eye(2))


def test_an_expert_may_go_by_the_noise():
    file = GameFile.read("signal")
    game = file.load()
    assert file.is_noisy and not GameFile.read("sis").is_noisy
    assert float(mfg.nash_imitation_gap(game, game.known_expert())) < 1e-12
    by_state = {"home": {"first": 0.5, "second": 0.5}, "every": "first"}
    alike = GameFile(file.path, {**file.declaration, "expert": {"policy": by_state}}).load()
    assert np.array_equal(alike.expert[:, 0], alike.expert[:, 1])


def test_the_correlated_equilibrium_is_better_than_the_conventions():
    """Those who foresee the colour crowd: x = (1 + t / c) / 2 of them in its place (hand-made)."""
    game = mfg.load_game("signal")
    expert = game.known_expert()
    value = float(mfg.policy_value(game, expert, mfg.population_flow(game, expert)))
    assert abs(value - (2 + 1 / 2 - 1.2 / 4)) < 1e-12
    crowded = (1 + 1 / 1.2) / 2
    convention = np.zeros(game.policy_shape)
    convention[..., 0] = 1
    convention[:, 0] = crowded, 1 - crowded
    one = game.games[0]
    assert float(mfg.nash_imitation_gap(one, convention)) < 1e-12
    assert float(mfg.policy_value(one, convention, mfg.population_flow(one, convention))) < value - 0.2
