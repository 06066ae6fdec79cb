"""Backward in time, step by step."""

import jax
import jax.numpy as jnp


def backward(step, game, *inputs, start=None):
    start = jnp.zeros_like(game.initial) if start is None else start
    return jax.lax.scan(step, start, (jnp.arange(game.horizon), *inputs), reverse=True)
