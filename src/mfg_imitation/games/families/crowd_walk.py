"""Walking among others from cell to cell: what grids and buildings have in common."""

from functools import cached_property, reduce

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


class Names(tuple):
    """A tuple hashed once: JAX hashes what is static at every call, and a large grid has 10^6 names."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


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
        self.states = Names(",".join(map(str, cell)) for cell in cells)
        self.actions, self.horizon, self.cells = actions, horizon, Names(cells)
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
        moved = self._aim() * self._passable(mu)[self.neighbours][:, None, :]
        return moved.at[..., 0].add(1 - moved.sum(axis=-1))

    # From here to `reward` all is in columns, one [S] for each action but the first: no array of [S, A] is written.

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        stay, gains = self._prospects(values, self._passable(mu))
        return jnp.stack([stay, *(stay + (1 - self.slip) * gain for gain in gains)], axis=-1)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        return self._walk(mu, joint.sum(axis=-1), [joint[:, a] for a in range(1, len(self.actions))])

    def next_population(self, n, mu: Float[Array, " S"], pi: Float[Array, "S A"]) -> Float[Array, " S"]:
        return self._walk(mu, mu, [mu * pi[:, a] for a in range(1, len(self.actions))])

    def earlier_values(
        self, n, mu: Float[Array, " S"], pi: Float[Array, "S A"], values: Float[Array, " S"]
    ) -> tuple[Float[Array, " S"], Float[Array, " S"]]:
        stay, gains = self._prospects(values, self._passable(mu))
        gains = [jnp.zeros_like(values), *gains]
        most = reduce(jnp.maximum, gains)
        missed = sum(pi[:, a] * (most - gain) for a, gain in enumerate(gains))
        return self._earned(mu) + stay + (1 - self.slip) * most, (1 - self.slip) * missed

    def _walk(self, mu, everyone, meant):
        """Where `everyone` ends, of whom `meant[a - 1]` chose action a in every cell, and the others to stay."""
        passable = self._passable(mu)
        slipping = self.slip / len(self.actions) * everyone
        moving = [(1 - self.slip) * some + slipping for some in meant]
        left = sum(some * free for some, free in zip(moving, self._ahead(passable), strict=True))
        return everyone - left + passable * self._arrivals(moving)

    def _prospects(self, values, passable):
        """What staying is worth, slips included, and what every other action adds to that before its own slip."""
        looks = zip(self._ahead(values), self._ahead(passable), strict=True)
        gains = [free * (there - values) for there, free in looks]
        return values + self.slip / len(self.actions) * sum(gains), gains

    def _passable(self, mu):
        """How likely a move into a cell succeeds."""
        return jnp.maximum(0, 1 - self.congestion * mu)

    def _ahead(self, values):
        """For every action but the first: `values` of the cell that it aims at."""
        return [values[self.neighbours[:, a]] for a in range(1, len(self.actions))]

    def _arrivals(self, moved):
        """How many arrive in every cell when `moved[a - 1]` follow action a: the adjoint of `_ahead`."""
        arrivals = jnp.zeros_like(moved[0])
        for a, some in enumerate(moved, start=1):
            arrivals = arrivals.at[self.neighbours[:, a]].add(some)
        return arrivals

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return jnp.broadcast_to(self._earned(mu)[:, None], self.neighbours.shape)

    def _earned(self, mu):
        return self.place_reward + self.crowd_cost * crowd_aversion(mu, self.smallest_share)

    def _aim(self):
        """aim[a, b]: how likely b is played when a was chosen."""
        n_actions = len(self.actions)
        return (1 - self.slip) * jnp.eye(n_actions) + self.slip / n_actions

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
