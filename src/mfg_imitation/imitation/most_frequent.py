"""The most frequent action: behavioral cloning that takes the majority for the truth (ours, a simple reference)."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import checked
from mfg_imitation.engine.policies import pooled
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, closed_form
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit


@algorithm(
    "most_frequent",
    "most frequent action",
    summary="plays the action that was recorded most often, step by step and state by state",
)
@checked(noise="fitted")
def most_frequent_action(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"], game: Game, stationary: bool = False
) -> Imitation:
    """The policy that makes the fewest mistakes about the records, in closed form (ours).

    Label noise leaves it alone as long as the right action keeps the majority; an expert that mixes is lost on it.
    Actions recorded equally often share the probability; a state that is not visited gets the uniform policy.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); a batch may lead either.
        stationary: one policy for all steps, of the trajectories of all steps together.

    Returns:
        The fit; its objective is the expected number of records per trajectory that the policy would not have made, in
        [0, H]. Its status is "closed form".

    Raises:
        InputError: the demonstrations are not of this game.
    """
    occupancy = occupancy_to_fit(demonstrations, game)
    free = pooled(game, occupancy)
    totals = free.sum(axis=-3, keepdims=True) if stationary else free
    most = totals.max(axis=-1, keepdims=True)
    # Counts that are equal may differ by the rounding of their division by M.
    winners = totals >= (1 - 8 * jnp.finfo(totals.dtype).eps * game.horizon) * most
    policy = cloned_policy(jnp.broadcast_to(winners, occupancy.shape).astype(occupancy.dtype))
    return closed_form(policy, jnp.sum(occupancy * (1 - policy), axis=(-3, -2, -1)))
