"""Traffic: drivers choose their way through a network of roads, and slow each other down.

Routing as a mean-field game after Cabannes et al. (2022), Solving N-player dynamic routing games with congestion: a
mean-field approach (AAMAS). The travel time of a link is that of the Bureau of Public Roads (1964), Traffic Assignment
Manual. That a link is left with a probability, and so takes a random time, is this project's.
"""

from collections import Counter, defaultdict
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.errors import InputError
from mfg_imitation.games.families.crowd_walk import Names
from mfg_imitation.games.families.family import Family, Parameter, family
from mfg_imitation.games.families.network_layout import network_layout
from mfg_imitation.games.families.table import Table, TableParameter
from mfg_imitation.games.sizes import check_policy_size

#: The state in which all end.
ARRIVED = "arrived"

#: No link may take more steps with everyone on it: derivatives would not be finite.
LONGEST = 1e100

LINKS = TableParameter(
    {
        "from": ("home", "home", "bridge", "ring"),
        "to": ("bridge", "ring", "work", "work"),
        "time": (2.0, 4.0, 2.0, 2.0),
        "capacity": (1.0, np.inf, np.inf, np.inf),
    },
    "the roads, each one way",
    {
        "from": Parameter("", "node where it begins"),
        "to": Parameter("", "node where it ends"),
        "time": Parameter(1.0, "mean travel time on the empty link, in steps", "T", 1, 1e6),
        "capacity": Parameter(1.0, "vehicles on it at which it takes 1 + delay times as long, or inf", "C", 1e-6),
    },
)

DEMAND = TableParameter(
    {"from": ("home",), "to": ("work",), "vehicles": (1.0,)},
    "who wants to go where",
    {
        "from": Parameter("", "node where they are at first"),
        "to": Parameter("", "node where they want to be"),
        "vehicles": Parameter(1.0, "how many, in the unit of the capacities", minimum=1e-6, maximum=1e12),
    },
)

NODES = TableParameter(
    {"node": (), "x": (), "y": ()},
    "where the nodes lie on a map, for drawing; without it, they are placed by the number of links between them",
    {
        "node": Parameter("", "its name"),
        "x": Parameter(0.0, "how far to the right, in any unit", minimum=-1e12, maximum=1e12),
        "y": Parameter(0.0, "how far up", minimum=-1e12, maximum=1e12),
    },
    required=False,
)


@family("road_network")
class RoadNetwork(Family):
    """Drivers want to be at their destinations soon, choose link after link, and slow each other down.

    A state is a place and a destination: `1 to 10` has not left node 1 yet, `1-2 to 10` is on the link from 1 to 2.
    Links that do not lead to a destination are no states with it. Where a link ends, action a takes the link that is
    a-th there in the table, the last one if there are fewer. Whoever gets to the destination is in `arrived`, for good.

    A link with a share x of the population on it, for whatever destinations, is left at every step with probability
    1 / t(x), t(x) = T (1 + delay (x / c)^power), c being its capacity over all vehicles: in a constant crowd its travel
    time is t on average. An origin is left at once. Every step on a link costs 1: the value of a policy is
    minus the mean time on the road, in steps, of which those beyond the horizon are not counted.
    """

    parameters: ClassVar = {
        "links": LINKS,
        "demand": DEMAND,
        "nodes": NODES,
        "delay": Parameter(0.15, "what a link at its capacity takes longer, as a share of its time", "", 0, 1e3),
        "power": Parameter(4.0, "exponent of the load in the travel time", "", 1, 100),
    }

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    ahead: Int[Array, "S A"]  # the state after leaving
    place: Int[Array, " S"]  # the link, or the number of links for a state on none
    free_time: Float[Array, " links"]
    capacity: Float[Array, " links"]  # as shares of the population
    delay: Float[Array, ""]
    power: Float[Array, ""]
    roads: tuple[tuple[str, str], ...] = eqx.field(static=True)  # (from, to) of every link
    trips: tuple[tuple[str, str], ...] = eqx.field(static=True)  # of every origin, the first states
    given_places: tuple[tuple[float, float], ...] = eqx.field(static=True)  # of every node, or none

    def __init__(self, *, horizon, links, demand, nodes, delay, power):
        roads, trips = _pairs("links", links), _pairs("demand", demand)
        states = [_State(f"{start} to {end}", len(roads), start, end) for start, end in trips]
        for end in dict.fromkeys(end for _, end in trips):
            states += [_State(f"{a}-{b} to {end}", link, b, end) for link, (a, b) in _leading_to(end, roads)]
        ahead = _ahead(states, roads)
        check_policy_size(horizon, len(ahead), len(ahead[0]))
        vehicles = np.array(demand["vehicles"])
        self.states = Names([*(state.name for state in states), ARRIVED])
        self.actions = tuple(f"exit {a}" for a in range(1, len(ahead[0]) + 1))
        self.horizon = horizon
        self.initial = jnp.zeros(len(ahead)).at[: len(trips)].set(vehicles / vehicles.sum())
        self.ahead, self.place = jnp.asarray(ahead), jnp.array([*(state.place for state in states), len(roads)])
        self.free_time, self.capacity = jnp.array(links["time"]), jnp.array(links["capacity"]) / vehicles.sum()
        self.delay, self.power = jnp.asarray(delay), jnp.asarray(power)
        self.roads, self.trips = Names(roads), Names(trips)
        self.given_places = Names(_given_places(nodes, self.nodes))
        slowest = float(self.travel_times(jnp.ones(len(ahead))).max())  # at least all are on every link
        if not slowest <= LONGEST:
            raise InputError(f"power: {power} makes a link take {slowest:g} steps: at most {LONGEST:g} are allowed")

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes, in the order in which the links name them."""
        return tuple(dict.fromkeys(node for road in self.roads for node in road))

    def places(self) -> Float[np.ndarray, "nodes 2"]:
        """(x, y) of every node on a map: as the table says, or else as `network_layout` does."""
        if self.given_places:
            return np.array(self.given_places)
        index = {node: i for i, node in enumerate(self.nodes)}
        return network_layout(len(index), [(index[start], index[end]) for start, end in self.roads])

    @property
    def successors(self) -> Int[Array, "S A 2"]:
        stay = jnp.broadcast_to(jnp.arange(self.place.size)[:, None], self.ahead.shape)
        return jnp.stack([stay, self.ahead], axis=-1)

    def loads(self, mu: Float[Array, " S"]) -> Float[Array, " links"]:
        """The share of the population on every link, for whatever destinations."""
        return jnp.zeros(self.free_time.size + 1).at[self.place].add(mu)[:-1]

    def travel_times(self, mu: Float[Array, " S"]) -> Float[Array, " links"]:
        """The mean time that every link takes in a constant population, in steps."""
        return self.free_time * (1 + self.delay * (self.loads(mu) / self.capacity) ** self.power)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A 2"]:
        leaving = self._leaving(mu)
        both = jnp.stack([1 - leaving, leaving], axis=-1)
        return jnp.broadcast_to(both[:, None, :], (*self.ahead.shape, 2))

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        leaving = self._leaving(mu)[:, None]
        return (1 - leaving) * values[:, None] + leaving * values[self.ahead]

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        leaving = self._leaving(mu)
        return ((1 - leaving) * joint.sum(axis=-1)).at[self.ahead].add(leaving[:, None] * joint)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        on_the_road = (self.place < self.free_time.size).astype(float)
        return jnp.broadcast_to(-on_the_road[:, None], self.ahead.shape)

    def declared_lipschitz(self) -> tuple[float, float]:
        """Both exact: L_P is the steepest slope of a link's 1 / t.

        Mass that mu moves onto a link counts twice in its 1-norm, and so does what P then moves to staying. With
        y = x / c the slope is largest where y^power = (power - 1) / (delay (power + 1)), or else with all on the link.
        """
        used = np.unique(self.place[self.place < self.free_time.size])
        time, capacity = np.asarray(self.free_time)[used], np.asarray(self.capacity)[used]
        delay, power = float(self.delay), float(self.power)
        steepest = ((power - 1) / (power + 1) / delay) ** (1 / power) if delay else np.inf
        y = np.minimum(steepest, 1 / capacity)
        slopes = delay * power * y ** (power - 1) / (capacity * time * (1 + delay * y**power) ** 2)
        return float(slopes.max()), 0.0

    def _leaving(self, mu: Float[Array, " S"]) -> Float[Array, " S"]:
        """How likely every state is left; `arrived`, which leads to itself, may be too."""
        return jnp.append(1 / self.travel_times(mu), 1.0)[self.place]


class _State(NamedTuple):
    """A state but `arrived`: its link (or their number, if on none), the node that it leads to, and its destination."""

    name: str
    place: int
    node: str
    destination: str


def _pairs(name: str, table: Table) -> list[tuple[str, str]]:
    """(from, to) of every row of a table."""
    pairs = list(zip(table["from"], table["to"], strict=True))
    for (start, end), count in Counter(pairs).items():
        if start == end or count > 1:
            raise InputError(f"{name}: {start!r} to {end!r} {'leads nowhere' if start == end else 'comes twice'}")
    return pairs


def _given_places(table: Table, nodes: tuple[str, ...]) -> tuple[tuple[float, float], ...]:
    """(x, y) of every node that the links name, as a table has it; empty if it is."""
    if not table["node"]:
        return ()
    for name, count in Counter(table["node"]).items():
        if name not in nodes or count > 1:
            raise InputError(f"nodes: {name!r} {'comes twice' if name in nodes else 'is no node of the links'}")
    places = dict(zip(table["node"], zip(table["x"], table["y"], strict=True), strict=True))
    for missing in (node for node in nodes if node not in places):
        raise InputError(f"nodes: the node {missing!r} of the links is missing")
    for place, count in Counter(places.values()).items():
        if count > 1:
            raise InputError(f"nodes: {count} nodes lie at one place, {place}")
    return tuple(places[node] for node in nodes)


def _leading_to(end: str, roads: list[tuple[str, str]]) -> list[tuple[int, tuple[str, str]]]:
    """The links, with their numbers, on which the way to `end` can lead: that do not begin there, and get there."""
    into = defaultdict(list)
    for start, to in roads:
        into[to].append(start)
    nodes, waiting = {end}, [end]
    while waiting:
        new = set(into[waiting.pop()]) - nodes
        nodes |= new
        waiting += new
    return [(link, (start, to)) for link, (start, to) in enumerate(roads) if to in nodes and start != end]


def _ahead(states: list[_State], roads: list[tuple[str, str]]) -> list[list[int]]:
    """ahead[s][a]: the state that follows s, once it is left, if a was chosen there."""
    exits = defaultdict(list)
    for s, state in enumerate(states):
        if state.place < len(roads):
            exits[roads[state.place][0], state.destination].append(s)
    nodes, arrived, ahead = {node for road in roads for node in road}, len(states), []
    for _, _, node, destination in states:
        for missing in {node, destination} - nodes:
            raise InputError(f"demand: there is no node {missing!r} among the links")
        if node != destination and not exits[node, destination]:
            raise InputError(f"demand: no links lead from {node!r} to {destination!r}")
        ahead.append([arrived] if node == destination else exits[node, destination])
    most = max(map(len, ahead))
    return [[row[min(a, len(row) - 1)] for a in range(most)] for row in [*ahead, [arrived]]]
