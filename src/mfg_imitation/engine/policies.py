"""Making policies: of two others, or of an occupancy."""

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from mfg_imitation.games.game import Game


@jax.jit  # here and below: one small program where there would be several
def mixture(
    expert: Float[ArrayLike, "*#batch #H S A"],
    target: Float[ArrayLike, "*#batch #H S A"],
    weight: Float[ArrayLike, "*#batch #H"],
) -> Float[Array, "*batch H S A"]:
    """(1 - weight) expert + weight target, the policies pi_alpha of the paper's Section 5.

    Args:
        weight: of the target, at every step; an axis of length 1 stands for all steps.
    """
    weight = weight[..., None, None]
    return (1 - weight) * expert + weight * target


@partial(jax.jit, static_argnames="unreached")
def policy_of_occupancy(
    occupancy: Float[Array, "*batch A"],
    elsewhere: Float[Array, "*#batch A"] | float | None = None,
    unreached: float = 0.0,
) -> Float[Array, "*batch A"]:
    """The policy pi_n(a | s) = rho_n(s, a) / sum over a of rho_n(s, a) behind a joint occupancy, or behind counts.

    Args:
        occupancy: of steps and states, or of some cells only.
        elsewhere: the policy in states that are not reached; None stands for the uniform one.
        unreached: mass up to which a state counts as not reached.
    """
    mass = occupancy.sum(axis=-1, keepdims=True)
    reached = mass > unreached
    elsewhere = 1 / occupancy.shape[-1] if elsewhere is None else elsewhere
    return jnp.where(reached, occupancy / jnp.where(reached, mass, 1), elsewhere)


def pooled(game: Game, values: Float[Array, "*batch S A"]) -> Float[Array, "*batch S A"]:
    """The sums over the states that are alike, see `Game.alike`, in each of them; the values, where policies are free.

    Made of counts or gradients, what follows from them is a policy that does the same in states that are alike.
    """
    if game.alike is None:
        return values
    return jnp.zeros_like(values).at[..., game.alike, :].add(values)[..., game.alike, :]
