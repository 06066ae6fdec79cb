"""Traffic on a network of roads: where the expert's population is, and what it does to the travel times."""

from collections import Counter

import jax
import numpy as np
import pandas as pd

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.equilibria.expert import Equilibrium
from mfg_imitation.games.families.road_network import RoadNetwork
from mfg_imitation.games.game import Game
from mfg_imitation.games.wrapped import WrappedGame


def traffic_table(game: Game, equilibrium: Equilibrium) -> pd.DataFrame:
    """The links under the expert's policy: one row per step and link.

    Args:
        game: of the family `road_network`.

    Returns:
        Columns step, from, to (names of nodes), population (share of it on the link), delay (the link's travel time
        over that of the empty link, no unit).
    """
    network = _network(game)
    flow = population_flow(game, equilibrium.policy)
    load, time = jax.vmap(network.loads)(flow), jax.vmap(network.travel_times)(flow)
    steps, links = (index.ravel() for index in np.indices(load.shape))
    columns = dict(zip(("from", "to"), np.array(network.roads)[links].T, strict=True))
    delay = np.asarray(time / network.free_time).ravel()
    return pd.DataFrame({"step": steps, **columns, "population": np.asarray(load).ravel(), "delay": delay})


def nodes_table(game: Game) -> pd.DataFrame:
    """The nodes of a network: one row for each.

    Args:
        game: of the family `road_network`.

    Returns:
        Columns node (its name), x, y (place on a map), origin and destination (shares of the population that begin
        there, and that want to go there).
    """
    network = _network(game)
    shares = np.asarray(network.initial)[: len(network.trips)]
    begin, end = Counter(), Counter()
    for (start, aim), share in zip(network.trips, shares, strict=True):
        begin[start] += share
        end[aim] += share
    x, y = network.places().T
    columns = {name: [of[node] for node in network.nodes] for name, of in (("origin", begin), ("destination", end))}
    return pd.DataFrame({"node": network.nodes, "x": x, "y": y, **columns}).astype(
        {"origin": float, "destination": float}
    )


def _network(game: Game) -> RoadNetwork:
    """The network itself, where a file states its expert."""
    return game.game if isinstance(game, WrappedGame) else game
