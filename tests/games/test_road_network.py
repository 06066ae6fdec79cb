"""Traffic: the kernel as its description says, travel times by hand, shortest ways, Braess's paradox, wrong tables."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.sparse.csgraph import dijkstra

import mfg_imitation as mfg
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.value import population_values
from mfg_imitation.games.game_file import GameFile

INF = np.inf
#: Two destinations, up to three exits, a road that leads nowhere (to f) and one that comes from nowhere (from e).
ROADS = {
    ("a", "b"): (2.0, 300.0),
    ("a", "c"): (3.5, 100.0),
    ("a", "d"): (1.0, INF),
    ("b", "d"): (4.0, 50.0),
    ("c", "b"): (1.5, 200.0),
    ("c", "d"): (2.0, 20.0),
    ("d", "c"): (2.5, 400.0),
    ("b", "f"): (1.0, INF),
    ("e", "a"): (1.0, INF),
}
TRIPS = {("a", "d"): 120.0, ("b", "d"): 30.0, ("a", "c"): 50.0}


def table(rows, *columns):
    """Rows {(from, to): values} as a mapping of columns."""
    lines = [(*pair, *np.atleast_1d(values).tolist()) for pair, values in rows.items()]
    return dict(zip(("from", "to", *columns), zip(*lines, strict=True), strict=True))


def written(folder, horizon=5, **tables):
    """A game's file that names the tables, each a text, in a folder beside it."""
    (folder / "roads").mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"roads/{name}.csv").write_text(text, encoding="utf-8")
    named = {name: f"roads/{name}.csv" for name in tables}
    path = folder / "game.yaml"
    path.write_text(f"title: t\nsource: s\nhorizon: {horizon}\nfamily: road_network\nparameters: {named}\n", "utf-8")
    return path


@pytest.fixture
def network(tmp_path):
    """A game of these roads and trips."""

    def load(roads=ROADS, trips=TRIPS, **overrides):
        tables = {"links": table(roads, "time", "capacity"), "demand": table(trips, "vehicles")}
        return mfg.load_game(written(tmp_path), **tables, **overrides)

    return load


def literal(game, delay, power, mu):
    """P(. | s, a, mu) and r(s) as the family's description says, from the names of the states alone."""
    share = dict(zip(game.states, mu, strict=True))
    total = sum(TRIPS.values())
    for s, name in enumerate(game.states):
        place, _, end = name.partition(" to ")
        start, _, node = place.partition("-")
        node = node or start
        exits = [pair for pair in ROADS if pair[0] == node and f"{node}-{pair[1]} to {end}" in share]
        for a in range(len(game.actions)):
            kernel = np.zeros(len(mu))
            if name == "arrived":
                kernel[s] = 1
                yield s, a, kernel, 0
                continue
            aim = "arrived" if node == end else f"{node}-{exits[min(a, len(exits) - 1)][1]} to {end}"
            leaving = 1.0
            if place != node:
                time, capacity = ROADS[start, node]
                load = sum(share.get(f"{start}-{node} to {other}", 0) for other in "cd") * total
                leaving = 1 / (time * (1 + delay * (load / capacity) ** power))
            kernel[s] += 1 - leaving
            kernel[game.states.index(aim)] += leaving
            yield s, a, kernel, -1.0 if place != node else 0.0


def test_the_kernel_is_what_the_description_says(network, rng):
    game = network(delay=0.7, power=2.5)
    assert {name for name in game.states if "f" in name} == set(), "no road leads on from f"
    assert "d-c to d" not in game.states and "d-c to c" in game.states
    assert len(game.actions) == 3
    np.testing.assert_allclose(game.initial[:3], [0.6, 0.15, 0.25])
    assert game.states[:3] == ("a to d", "b to d", "a to c") and game.states[-1] == "arrived"
    for mu in rng.dirichlet(np.full(len(game.states), 0.3), 4):
        dense, reward = np.asarray(game.transition(0, jnp.asarray(mu))), np.asarray(game.reward(0, jnp.asarray(mu)))
        for s, a, kernel, earned in literal(game, 0.7, 2.5, mu):
            np.testing.assert_allclose(dense[s, a], kernel, rtol=0, atol=1e-14)
            assert reward[s, a] == earned


def test_travel_times_by_hand(network):
    """Two links in a row: 2000 vehicles on one for 1000 take 1 + 0.15 * 2^4 = 3.4 times as long."""
    roads = {("home", "inn"): (5.0, 1000.0), ("inn", "work"): (1.0, 4000.0)}
    game = network(roads, {("home", "work"): 2000.0}, horizon=4)
    flow = np.asarray(mfg.population_flow(game, game.uniform_policy()))
    first = 1 - 1 / (5 * 3.4)  # still on the first link after a step on it
    np.testing.assert_allclose(flow[:3, :2], [[1, 0], [0, 1], [0, first]], atol=1e-15)
    second = first * (1 - 1 / (5 * (1 + 0.15 * (2 * first) ** 4)))
    np.testing.assert_allclose(flow[3, 1], second, rtol=1e-14)
    arrived = (1 - first) / (1 + 0.15 * ((1 - first) / 2) ** 4)
    np.testing.assert_allclose(flow[3, 3], arrived, rtol=1e-14)
    np.testing.assert_allclose(game.travel_times(jnp.array([0, 0, 0.5, 0.5])), [5, 1 + 0.15 / 4**4])


@pytest.mark.parametrize(("delay", "power", "times"), [(0.15, 4, 1), (3, 4, 1), (2, 1, 1), (0.01, 1.5, 20), (0, 4, 1)])
def test_the_steepest_slope_is_the_declared_one(network, delay, power, times):
    roads = {pair: (time, capacity * times) for pair, (time, capacity) in ROADS.items() if pair != ("b", "f")}
    game = network(roads, delay=delay, power=power)
    share, slope = np.linspace(0, 1, 200_001), 0.0
    for time, capacity in roads.values():
        leaving = 1 / (time * (1 + delay * (share * sum(TRIPS.values()) / capacity) ** power))
        slope = max(slope, np.abs(np.diff(leaving)).max() / share[1])
    assert game.declared_lipschitz() == (pytest.approx(slope, rel=1e-4, abs=1e-12), 0)


def test_on_empty_roads_the_best_way_is_the_shortest(game_files):
    """Sioux Falls without delays: minus the value of a best response is the length of the shortest way."""
    file = GameFile.read(game_files / "sioux_falls.yaml")
    game = file.load(delay=0)
    assert game.policy_shape[1:] == (285, 5) and len(game.free_time) == 76
    step = jax.jit(lambda values: (game.reward(0, game.initial) + game.pull_back(0, game.initial, values)).max(axis=-1))
    values = jnp.zeros(len(game.states))
    for _ in range(400):
        values = step(values)
    links = [line.split(",") for line in (file.tables[0]).read_text("utf-8").splitlines() if line[0].isdigit()]
    length = np.full((25, 25), INF)
    for start, end, time, _ in links:
        length[int(start), int(end)] = float(time)
    shortest = dijkstra(length)
    trips = [name.split(" to ") for name in game.states if "-" not in name and name != "arrived"]
    assert len(trips) == 69
    wanted = [shortest[int(start), int(end)] for start, end in trips]
    np.testing.assert_allclose(-values[:69], wanted, rtol=1e-9)
    assert float(game.initial @ -values) == pytest.approx(np.average(wanted, weights=game.initial[:69]))


def test_braess(game_files):
    """With the short cut everyone is on the road for longer, and nobody gains by not taking it.

    Both equilibria are found without a solver: all take the short cut, and before it both ways from the start take the
    same time on average.
    """
    before, after = (mfg.load_game(game_files / f"{name}.yaml") for name in ("braess_before", "braess"))
    time = jax.jit(lambda game, policy: flow_of(game, policy)[:, 1:-1].sum())  # on the road, in steps
    assert before.states[0] == after.states[0] == "start to end"
    assert after.states[1:3] == ("start-north to end", "start-south to end"), "so the first exit leads north"
    everyone = after.uniform_policy().at[:, 0].set(jnp.array([1, 0])).at[:, 1].set(jnp.array([0, 1]))
    assert float(mfg.nash_imitation_gap(after, everyone)) <= 1e-9 * after.horizon

    def split(north):
        return before.uniform_policy().at[0, 0].set(jnp.stack([north, 1 - north]))

    preferred = jax.jit(lambda north: jnp.diff(population_values(before, split(north))[1][0, 0])[0])
    north = jnp.asarray(brentq(preferred, 0.1, 0.9, xtol=1e-12))
    assert float(mfg.nash_imitation_gap(before, split(north))) <= 1e-9 * before.horizon
    assert float(time(before, split(north))) == pytest.approx(14.10, abs=0.01)
    assert float(time(after, everyone)) == pytest.approx(16.33, abs=0.01)


LINKS = "from,to,time,capacity\nx,y,2,10\ny,z,3,inf\n"
DEMAND = "from,to,vehicles\nx,z,5\n"


def test_tables_are_read_as_spreadsheets_write_them(tmp_path):
    """Any order of columns, quotes, a mark of the encoding, comments, empty lines."""
    links = '\ufeff# roads\n\ncapacity, "to",from,time\r\n10,"y",x,2\n\n# wide\ninf,z,y,3\n'
    game = mfg.load_game(written(tmp_path, links=links, demand=DEMAND))
    assert game.states == ("x to z", "x-y to z", "y-z to z", "arrived")
    np.testing.assert_array_equal(game.free_time, [2, 3])
    np.testing.assert_array_equal(game.capacity, [2, INF])


def test_another_table_makes_another_game(tmp_path, game_files):
    """What archives are made of is told by the tables, too; so is what the workflow has to watch."""
    file = GameFile.read(written(tmp_path, links=LINKS, demand=DEMAND))
    assert file.tables == [tmp_path / "roads/links.csv", tmp_path / "roads/demand.csv"]
    origin = file.origin
    assert GameFile.read(file.path).origin == origin
    file.tables[1].write_text(DEMAND.replace("5", "6"), encoding="utf-8")
    assert GameFile.read(file.path).origin != origin
    assert [GameFile.read(game_files / f"{name}.yaml").tables for name in ("sis", "maze")] == [[], []]


@pytest.mark.parametrize(
    ("links", "demand", "message"),
    [
        (None, DEMAND, "parameters.links: {links}: no such file"),
        (LINKS, "from,to\nx,z\n", "parameters.demand: {demand}: line 1: there is no column 'vehicles'"),
        (LINKS, "from,to,vehicles,to\nx,z,1,z\n", "{demand}: line 1: unexpected column 'to'; its columns must be from"),
        (LINKS, "", "parameters.demand: '{path}' has no rows"),
        (LINKS, "# only this\nfrom,to,vehicles\n", "parameters.demand: '{path}' has no rows"),
        (LINKS + "z,x,4\n", DEMAND, "{links}: line 4: has 3 cells, but there are 4 columns"),
        (LINKS + "z,x,soon,1\n", DEMAND, "{links}: line 4: time: 'soon' is not a number"),
        (LINKS + "z,x,0.5,1\n", DEMAND, "{links}: line 4: time: 0.5 is not between 1 and 1e+06"),
        (LINKS + "z,x,nan,1\n", DEMAND, "{links}: line 4: time: nan is not between 1 and 1e+06"),
        (LINKS + "z,x,2,-3\n", DEMAND, "{links}: line 4: capacity: -3 is not 1e-06 or more"),
        (LINKS + ",x,2,3\n", DEMAND, "{links}: line 4: from: '' is no text"),
        (LINKS + "z,x\u200b,2,3\n", DEMAND, "{links}: line 4: to is 'x\\u200b', but nobody sees the character U+200B"),
        (LINKS + '"z,x,2,3\n', DEMAND, "{links}: line 4: unexpected end of data"),
        (LINKS + "z,z,2,3\n", DEMAND, "parameters.links: 'z' to 'z' leads nowhere"),
        (LINKS + "x,y,2,3\n", DEMAND, "parameters.links: 'x' to 'y' comes twice"),
        (LINKS, DEMAND + "x,z,1\n", "parameters.demand: 'x' to 'z' comes twice"),
        (LINKS, DEMAND + "x,w,1\n", "parameters.demand: there is no node 'w' among the links"),
        (LINKS, DEMAND + "z,x,1\n", "parameters.demand: no links lead from 'z' to 'x'"),
        (LINKS, DEMAND.replace("5", "0"), "{demand}: line 2: vehicles: 0 is not between 1e-06 and 1e+12"),
    ],
)
def test_a_mistake_in_a_table_is_one_line(tmp_path, one_line, links, demand, message):
    tables = {name: text for name, text in (("links", links), ("demand", demand)) if text is not None}
    path = written(tmp_path, links=links or "", demand=demand)
    if "links" not in tables:
        (tmp_path / "roads/links.csv").unlink()
    places = {name: tmp_path / f"roads/{name}.csv" for name in ("links", "demand")}
    told = one_line(mfg.load_game, path)
    assert told.startswith(f"{path}: parameters.")
    assert message.format(**places, path="roads/demand.csv") in told


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"nodes": {"node": ["x", "y"], "x": [0, 1], "y": [0, 1]}},
            "nodes: the node 'z' of the links is missing",
        ),
        ({"nodes": {"node": ["x", "w"], "x": [0, 1], "y": [0, 1]}}, "parameters.nodes: 'w' is no node of the links"),
        ({"nodes": {"node": ["x", "x"], "x": [0, 1], "y": [0, 1]}}, "parameters.nodes: 'x' comes twice"),
        (
            {"nodes": {"node": list("xyz"), "x": [0, 1, 0], "y": [0, 1, 0]}},
            "nodes: 2 nodes lie at one place",
        ),
        ({"links": 3}, "parameters.links: 3 is not the path of a table"),
        ({"links": "roads"}, "parameters.links: "),
        (
            {"demand": {"from": ["x"], "to": ["z"], "vehicles": 5}},
            "demand: table: its columns must be lists",
        ),
        ({"demand": {"from": ["x"], "to": ["z"], "vehicles": []}}, "demand: table: its columns have different lengths"),
        ({"demand": {"from": ["x"], "to": ["z"], "vehicles": ["few"]}}, "demand: row 0: vehicles: 'few' is not a num"),
        ({"demand": {"from": ["x"], "to": [1], "vehicles": [1]}}, "parameters.demand: row 0: to: 1 is no text"),
        (
            {"demand": {"from": ["x"], "to": ["z"], "vehicles": [1e9]}, "power": 100},
            "parameters.power: 100.0 makes a link",
        ),
    ],
)
def test_a_mistake_in_an_override_is_one_line(tmp_path, one_line, overrides, message):
    assert message in one_line(mfg.load_game, written(tmp_path, links=LINKS, demand=DEMAND), **overrides)


def test_places_are_those_of_the_table_whatever_its_order(tmp_path):
    nodes = {"node": ["z", "x", "y"], "x": [2, 0, 1], "y": [5, 3, 4]}
    game = mfg.load_game(written(tmp_path, links=LINKS, demand=DEMAND), nodes=nodes)
    assert game.nodes == ("x", "y", "z")
    np.testing.assert_array_equal(game.places(), [[0, 3], [1, 4], [2, 5]])


def test_a_line_and_a_star_are_laid_out_as_such(tmp_path):
    """Without a table: nodes of a line are one apart, and no two leaves of a star lie together."""
    line = mfg.load_game(written(tmp_path, links=LINKS, demand=DEMAND)).places()
    apart = np.linalg.norm(line[:, None] - line, axis=-1)
    np.testing.assert_allclose(apart, [[0, 1, 2], [1, 0, 1], [2, 1, 0]], atol=1e-2)
    links = {"from": ["hub"] * 5, "to": list("abcde"), "time": [1] * 5, "capacity": [INF] * 5}
    demand = {"from": ["hub"], "to": ["a"], "vehicles": [1]}
    star = mfg.load_game(written(tmp_path, links=LINKS, demand=DEMAND), links=links, demand=demand).places()
    apart = np.linalg.norm(star[:, None] - star, axis=-1) + 9 * np.eye(6)
    assert apart.min() > 0.5
    np.testing.assert_allclose(apart[0, 1:], 1, atol=0.25)
    two = {"from": ["a", "c"], "to": ["b", "d"], "time": [1, 1], "capacity": [INF, INF]}
    demand = {"from": ["a", "c"], "to": ["b", "d"], "vehicles": [1, 1]}
    parts = mfg.load_game(written(tmp_path, links=LINKS, demand=DEMAND), links=two, demand=demand).places()
    assert np.linalg.norm(parts[0] - parts[1]) < np.linalg.norm(parts[0] - parts[2])
