"""From an occupancy to the policy that has it."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def conditional(occupancy: Float[Array, "H S A"], elsewhere: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The policy with this joint occupancy; `elsewhere` where nobody is."""
    mass = occupancy.sum(axis=-1, keepdims=True)
    return jnp.where(mass > 0, occupancy / jnp.where(mass > 0, mass, 1), elsewhere)
