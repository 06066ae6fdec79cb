"""Every family of games against slow loops that read its description literally, and its own constants."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mfg_imitation import InputError, load_game
from mfg_imitation.games.families.family import FAMILIES
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate

RNG = np.random.default_rng(7)

#: A small game of every family, with everything that its parameters can turn on.
SMALL = {
    "beach_bar": {
        "positions": 6,
        "bar": 1,
        "distance_cost": 0.7,
        "still_probability": 0.4,
        "smallest_share": 0.01,
    },
    "grid_crowd": {
        "map": ["S.#G", "..#.", "...."],
        "goal_reward": 2,
        "slip": 0.1,
        "congestion": 1.5,
        "crowd_cost": 0.5,
        "smallest_share": 0.05,
    },
    "evacuation": {
        "floors": 3,
        "rows": 2,
        "columns": 2,
        "slip": 0.2,
        "congestion": 0.8,
        "smallest_share": 0.05,
    },
    "kinetic_congestion": {"map": ["S.#G", "..#.", "...."], "capacity": 0.4, "move_cost": 0.3},
    "linear_quadratic": {"extent": 2, "speed": 1, "time_step": 0.4, "volatility": 0.9, "alignment": 0.3},
    "random_garnet": {"states": 5, "actions": 2, "branches": 3, "seed": 3, "transition_lipschitz": 0.3},
    "road_network": {"delay": 0.4, "power": 1},
}


@pytest.fixture(params=sorted(FAMILIES))
def family(request):
    return request.param


@pytest.fixture
def make(tmp_path):
    """Load a game of a family from a file made for it."""

    def load(family, horizon=4, overrides=None, **parameters):
        return load_game(write(tmp_path, family, horizon, parameters), **(overrides or {}))

    return load


def write(folder, family, horizon, parameters):
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
    text = f"title: a game\nsource: a test\nhorizon: {horizon}\nfamily: {family}\nparameters: {values}\n"
    path = folder / "game.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def populations(n_states, n=6):
    return np.concatenate([np.eye(n_states)[:2], RNG.dirichlet(np.full(n_states, 0.5), n)])


def assert_same(game, kernel, reward):
    """Kernel and reward are those of functions of (n, s, a, mu): (successor, probability) pairs, a number."""
    for mu, n in itertools.product(populations(len(game.states)), {0, game.horizon - 1}):
        dense, earned = (
            np.asarray(game.transition(n, jnp.asarray(mu))),
            np.asarray(game.reward(n, jnp.asarray(mu))),
        )
        for s, a in np.ndindex(dense.shape[:2]):
            expected = np.zeros(len(game.states))
            for successor, probability in kernel(n, s, a, mu):
                expected[successor] += probability
            np.testing.assert_allclose(dense[s, a], expected, atol=1e-14)
            np.testing.assert_allclose(earned[s, a], reward(n, s, a, mu), atol=1e-12)


def test_small_covers_every_family(family):
    assert family in SMALL


@pytest.mark.parametrize("ends", ["joined", "walls"])
def test_beach_bar(make, ends):
    game = make("beach_bar", **SMALL["beach_bar"], ends=ends)
    np.testing.assert_allclose(game.initial, np.full(6, 1 / 6))

    def kernel(n, s, a, mu):
        for noise, probability in ((-1, 0.3), (0, 0.4), (1, 0.3)):
            to = s + (a - 1) + noise
            yield (to % 6 if ends == "joined" else min(max(to, 0), 5)), probability

    def reward(n, s, a, mu):
        distance = min(abs(s - 1 + turn) for turn in (-6, 0, 6))
        return -0.7 * distance - abs(a - 1) / 6 - math.log(mu[s] + 0.01)

    assert_same(game, kernel, reward)


def crowd_kernel(cells, aims, slip, congestion):
    """Kernel of a crowd walk; `aims(cell)` lists what each action aims at, be it a cell or not."""

    def kernel(n, s, a, mu):
        for b, aim in enumerate(aims(cells[s])):
            played = slip / len(aims(cells[s])) + (1 - slip) * (a == b)
            if aim not in cells or aim == cells[s]:
                yield s, played
            else:
                to = cells.index(aim)
                success = max(0, 1 - congestion * mu[to])
                yield to, played * success
                yield s, played * (1 - success)

    return kernel


def test_grid_crowd(make):
    game = make("grid_crowd", **SMALL["grid_crowd"])
    plan = SMALL["grid_crowd"]["map"]
    cells = [(y, x) for y in range(3) for x in range(4) if plan[y][x] != "#"]
    assert game.states == tuple(f"{y},{x}" for y, x in cells)
    assert game.cells == tuple(cells)
    np.testing.assert_array_equal(game.initial, np.eye(len(cells))[0])

    def aims(cell):
        y, x = cell
        return [(y, x), (y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]

    def reward(n, s, a, mu):
        return 2 * (cells[s] == (0, 3)) - 0.5 * math.log(mu[s] + 0.05)

    assert_same(game, crowd_kernel(cells, aims, 0.1, 1.5), reward)


def test_kinetic_congestion(make):
    """Nothing of the reward depends on the population, all of the kernel does."""
    game = make("kinetic_congestion", **SMALL["kinetic_congestion"])
    cells = [(y, x) for y in range(3) for x in range(4) if SMALL["kinetic_congestion"]["map"][y][x] != "#"]
    np.testing.assert_array_equal(game.initial, np.eye(len(cells))[0])

    def aims(cell):
        y, x = cell
        return [(y, x), (y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]

    def reward(n, s, a, mu):
        return -(cells[s] != (0, 3)) - 0.3 * (a != 0)

    assert_same(game, crowd_kernel(cells, aims, 0, 1 / 0.4), reward)


def test_earlier_values_count_what_an_action_costs(make):
    """One step of backward induction in its own terms: best value, and the regret of a policy."""
    game = make("kinetic_congestion", **SMALL["kinetic_congestion"])
    mu = jnp.asarray(populations(len(game.states))[-1])
    values, pi = jnp.asarray(RNG.normal(size=len(mu))), RNG.dirichlet(np.ones(5), len(mu))
    q = np.asarray(game.reward(0, mu)) + np.asarray(game.transition(0, mu)) @ np.asarray(values)
    best, regret = game.earlier_values(0, mu, jnp.asarray(pi), values)
    np.testing.assert_allclose(best, q.max(axis=-1), atol=1e-14)
    np.testing.assert_allclose(regret, (pi * (q.max(axis=-1, keepdims=True) - q)).sum(axis=-1), atol=1e-14)


@pytest.mark.parametrize(("start", "cell"), [("corner", "0,0"), ("center", "1,2")])
def test_start_on_an_open_grid(make, start, cell):
    game = make("grid_crowd", rows=3, columns=4, start=start)
    assert game.states[int(np.argmax(game.initial))] == cell
    assert float(game.initial.max()) == 1


def test_walls_are_never_entered(make):
    """Across a wall there is no way: whoever starts on the left of it stays there."""
    game = make("grid_crowd", map=["S#.", ".#.", ".#."], horizon=9, slip=0.3, congestion=0.5)
    mu = game.initial
    for n in range(game.horizon):
        mu = game.push_forward(n, mu, jnp.broadcast_to(mu[:, None] / 5, (len(mu), 5)))
    right = [i for i, (_, x) in enumerate(game.cells) if x == 2]
    assert len(game.cells) == 6
    assert float(mu[jnp.array(right)].sum()) == 0
    assert float(mu.sum()) == pytest.approx(1, abs=1e-12)


def test_evacuation(make):
    game = make("evacuation", **SMALL["evacuation"], ground_reward=3)
    cells = list(itertools.product(range(3), range(2), range(2)))
    assert game.cells == tuple(cells)

    def aims(cell):
        f, y, x = cell
        down = (f - 1, y, x) if (f, y, x) in {(1, 0, 0), (2, 1, 1)} else cell
        up = (f + 1, y, x) if (f, y, x) in {(0, 0, 0), (1, 1, 1)} else cell
        return [(f, y, x), (f, y - 1, x), (f, y + 1, x), (f, y, x - 1), (f, y, x + 1), down, up]

    def reward(n, s, a, mu):
        return 3 * (cells[s][0] == 0) - math.log(mu[s] + 0.05)

    assert_same(game, crowd_kernel(cells, aims, 0.2, 0.8), reward)


def test_linear_quadratic(make):
    game = make("linear_quadratic", **SMALL["linear_quadratic"], reversion=0.6, spread_cost=0.8, terminal_cost=1.5)
    positions = [-2, -1, 0, 1, 2]
    weights = [math.exp(-w * w / 2) for w in range(-3, 4)]

    def kernel(n, s, a, mu):
        mean = sum(x * m for x, m in zip(positions, mu, strict=True))
        for w, weight in zip(range(-3, 4), weights, strict=True):
            drift = (0.6 * (mean - positions[s]) + (a - 1)) * 0.4
            landing = positions[s] + drift + 0.9 * math.sqrt(0.4) * w
            landing = min(max(landing, -2), 2)
            low = min(math.floor(landing), 1)
            yield positions.index(low), weight / sum(weights) * (low + 1 - landing)
            yield positions.index(low + 1), weight / sum(weights) * (landing - low)

    def reward(n, s, a, mu):
        away = sum(x * m for x, m in zip(positions, mu, strict=True)) - positions[s]
        if n == game.horizon - 1:
            return -1.5 * away**2 / 2
        return (-((a - 1) ** 2) / 2 + 0.3 * (a - 1) * away - 0.8 * away**2 / 2) * 0.4

    assert_same(game, kernel, reward)


def test_random_garnet_is_affine_and_seeded(make):
    game = make("random_garnet", **SMALL["random_garnet"])
    n_states = len(game.states)
    assert all(len(set(row)) == 3 for row in np.asarray(game.successors).reshape(-1, 3).tolist())
    corners = [np.asarray(game.transition(0, corner)) for corner in jnp.eye(n_states)]
    earned = [np.asarray(game.reward(0, corner)) for corner in jnp.eye(n_states)]
    for mu in populations(n_states):
        mixed = sum(share * corner for share, corner in zip(mu, corners, strict=True))
        np.testing.assert_allclose(game.transition(0, jnp.asarray(mu)), mixed, atol=1e-14)
        mixed = sum(share * corner for share, corner in zip(mu, earned, strict=True))
        np.testing.assert_allclose(game.reward(0, jnp.asarray(mu)), mixed, atol=1e-14)
    again = make("random_garnet", **SMALL["random_garnet"])
    other = make("random_garnet", **SMALL["random_garnet"] | {"seed": 4})
    assert all(np.array_equal(x, y) for x, y in zip(*map(jax.tree.leaves, (game, again)), strict=True))
    assert not np.array_equal(game.own_reward, other.own_reward)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("kernel", "reward"), [(0, 0), (0.3, 2), (1, 0.01)])
def test_random_garnet_has_exactly_the_constants_asked_for(make, seed, kernel, reward):
    chosen = {
        "states": 5,
        "branches": 2,
        "seed": seed,
        "transition_lipschitz": kernel,
        "reward_lipschitz": reward,
    }
    estimate = lipschitz_estimate(make("random_garnet", horizon=2, **chosen), n_samples=3)
    assert estimate.transition == pytest.approx(kernel, abs=1e-9)
    assert estimate.reward == pytest.approx(reward, abs=1e-9)


def test_probabilities_and_declared_constants(family, make, tmp_path):
    game = make(family, horizon=2, **SMALL[family])
    for mu in populations(len(game.states), 30):
        kernel = np.asarray(game.probabilities(0, jnp.asarray(mu)))
        assert kernel.min() >= -1e-15
        np.testing.assert_allclose(kernel.sum(axis=-1), 1, atol=1e-12)
    declared = GameFile.read(tmp_path / "game.yaml").lipschitz()
    assert declared == game.declared_lipschitz()
    estimate = lipschitz_estimate(game, n_samples=20)
    assert estimate.transition <= declared[0] + 1e-9
    assert estimate.reward <= declared[1] * (1 + 1e-9)
    if family != "linear_quadratic":  # its constants are bounds, all the others are attained at a corner of the simplex
        assert estimate.transition == pytest.approx(declared[0], abs=1e-9)
        assert estimate.reward == pytest.approx(declared[1], rel=1e-9)


def test_pull_back_and_push_forward_are_adjoint(family, make):
    game = make(family, **SMALL[family])
    mu = jnp.asarray(populations(len(game.states))[-1])
    joint, values = RNG.uniform(size=game.policy_shape[1:]), jnp.asarray(RNG.normal(size=len(game.states)))
    ahead = jnp.sum(joint * game.pull_back(0, mu, values))
    np.testing.assert_allclose(ahead, game.push_forward(0, mu, joint) @ values, rtol=1e-12)


def test_defaults_and_every_override_load(family, make):
    game = make(family)
    assert game.horizon == 4
    assert make(family, overrides={"horizon": 7}).horizon == 7
    for name, parameter in FAMILIES[family].parameters.items():
        make(family, overrides={name: parameter.default})


def test_an_override_goes_before_the_file(make):
    assert len(make("grid_crowd", rows=3, columns=4, overrides={"rows": 5}).states) == 20
    assert len(make("grid_crowd", overrides={"map": ["..", "S."]}).states) == 4


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        ("grid_crowd", {"rows": 0}, "parameters.rows: 0 is not between 1 and 4000"),
        ("grid_crowd", {"rows": 2.5}, "parameters.rows: 2.5 is not a whole number"),
        ("grid_crowd", {"rows": "many"}, "parameters.rows: 'many' is not a whole number"),
        ("grid_crowd", {"slip": True}, "parameters.slip: True is not a number"),
        ("grid_crowd", {"slip": 1.5}, "parameters.slip: 1.5 is not between 0 and 1"),
        (
            "grid_crowd",
            {"start": "middle"},
            "parameters.start: 'middle' is not one of everywhere, corner, center",
        ),
        (
            "grid_crowd",
            {"row": 3},
            "parameters.row: unknown parameter (did you mean 'rows'?); allowed are rows, columns",
        ),
        ("grid_crowd", {"map": 3}, "parameters.map: 3 is not a list of text"),
        ("grid_crowd", {"map": ["..", "."]}, "parameters.map[1]: has 1 cells, the first line has 2"),
        ("grid_crowd", {"map": [".?"]}, "parameters.map[0]: '?' is no cell"),
        ("grid_crowd", {"map": ["##"]}, "parameters.map: has no free cell"),
        ("kinetic_congestion", {"map": ["S."]}, "parameters.map: has no goal; allowed are # (wall)"),
        ("kinetic_congestion", {"capacity": 0}, "parameters.capacity: 0 is not between 1e-06 and 1"),
        ("beach_bar", {"bar": 20}, "parameters.bar: 20 is not between 0 and 19, the last position"),
        ("beach_bar", {"smallest_share": 0}, "parameters.smallest_share: 0 is not between 1e-300 and 1"),
        ("random_garnet", {"branches": 9}, "parameters.branches: 9 is more than the 8 states"),
        (
            "random_garnet",
            {"branches": 1},
            "parameters.transition_lipschitz: 0.5 needs branches of at least 2",
        ),
        (
            "random_garnet",
            {"transition_lipschitz": 2},
            "parameters.transition_lipschitz: 2 is not between 0 and 1",
        ),
        (
            "beach_bra",
            {},
            "family: unknown family 'beach_bra' (did you mean 'beach_bar'?); allowed are beach_bar, ",
        ),
    ],
)
def test_bad_parameters_are_one_line(make, tmp_path, family, parameters, message):
    with pytest.raises(InputError) as error:
        make(family, **parameters)
    assert f"{tmp_path / 'game.yaml'}: {message}" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("horizon", [0, 2.5, True, "long"])
def test_a_bad_horizon_is_refused(make, horizon):
    with pytest.raises(InputError, match=r"horizon is .*: a whole number >= 1 is needed"):
        make("beach_bar", overrides={"horizon": horizon})


def add(path, text):
    path.write_text(path.read_text("utf-8") + text + "\n", encoding="utf-8")
    return path


def test_a_file_may_state_expert_and_constants(tmp_path):
    path = write(tmp_path, "grid_crowd", 3, {"rows": 2, "columns": 2, "slip": 0.5})
    add(
        path,
        "expert: {policy: {every: stay}}\nlipschitz: {transition: 2 * slip + congestion, reward: horizon}",
    )
    game = load_game(path)
    np.testing.assert_array_equal(game.known_expert(), np.broadcast_to(np.eye(5)[0], game.policy_shape))
    assert game.coordinates().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]  # the map behind the expert is still seen
    assert GameFile.read(path).lipschitz() == (1, 3)
    assert GameFile.read(path).lipschitz(slip=0.25, horizon=5) == (0.5, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lipschitz: {transition: -1}",
            "lipschitz.transition: is -1.0, but must be a finite number of at least 0",
        ),
        ("lipschitz: {transition: 'mu[0]'}", "lipschitz.transition: 'mu[0]'"),
        ("expert: {policy: {every: fly}}", "expert.policy.every: unknown action 'fly'"),
        ("expert: {solve: {tolerance: 0}}", "expert.solve.tolerance is 0, but must be a number above 0"),
        (
            "expert: {solve: {iterations: 1.5}}",
            "expert.solve.iterations is 1.5, but must be an integer of at least 1",
        ),
        ("expert: {solve: {method: 3}}", "expert.solve.method is 3, but must be the name of a solver"),
        (
            "expert: {solve: {iterations: 9}, policy: {every: stay}}",
            "expert.solve.iterations: nothing is solved where expert.policy says it; remove it",
        ),
        ("states: [a]", "states is an unknown key; allowed: title, "),
    ],
)
def test_what_a_file_may_not_say(tmp_path, text, message):
    path = add(write(tmp_path, "grid_crowd", 3, {"rows": 2}), text)
    with pytest.raises(InputError) as error:
        GameFile.read(path).lipschitz()
    assert f"{path}: {message}" in str(error.value)


def test_a_file_that_says_of_no_game(tmp_path):
    path = tmp_path / "game.yaml"
    path.write_text("title: t\nsource: s\nhorizon: 3\nfamly: beach_bar\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"game\.yaml: says of no game \(it has 'famly'\): .* one of family, python"):
        load_game(path)
