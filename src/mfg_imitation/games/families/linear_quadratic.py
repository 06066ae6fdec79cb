"""A linear-quadratic game on a line, discretised (Perrin et al. 2020, Section 4; Laurière et al. 2022)."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.games.families.family import Family, Parameter, family
from mfg_imitation.games.game import DenseGame

SHOCKS = np.arange(-3, 4)  # a standard normal variable, cut at three deviations
SHOCK_PROBABILITIES = np.exp(-(SHOCKS**2) / 2) / np.exp(-(SHOCKS**2) / 2).sum()


@family("linear_quadratic")
class LinearQuadratic(Family, DenseGame):
    """Everyone is drawn to the population's mean m, and pays for moving and for being away from it.

    Positions s and moves a are whole numbers, -extent ... extent and -speed ... speed.
    s' = s + (K (m - s) + a) dt + sigma sqrt(dt) W, W a cut, discretised standard normal variable, s' kept in
    the range. A landing between two positions goes to either in proportion to closeness: this keeps the mean
    of s', and the kernel continuous in the population, which rounding to the nearest position would not.
    r = (-a^2 / 2 + q a (m - s) - kappa (m - s)^2 / 2) dt, and at the last step -c (m - s)^2 / 2.
    """

    parameters: ClassVar = {
        "extent": Parameter(10, "the positions are -extent ... extent", "L", 1, 500),
        "speed": Parameter(3, "the moves are -speed ... speed", minimum=1, maximum=100),
        "time_step": Parameter(0.5, "dt", "Δ", 1e-6, 10),
        "reversion": Parameter(0.5, "K, strength of the pull towards the mean", "K", 0, 1e3),
        "volatility": Parameter(1.0, "standard deviation of the noise after one unit of time", r"\sigma", 0, 1e3),
        "alignment": Parameter(0.01, "q, reward of moving towards the mean", "q", 0, 1e3),
        "spread_cost": Parameter(0.5, "κ, cost of being away from the mean", "κ", 0, 1e3),
        "terminal_cost": Parameter(1.0, "c, cost of ending away from the mean", "c", 0, 1e3),
    }

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    position: Float[Array, " S"]
    move: Float[Array, " A"]
    time_step: Float[Array, ""]
    reversion: Float[Array, ""]
    volatility: Float[Array, ""]
    alignment: Float[Array, ""]
    spread_cost: Float[Array, ""]
    terminal_cost: Float[Array, ""]

    def __init__(self, *, horizon, extent, speed, **numbers):
        positions, moves = range(-extent, extent + 1), range(-speed, speed + 1)
        self.states, self.actions = tuple(map(str, positions)), tuple(map(str, moves))
        self.horizon = horizon
        self.initial = jnp.full(len(positions), 1 / len(positions), float)
        self.position, self.move = jnp.asarray(positions, dtype=float), jnp.asarray(moves, dtype=float)
        for name, value in numbers.items():
            setattr(self, name, jnp.asarray(value))

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        landing = self._landing(mu)
        closeness = jnp.maximum(0, 1 - jnp.abs(landing[..., None] - jnp.arange(self.position.size)))
        return jnp.einsum("k,saky->say", SHOCK_PROBABILITIES, closeness)

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        place, share = self._between(mu)
        return ((1 - share) * values[place] + share * values[place + 1]) @ SHOCK_PROBABILITIES

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        place, share = self._between(mu)
        mass = joint[..., None] * SHOCK_PROBABILITIES
        return jnp.zeros_like(mu).at[place].add((1 - share) * mass).at[place + 1].add(share * mass)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        away = self._away(mu)[:, None]
        running = -(self.move**2) / 2 + self.alignment * self.move * away - self.spread_cost * away**2 / 2
        return jnp.where(n == self.horizon - 1, -self.terminal_cost * away**2 / 2, running * self.time_step)

    def declared_lipschitz(self) -> tuple[float, float]:
        """Bounds: the mean moves by at most `extent` per unit of mu, a landing's shares by 2 per place."""
        extent, speed, dt = float(self.position[-1]), float(self.move[-1]), float(self.time_step)
        running = (float(self.alignment) * speed + float(self.spread_cost) * 2 * extent) * dt
        terminal = float(self.terminal_cost) * 2 * extent
        return 2 * float(self.reversion) * dt * extent, max(running, terminal) * extent

    def _away(self, mu):
        return self.position @ mu - self.position

    def _landing(self, mu):
        """Where (s, a) lands after shock k, in places from 0 to S - 1."""
        drift = (self.reversion * self._away(mu)[:, None] + self.move) * self.time_step
        shock = self.volatility * jnp.sqrt(self.time_step) * SHOCKS
        landing = self.position[:, None, None] + drift[:, :, None] + shock
        return jnp.clip(landing, self.position[0], self.position[-1]) - self.position[0]

    def _between(self, mu):
        """The place below a landing, and the share of its mass that goes to the place above that one."""
        landing = self._landing(mu)
        place = jnp.minimum(landing.astype(int), self.position.size - 2)
        return place, landing - place
