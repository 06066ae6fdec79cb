"""What a class of rewards is: those that are linear in unknown weights."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


class RewardClass(eqx.Module):
    """The rewards r_n(s, a, mu) = sum over d of w_d phi_{n,d}(s, a, mu).

    Attributes:
        size: D, the number of weights.
    """

    size: eqx.AbstractVar[int]

    @abstractmethod
    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        """r_n(s, a, mu) for these weights; linear in them."""

    def along(self, weights: Float[Array, " D"], population: Float[Array, "H S"]) -> Float[Array, "H S A"]:
        """The rewards of every step of a flow."""
        return jax.vmap(lambda n, mu: self.reward(weights, n, mu))(jnp.arange(len(population)), population)
