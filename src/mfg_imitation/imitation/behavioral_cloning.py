"""Behavioral cloning: the actions of the demonstrations, state by state (paper, Section 4.1)."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import xlogy
from jaxtyping import Array, ArrayLike, Float

from mfg_imitation.checks import checked
from mfg_imitation.engine.policies import policy_of_occupancy, pooled
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, closed_form
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit, records_per_trajectory


@algorithm("bc", "BC", summary="counts the recorded actions, step by step and state by state")
@checked(noise="fitted")
def behavioral_cloning(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    smoothing: float = 0.0,
    stationary: bool = False,
) -> Imitation:
    """The policy that makes the recorded actions most likely, in closed form; see `cloned_policy`.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); a batch may lead either.
        smoothing: lambda >= 0, that many recorded actions of every kind are imagined beside the real ones.
        stationary: one policy for all steps, fitted to the trajectories of all steps together.

    Returns:
        The fit; its objective is the mean over trajectories of -sum over n of log pi_n(a_n | s_n), in nats, plus, with
        smoothing, the same of the imagined ones over M. Its status is "closed form".

    Raises:
        InputError: the demonstrations are not of this game; `smoothing` is negative or not finite, or is asked of an
            occupancy, which does not say how many trajectories it is made of.
    """
    if not 0 <= smoothing < float("inf"):
        raise InputError(f"smoothing is {smoothing!r}: a finite number >= 0 is needed")
    trajectories = isinstance(demonstrations, Demonstrations)
    if smoothing and not trajectories:
        raise InputError(f"smoothing is {smoothing!r}, but an occupancy has no number of trajectories: hand those in")
    occupancy = (records_per_trajectory if trajectories else occupancy_to_fit)(demonstrations, game)
    imagined = smoothing / np.expand_dims(demonstrations.size, (-3, -2, -1)) if trajectories else 0.0
    return closed_form(*_cloned(game, occupancy, imagined, stationary))


@eqx.filter_jit
def _cloned(game, occupancy, imagined, stationary):
    """The policy, and its objective."""
    policy = cloned_policy(pooled(game, occupancy), imagined, stationary)
    # Imagined once a step, or once for all steps where there is one policy for all.
    weights = occupancy + imagined * (jnp.arange(game.horizon) < (1 if stationary else game.horizon))[:, None, None]
    if game.alike is not None:  # and once for states that are alike
        weights = jnp.where((game.alike == jnp.arange(game.alike.size))[:, None], weights, occupancy)
    return policy, -jnp.sum(xlogy(weights, policy), axis=(-3, -2, -1))


def cloned_policy(
    counts: Float[Array, "*batch H S A"],
    smoothing: Float[ArrayLike, "*#batch #H #S #A"] | float = 0.0,
    stationary: bool = False,
) -> Float[Array, "*batch H S A"]:
    """pi-hat_n(a|s) = (N_n(s, a) + lambda) / (N_n(s) + lambda |A|); uniform where that is 0 / 0, in states not visited.

    For the stationary class the counts N_n are first summed over n. Traced code may use it; a batch (of seeds, of
    numbers of demonstrations) may lead the counts.
    """
    totals = counts.sum(axis=-3, keepdims=True) if stationary else counts
    return jnp.broadcast_to(policy_of_occupancy(totals + smoothing), counts.shape)
