"""Walking among others from cell to cell: what grids and buildings have in common."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.games.families.family import SMALLEST_SHARE, Family, Parameter, crowd_aversion

#: The parameters that every crowd walk has.
CROWD_PARAMETERS = {
    "slip": Parameter(0.0, "probability that the action played is a random one instead of the chosen one", "η", 0, 1),
    "congestion": Parameter(
        0.0, "κ: a move into y succeeds with probability max(0, 1 - κ μ(y)), else one stays", "κ", 0, 1e6
    ),
    "crowd_cost": Parameter(1.0, "weight of the reward -log(μ(s) + ε)", minimum=0),
    "smallest_share": SMALLEST_SHARE,
}


class CrowdWalk(Family):
    """One walks from cell to cell and dislikes crowds; a crowd may also be in the way.

    Action a aims at neighbours[s, a]; action 0 is to stay. With probability slip a uniformly random action
    replaces the chosen one. The move into y then succeeds with probability max(0, 1 - congestion * mu(y)),
    otherwise one stays.
    r(s, a, mu) = place_reward(s) - crowd_cost * log(mu(s) + smallest_share).

    Attributes:
        cells: coordinates of every state, the last two being row and column; for drawing.
    """

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    cells: tuple[tuple[int, ...], ...] = eqx.field(static=True)
    initial: Float[Array, " S"]
    neighbours: Int[Array, "S A"]
    place_reward: Float[Array, " S"]
    slip: Float[Array, ""]
    congestion: Float[Array, ""]
    crowd_cost: Float[Array, ""]
    smallest_share: Float[Array, ""]

    def _lay_out(self, horizon, cells, actions, initial, neighbours, place_reward):
        """Set the fields that the floor plan decides."""
        self.states = tuple(",".join(map(str, cell)) for cell in cells)
        self.actions, self.horizon, self.cells = actions, horizon, tuple(cells)
        self.initial, self.neighbours, self.place_reward = map(jnp.asarray, (initial, neighbours, place_reward))

    def _populate(self, slip, congestion, crowd_cost, smallest_share):
        """Set the fields of `CROWD_PARAMETERS`."""
        self.slip, self.congestion = jnp.asarray(slip), jnp.asarray(congestion)
        self.crowd_cost, self.smallest_share = jnp.asarray(crowd_cost), jnp.asarray(smallest_share)

    @property
    def successors(self) -> Int[Array, "S A A"]:
        n_states, n_actions = self.neighbours.shape
        return jnp.broadcast_to(self.neighbours[:, None, :], (n_states, n_actions, n_actions))

    def coordinates(self) -> Int[np.ndarray, "S axes"]:
        return np.array(self.cells)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A A"]:
        moved = self._aim() * self._free(mu)[:, None, :]
        return moved.at[..., 0].add(1 - moved.sum(axis=-1))

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        here = values[:, None]
        return here + (self._free(mu) * (values[self.neighbours] - here)) @ self._aim().T

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        moved = (joint @ self._aim()) * self._free(mu)
        return (joint.sum(axis=-1) - moved.sum(axis=-1)).at[self.neighbours].add(moved)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        value = self.place_reward + self.crowd_cost * crowd_aversion(mu, self.smallest_share)
        return jnp.broadcast_to(value[:, None], self.neighbours.shape)

    def _aim(self):
        """aim[a, b]: how likely b is played when a was chosen."""
        n_actions = len(self.actions)
        return (1 - self.slip) * jnp.eye(n_actions) + self.slip / n_actions

    def _free(self, mu):
        """free[s, b]: how likely the move into neighbours[s, b] succeeds."""
        return jnp.maximum(0, 1 - self.congestion * mu[self.neighbours])

    def declared_lipschitz(self) -> tuple[float, float]:
        """Both exact, where any cell has a neighbour.

        A move into y that is aimed at with probability p loses p * congestion * mu(y) to staying. Mass that
        mu moves into y counts twice in its 1-norm, and so does what P moves to staying: the slope is
        p * congestion, and the likeliest p is that of the chosen action.
        """
        likeliest = 1 - float(self.slip) * (1 - 1 / len(self.actions))
        return float(self.congestion) * likeliest, float(self.crowd_cost) / (2 * float(self.smallest_share))


def neighbour_table(cells: list[tuple[int, ...]], steps) -> np.ndarray:
    """neighbours[s, a] of a floor plan: the cell that `steps[a](cell)` names, or s where there is none.

    Args:
        cells: coordinates of the states.
        steps: for every action, a function from coordinates to coordinates.
    """
    index = {cell: s for s, cell in enumerate(cells)}
    return np.array([[index.get(step(cell), s) for step in steps] for s, cell in enumerate(cells)])
