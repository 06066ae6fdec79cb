"""Behavioral cloning: the actions of the demonstrations, state by state (paper, Section 4.1)."""

import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, counts_of


def behavioral_cloning(
    demonstrations: Demonstrations, game: Game, smoothing: float = 0.0, stationary: bool = False
) -> Imitation:
    """The policy that makes the recorded actions most likely, in closed form; see `cloned_policy`.

    Args:
        smoothing: lambda >= 0, that many recorded actions of every kind are imagined beside the real ones.
        stationary: one policy for all steps, fitted to the trajectories of all steps together.

    Returns:
        The fit; its objective is the mean over trajectories of -sum over n of log pi_n(a_n | s_n), in nats, plus, with
        smoothing, the same of the imagined ones over M. Its status is "closed form".

    Raises:
        InputError: the demonstrations are not of this game, or `smoothing` is negative or not finite.
    """
    check_demonstrations(demonstrations, game)
    if not 0 <= smoothing < float("inf"):
        raise InputError(f"smoothing is {smoothing!r}: a finite number >= 0 is needed")
    counts = counts_of(game, demonstrations.states, demonstrations.actions)
    policy = cloned_policy(counts, smoothing, stationary)
    # Imagined once a step, or once for all steps where there is one policy for all.
    imagined = smoothing * (jnp.arange(game.horizon) < (1 if stationary else game.horizon))[:, None, None]
    objective = -float(jnp.sum(xlogy(counts + imagined, policy))) / len(demonstrations.states)
    return Imitation(policy, objective, "closed form", 0, 0.0)


def cloned_policy(
    counts: Float[Array, "*batch H S A"], smoothing: Float[Array, ""] | float = 0.0, stationary: bool = False
) -> Float[Array, "*batch H S A"]:
    """pi-hat_n(a|s) = (N_n(s, a) + lambda) / (N_n(s) + lambda |A|); uniform where that is 0 / 0, in states not visited.

    For the stationary class the counts N_n are first summed over n. Traced code may use it; a batch (of seeds, of
    numbers of demonstrations) may lead the counts.
    """
    totals = counts.sum(axis=-3, keepdims=True) if stationary else counts
    weights = totals + smoothing
    seen = weights.sum(axis=-1, keepdims=True)
    policy = jnp.where(seen > 0, weights / jnp.where(seen > 0, seen, 1), 1 / counts.shape[-1])
    return jnp.broadcast_to(policy, counts.shape)
