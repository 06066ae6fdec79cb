"""A crowd on its way to a goal that is only in its own way (after Magnino et al. 2026)."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError
from mfg_imitation.games.families.family import Parameter, family
from mfg_imitation.games.families.grid_crowd import GridCrowd
from mfg_imitation.games.game import Game


@family("kinetic_congestion")
class KineticCongestion(GridCrowd):
    """A crowd walks to a goal; a full cell lets nobody in, and every try costs.

    The map is drawn as for `grid_crowd`. A move into y succeeds with probability max(0, 1 - mu(y) / capacity),
    otherwise one stays. Only the kernel sees the population: r(s, a) = -1 outside of the goals - move_cost for
    every action but to stay.
    """

    move_cost: Float[Array, ""]

    parameters: ClassVar = {
        "map": Parameter(
            ("G....", ".....", ".....", ".....", "....."),
            "the grid drawn as text, # a wall, . a free cell, S a start (without one, everywhere), G a goal",
        ),
        "capacity": Parameter(0.18, "share of the population from which on a cell is full", "C", 1e-6, 1),
        "move_cost": Parameter(0.1, "cost of every action but to stay", minimum=0),
    }

    def __init__(self, *, horizon, map, capacity, move_cost):
        if not any("G" in line for line in map):
            raise InputError("map: has no goal; allowed are # (wall), . (free), S (start), G (goal)")
        super().__init__(
            horizon=horizon,
            rows=0,
            columns=0,
            start="everywhere",
            map=map,
            goal_reward=1.0,
            slip=0.0,
            congestion=1 / capacity,
            crowd_cost=0.0,
            smallest_share=1.0,
        )
        self.move_cost = jnp.asarray(move_cost)

    def earlier_values(
        self, n, mu: Float[Array, " S"], pi: Float[Array, "S A"], values: Float[Array, " S"]
    ) -> tuple[Float[Array, " S"], Float[Array, " S"]]:
        # Not a crowd walk's own, which takes for granted that actions are free.
        return Game.earlier_values(self, n, mu, pi, values)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        effort = self.move_cost * (jnp.arange(len(self.actions)) > 0)
        return (self.place_reward - 1)[:, None] - effort
