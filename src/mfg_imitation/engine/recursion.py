"""Backward in time: the one scan that values, best responses, adjoints and certificates are made of."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from mfg_imitation.games.game import Game


def backward(game: Game, step: Callable, *inputs: Any, start: Any = None) -> tuple[Any, Any]:
    """`step(carry, (n, *inputs at n)) -> (carry, output)`, from the last step of the horizon to the first.

    Args:
        inputs: arrays that lead with the steps, [H, ...].
        start: the carry behind the last step; None stands for zero in every state.

    Returns:
        The carry before the first step, and the outputs in the order of the steps.
    """
    start = jnp.zeros_like(game.initial) if start is None else start
    return jax.lax.scan(step, start, (jnp.arange(game.horizon), *inputs), reverse=True)
