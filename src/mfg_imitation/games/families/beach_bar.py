"""The beach bar process (Perrin et al. 2020, Fictitious Play for Mean Field Games, Section 4)."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.errors import InputError
from mfg_imitation.games.families.family import SMALLEST_SHARE, Family, Parameter, crowd_aversion, family

MOVES = np.array([-1, 0, 1])


@family("beach_bar")
class BeachBar(Family):
    """Everyone wants to lie close to the bar, and away from the others, on a beach of positions 0 ... S - 1.

    s' = s + a + noise, a and noise in {-1, 0, 1}; noise is 0 with probability `still_probability`, else it
    goes to either side with equal probability. The kernel does not depend on the population.
    r(s, a, mu) = -distance_cost * d(s) - |a| / S - log(mu(s) + smallest_share), d the distance to the bar.
    The beach is a ring, as in the paper, or ends in walls that stop every move; d goes round the ring in
    either case. MFGLib's beach is the one with walls and smallest_share = 1e-20.
    """

    parameters: ClassVar = {
        "positions": Parameter(20, "number of places on the beach", "|S|", 3, 10_000),
        "bar": Parameter(10, "position of the bar, counted from 0", minimum=0),
        "distance_cost": Parameter(1.0, "cost of one place's distance from the bar, at every step", minimum=0),
        "still_probability": Parameter(0.5, "probability that the noise is 0", minimum=0, maximum=1),
        "smallest_share": SMALLEST_SHARE,
        "ends": Parameter("joined", "joined: the beach is a ring; walls: it is not", choices=("joined", "walls")),
    }

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    noise: Float[Array, " K"]
    own_reward: Float[Array, "S A"]
    smallest_share: Float[Array, ""]

    def __init__(self, *, horizon, positions, bar, distance_cost, still_probability, smallest_share, ends):
        if bar >= positions:
            raise InputError(f"bar: {bar} is not between 0 and {positions - 1}, the last position")
        place = np.arange(positions)
        landing = place[:, None, None] + MOVES[:, None] + MOVES
        self.states = tuple(map(str, place))
        self.actions = ("left", "stay", "right")
        self.horizon = horizon
        self.initial = jnp.full(positions, 1 / positions, float)
        self.successors = jnp.asarray(landing % positions if ends == "joined" else landing.clip(0, positions - 1))
        self.noise = jnp.array([(1 - still_probability) / 2, still_probability, (1 - still_probability) / 2])
        distance = np.minimum((place - bar) % positions, (bar - place) % positions)
        self.own_reward = jnp.asarray(-distance_cost * distance[:, None] - np.abs(MOVES) / positions)
        self.smallest_share = jnp.asarray(smallest_share)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return jnp.broadcast_to(self.noise, self.successors.shape)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.own_reward + crowd_aversion(mu, self.smallest_share)[:, None]

    def declared_lipschitz(self) -> tuple[float, float]:
        return 0.0, 1 / (2 * float(self.smallest_share))
