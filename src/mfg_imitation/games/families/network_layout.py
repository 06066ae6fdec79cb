"""Where the nodes of a network go on a map, if nobody says so."""

from collections.abc import Sequence

import numpy as np
import scipy
from jaxtyping import Float

#: Steps of the majorization; they change nothing that an eye would see after some tens.
STEPS = 100


def network_layout(n_nodes: int, links: Sequence[tuple[int, int]]) -> Float[np.ndarray, "nodes 2"]:
    """Places (x, y) in the plane, as far apart as there are links between the nodes, whatever the links' direction.

    Classical scaling (Torgerson 1952), then stress majorization (Gansner, Koren and North 2005, Graph Drawing by Stress
    Majorization) with the usual weights, one over the squared distance. Nothing is random. The unit is one link, and
    the longer extent lies along x. Nodes between which there is no way are one link farther apart than any others.
    """
    starts, ends = np.array(links).T
    graph = scipy.sparse.coo_array((np.ones(len(links)), (starts, ends)), shape=(n_nodes, n_nodes))
    distance = scipy.sparse.csgraph.shortest_path(graph.tocsr(), directed=False, unweighted=True)
    distance[np.isinf(distance)] = distance[np.isfinite(distance)].max() + 1
    centring = np.eye(n_nodes) - 1 / n_nodes
    size, axes = np.linalg.eigh(-centring @ distance**2 @ centring / 2)
    axes = axes[:, :-3:-1] * np.sqrt(np.maximum(size[:-3:-1], 0))
    places = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1, 1)  # an axis may come in either sense
    # No two at one place: they would stay there.
    turns = 2 * np.pi * np.arange(n_nodes) / n_nodes
    places = places + 1e-3 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    weights = 1 / np.maximum(distance, 1) ** 2
    np.fill_diagonal(weights, 0)
    pull = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights)
    for _ in range(STEPS):
        apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
        push = -weights * distance / np.maximum(apart, 1e-9)
        np.fill_diagonal(push, 0)
        np.fill_diagonal(push, -push.sum(axis=1))
        places = pull @ push @ places
    return places
