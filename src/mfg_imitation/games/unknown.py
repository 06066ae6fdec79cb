"""A game of which nobody knows the kernel."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game


class UnknownGame(Game):
    """Names, horizon and initial distribution of a game; whoever asks for its kernel or its reward is refused.

    Attributes: see `Game`.
    """

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]

    @property
    def successors(self) -> Int[Array, "S A 1"]:
        """Everybody's own state: a table of the right shape that says nothing."""
        n_states, n_actions = self.policy_shape[1:]
        return jnp.broadcast_to(jnp.arange(n_states)[:, None, None], (n_states, n_actions, 1))

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A 1"]:
        raise InputError("the kernel of this game is not known")

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        raise InputError("the reward of this game is not known")
