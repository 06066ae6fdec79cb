"""A game whose kernel is somewhat off: what imitators are told where nobody knows it exactly."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.games.wrapped import WrappedGame


class OffKernel(WrappedGame):
    """The kernel is mixed with the uniform one over the branches of the successor table.

    Attributes:
        share: of the uniform one, in [0, 1]; an array, so that programs serve every share.
    """

    share: Float[Array, ""]

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        exact = super().probabilities(n, mu)
        return (1 - self.share) * exact + self.share / exact.shape[-1]

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        return (1 - self.share) * super().pull_back(n, mu, values) + self.share * values[self.successors].mean(axis=-1)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        exact = super().push_forward(n, mu, joint)
        spread = jnp.broadcast_to(joint[..., None] / self.successors.shape[-1], self.successors.shape)
        return (1 - self.share) * exact + self.share * jnp.zeros_like(mu).at[self.successors].add(spread)
