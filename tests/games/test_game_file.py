"""Games from files: what a declaration means, and what its mistakes look like."""

import os
import sys
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import yaml

import mfg_imitation as mfg
from mfg_imitation.games.declaration import find_game, load_schema, read_declaration, written_out
from mfg_imitation.games.expressions import square_root
from mfg_imitation.games.sizes import MOST_STEPS

CORPUS = Path(__file__).parents[1] / "corpus"
BAD = sorted((CORPUS / "bad").glob("*.yaml"))
EXACT = {"rtol": 0, "atol": 1e-12}


# --- The bad corpus: every file begins with what its message must contain -------------------------------------------

#: Python's own audit events of code or processes started, of connections made
FORBIDDEN = {
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "subprocess.Popen",
    "socket.connect",
}
heard: list[str] | None = None


def listen(event, _):
    if heard is not None and event in FORBIDDEN:
        heard.append(event)


sys.addaudithook(listen)  # cannot be removed again; it hears nothing while `heard` is None


@pytest.fixture
def nothing_is_executed(tmp_path, monkeypatch):
    global heard
    monkeypatch.chdir(tmp_path)
    heard = []
    yield
    events, heard = heard, None
    assert events == [] and list(tmp_path.iterdir()) == []


def test_the_listener_hears():
    global heard
    heard = []
    os.system("true")
    events, heard = heard, None
    assert events == ["os.system"]


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_broken_file_is_one_clear_line(file, one_line, nothing_is_executed):
    text = file.read_text(encoding="utf-8")
    expects = [line.removeprefix("# expects: ") for line in text.splitlines() if line.startswith("# e")]
    began, most = time.perf_counter(), getrusage(RUSAGE_SELF).ru_maxrss
    message = one_line(mfg.load_game, file)
    assert time.perf_counter() - began < 5 and getrusage(RUSAGE_SELF).ru_maxrss - most < 2**30 / 1024  # kB
    assert message.startswith(f"{file}:")
    assert expects and all(fragment in message for fragment in expects), message
    assert len(message) < len(str(file)) + 400


def test_bytes_that_are_no_text(tmp_path, one_line):
    file = tmp_path / "binary.yaml"
    for content in (b"\xff\xfe\xfa", b"title: \x00", b""):
        file.write_bytes(content)
        assert one_line(mfg.load_game, file).startswith(str(file))


# --- Names, paths and overrides -------------------------------------------------------------------------------------


def test_a_game_is_found_by_name_and_by_path(game_files, tmp_path, monkeypatch):
    monkeypatch.chdir(game_files.parents[1])
    by_name = mfg.load_game("attractor", horizon=2)
    by_path = mfg.load_game(str(game_files / "attractor.yaml"), horizon=2)
    assert by_name.states == by_path.states and by_name.policy_shape == by_path.policy_shape
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config" / "games").mkdir(parents=True)
    (tmp_path / "config" / "games" / "mine.yaml").write_text((game_files / "attractor.yaml").read_text())
    assert find_game("mine") == Path("config/games/mine.yaml")
    assert mfg.load_game("mine", horizon=2).states == by_path.states


def test_unknown_games_are_listed(game_files, tmp_path, monkeypatch, one_line):
    monkeypatch.chdir(game_files.parents[1])
    message = one_line(mfg.load_game, "atractor")
    assert "'atractor'" in message
    assert ", ".join(sorted(file.stem for file in game_files.glob("*.yaml"))) in message
    assert one_line(mfg.load_game, tmp_path / "none.yaml") == f"{tmp_path / 'none.yaml'}: no such game file"
    assert one_line(read_declaration, "atractor") == message


@pytest.mark.parametrize(
    ("overrides", "fragments"),
    [
        ({"horizn": 3}, ["unknown parameter 'horizn'", "transition_lipschitz", "horizon"]),
        ({"horizon": 0}, ["horizon", "0", "whole number >= 1"]),
        ({"horizon": 1.5}, ["horizon", "1.5", "whole number >= 1"]),
        ({"horizon": True}, ["horizon", "True", "whole number >= 1"]),
        ({"horizon": None}, ["horizon", "None", "whole number >= 1"]),
        ({"horizon": 10**9}, ["horizon is 1000000000: at most 100000 steps are allowed"]),
        ({"horizon": np.int64(100_001)}, ["horizon is 100001: at most 100000"]),
        ({"horizon": 10**30}, ["at most 100000"]),
        ({"transition_lipschitz": -1}, ["parameters.transition_lipschitz", "-1", "0"]),
        ({"transition_lipschitz": np.nan}, ["parameters.transition_lipschitz", "nan"]),
        ({"transition_lipschitz": np.inf}, ["parameters.transition_lipschitz", "inf"]),
        ({"transition_lipschitz": "steep"}, ["parameters.transition_lipschitz", "'steep'", "number"]),
        ({"transition_lipschitz": None}, ["parameters.transition_lipschitz", "None", "number"]),
        ({"transition_lipschitz": [1, 2]}, ["parameters.transition_lipschitz", "[1, 2]", "number"]),
    ],
    ids=str,
)
def test_wrong_overrides(game_files, one_line, overrides, fragments):
    file = game_files / "attractor.yaml"
    message = one_line(mfg.load_game, file, **overrides)
    assert message.startswith(f"{file}:") and all(fragment in message for fragment in fragments), message


def test_sizes_are_bounded_before_memory_is_taken(game_files, one_line):
    """In every kind of game, through overrides as in files."""
    kinds = [kind["properties"] for kind in load_schema("game")["$defs"].values() if "required" in kind]
    assert len(kinds) == 5 and all(properties["horizon"]["maximum"] == MOST_STEPS for properties in kinds)
    assert mfg.load_game(game_files / "random_garnet.yaml", horizon=MOST_STEPS).horizon == MOST_STEPS
    for name, size in (
        ("grid_open", {"rows": 200}),
        ("beach_bar", {"positions": 9000}),
        ("evacuation", {"floors": 99}),
    ):
        file = game_files / f"{name}.yaml"
        assert one_line(mfg.load_game, file, horizon=10**9).startswith(f"{file}: horizon is 1000000000: at most 100000")
        message = one_line(mfg.load_game, file, horizon=MOST_STEPS, **size)
        assert message.startswith(f"{file}: parameters: a policy [steps, states, actions] [100000, ")
        assert message.endswith(" GiB: at most 4 GiB are allowed")


def test_sizes_of_functions_are_bounded(one_line):
    def make(horizon):
        reward = jnp.zeros((2000, 300))
        return mfg.Game.from_functions(lambda n, mu: None, lambda n, mu: reward, np.eye(2000)[0], horizon)

    assert one_line(make, 10**9) == "horizon is 1000000000: at most 100000 steps are allowed"
    assert one_line(make, 1).startswith(
        "the kernel [states, actions, successors] [2000, 300, 2000] would take 8.94 GiB"
    )


def test_overrides_replace_values(game_files):
    game = mfg.load_game(game_files / "attractor.yaml", horizon=np.int64(7), transition_lipschitz=2)
    assert game.policy_shape == (7, 2, 2) and game.known_expert().shape == (7, 2, 2)
    mu = jnp.array([0.7, 0.3])
    np.testing.assert_allclose(game.transition(0, mu)[0, 0], [0.4, 0.6], **EXACT)
    assert game.states == ("s0", "s1") and game.actions == ("a0", "a1")


def test_what_the_paper_says_of_the_attractor(attractor):
    """States, actions, kernel and rewards of Section 5, one by one, at a population between the corners."""
    mu = jnp.array([0.6, 0.4])
    kernel, reward = attractor.transition(0, mu), attractor.reward(0, mu)
    np.testing.assert_allclose(kernel, [[[0.4, 0.6], [0, 1]], [[0, 1], [0, 1]]], **EXACT)  # L_P = 1.5
    np.testing.assert_allclose(attractor.transition(0, mu[::-1])[0, 0], [0.1, 0.9], **EXACT)
    np.testing.assert_array_equal(attractor.transition(0, jnp.array([0.0, 1.0]))[0, 0], [0, 1])  # capped at 1
    np.testing.assert_array_equal(reward, [[0, 0], [-1, -1]])
    np.testing.assert_array_equal(attractor.initial, [1, 0])
    np.testing.assert_array_equal(attractor.known_expert()[..., 0], 1)


def test_the_shelter(game_files):
    game = mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=2, reward_lipschitz=2, shelter_cost=0.25)
    mu = jnp.array([0.6, 0.4])
    np.testing.assert_array_equal(game.transition(0, mu)[0, 2], [1, 0])
    np.testing.assert_allclose(game.reward(0, mu)[0], [0, 0, 2 * 2 * 0.4 - 0.25], **EXACT)
    np.testing.assert_array_equal(game.reward(0, mu)[1], -1)
    assert game.actions == ("a0", "a1", "shelter")


def test_a_parameter_may_be_a_bare_number(tmp_path):
    text = (CORPUS / "good" / "commuters.yaml").read_text(encoding="utf-8")
    file = tmp_path / "bare.yaml"
    document = yaml.safe_load(text)
    document["parameters"] = {name: spec["value"] for name, spec in document["parameters"].items()}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    bare, full = mfg.load_game(file), mfg.load_game(CORPUS / "good" / "commuters.yaml")
    np.testing.assert_array_equal(bare.transition(0, bare.initial), full.transition(0, full.initial))
    assert all(spec.keys() == {"value"} for spec in read_declaration(file)["parameters"].values())


# --- The good corpus: declarations and their twins from functions ---------------------------------------------------


def commuters(horizon):
    """corpus/good/commuters.yaml: wildcards, `stay`, `rest` and mu[here]."""

    def transition(n, mu):
        arrive = 0.8 * (1 - mu[1])
        go = jnp.array([1 - arrive - 0.1, arrive, 0.1])
        rows = [[[1, 0, 0], go], [[0, 1, 0], [1, 0, 0]], [[0.25, 0.25, 0.5], [0.25, 0.25, 0.5]]]
        return jnp.stack([jnp.stack([jnp.asarray(row, dtype=float) for row in pair]) for pair in rows])

    def reward(n, mu):
        return jnp.stack([jnp.stack([-2 * mu[s], -2 * mu[s] - 0.5 + (3 if s == 1 else 0)]) for s in range(3)])

    return mfg.Game.from_functions(
        transition, reward, [0.75, 0.25, 0], horizon, ("home", "work", "ill"), ("rest_up", "go")
    )


def seasons(horizon):
    """corpus/good/seasons.yaml: every function and operator, the step n and the horizon."""

    def transition(n, mu):
        drift = jnp.where(n < horizon / 2, 0.2, 0.6) * jnp.minimum(1, mu[0] + 0.5)
        wave = jnp.clip(0.5 + 0.5 * jnp.sin(n) * jnp.cos(mu[1]), 0.1, 0.9)
        return jnp.array([[[1 - drift, drift], [1 - wave, wave]], [[drift, 1 - drift], [wave, 1 - wave]]])

    def reward(n, mu):
        wet = jnp.maximum(jnp.exp(-mu[0]), jnp.maximum(jnp.log(1 + mu[1]), square_root(jnp.abs(mu[0] - mu[1]))))
        dry = jnp.tanh(3 * mu[1]) ** 2 - jnp.floor(n / 2) / horizon
        late = (n >= horizon - 1) + 2.0 * (n == 0) - 0.25 * (n != 1) + (mu[0] <= 0.5) * 0.125 + (mu[1] > 0.5) * 0.0625
        return jnp.stack([jnp.stack([wet, dry + 0.0]), jnp.stack([late + 0.0, -0.5 * wet])])

    return mfg.Game.from_functions(transition, reward, [0.5, 0.5], horizon, ("dry", "wet"), ("wait", "walk"))


TWINS = {"commuters": commuters, "seasons": seasons}


def tables(game, populations):
    """Kernel and reward at every step in every population."""

    def at(n, mu):
        return game.transition(n, mu), game.reward(n, mu)

    everywhere = jax.vmap(jax.vmap(at, (None, 0)), (0, None))
    return jax.jit(everywhere)(jnp.arange(game.horizon), jnp.asarray(populations))


def test_every_good_file_has_a_twin():
    assert {file.stem for file in (CORPUS / "good").glob("*.yaml")} == set(TWINS)


@pytest.mark.parametrize("name", TWINS)
def test_a_declared_game_equals_its_twin(name, rng):
    declared = mfg.load_game(CORPUS / "good" / f"{name}.yaml")
    twin = TWINS[name](declared.horizon)
    assert (declared.states, declared.actions) == (twin.states, twin.actions)
    np.testing.assert_allclose(declared.initial, twin.initial, **EXACT)
    n_states = len(twin.states)
    populations = np.concatenate([np.eye(n_states), rng.dirichlet(np.ones(n_states), 5)])
    for mine, other in zip(tables(declared, populations), tables(twin, populations), strict=True):
        np.testing.assert_allclose(mine, other, **EXACT)


def test_an_expert_may_mix_and_differ_by_state():
    declared = mfg.load_game(CORPUS / "good" / "commuters.yaml")
    np.testing.assert_allclose(declared.known_expert()[2], [[0.25, 0.75], [1, 0], [1, 0]], **EXACT)
    assert mfg.load_game(CORPUS / "good" / "seasons.yaml").known_expert() is None


def test_wildcards_are_written_out():
    table = written_out(read_declaration(CORPUS / "good" / "commuters.yaml"))["reward"]
    assert list(table) == ["home", "work", "ill"] and all(list(row) == ["rest_up", "go"] for row in table.values())
    assert table["work"]["go"] != table["home"]["go"] == table["ill"]["go"]


def test_a_named_state_goes_before_every_state_and_a_named_action_before_every_action(tmp_path):
    file = tmp_path / "order.yaml"
    file.write_text(
        "{title: t, source: s, horizon: 1, states: [x, y], actions: [a, b], initial: {every: 1/2},"
        " transition: {every: {every: {stay: 1}}},"
        " reward: {every: {every: 1, b: 2}, y: {every: 3}}}"
    )
    np.testing.assert_array_equal(mfg.load_game(file).reward(0, jnp.array([0.5, 0.5])), [[1, 2], [3, 3]])


def test_states_that_are_no_identifiers(tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text(
        "{title: t, source: s, horizon: 1, states: [north-east, '0'], actions: [go on], initial: {every: 1/2},"
        ' transition: {every: {every: {stay: 1}}}, reward: {every: {every: \'mu["north-east"] - 2 * mu["0"]\'}}}'
    )
    np.testing.assert_allclose(mfg.load_game(file).reward(0, jnp.array([0.25, 0.75])), -1.25, **EXACT)
