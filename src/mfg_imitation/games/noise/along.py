"""A game with common noise along one history: what a crowd lives in that shares it."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.games.game import Game


class AlongHistory(Game):
    """The game that is, at every step, the one of the noise state that a history has there.

    Attributes:
        games: by noise state.
        history: xi_0 ... xi_{H-1}, as indices.
    """

    games: tuple[Game, ...]
    history: Int[Array, " H"]

    states = property(lambda self: self.games[0].states)
    actions = property(lambda self: self.games[0].actions)
    horizon = property(lambda self: self.games[0].horizon)
    initial = property(lambda self: self.games[0].initial)
    successors = property(lambda self: self.games[0].successors)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return jnp.stack([game.probabilities(n, mu) for game in self.games])[self.history[n]]

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return jnp.stack([game.reward(n, mu) for game in self.games])[self.history[n]]


def draw_history(
    key: Key[Array, ""], initial: Float[Array, " K"], transition: Float[Array, "K K"], horizon: int
) -> Int[Array, " H"]:
    """A path of the noise; for traced code."""

    def step(noise, inputs):
        first, key = inputs
        noise = jax.random.categorical(key, jnp.log(jnp.where(first, initial, transition[noise])))
        return noise, noise

    return jax.lax.scan(step, jnp.asarray(0), (jnp.arange(horizon) == 0, jax.random.split(key, horizon)))[1]
