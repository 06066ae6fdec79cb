"""Adam on logits."""

from collections.abc import Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int
from tqdm import tqdm

#: Share of the uniform policy in every start, as an action of probability 0 would stay at 0.
EXPLORATION = 0.01


class Adam(NamedTuple):
    """Adam (Kingma and Ba 2015) on logits, with its usual constants.

    Each entry moves by its own scale, which matters here: the cost of a slip at step n can grow like (1 + L_P)^(H - n).
    """

    logits: Float[Array, "steps S A"]
    mean: Float[Array, "steps S A"]
    square: Float[Array, "steps S A"]

    @classmethod
    def start(cls, policy) -> "Adam":
        floored = (1 - EXPLORATION) * policy + EXPLORATION / policy.shape[-1]
        return cls(jnp.log(floored), jnp.zeros_like(policy), jnp.zeros_like(policy))

    def descend(self, gradient, iteration, rate) -> "Adam":
        mean, square = 0.9 * self.mean + 0.1 * gradient, 0.999 * self.square + 0.001 * gradient**2
        unbiased, scale = mean / (1 - 0.9**iteration), jnp.sqrt(square / (1 - 0.999**iteration))
        return Adam(jax.nn.log_softmax(self.logits - rate * unbiased / (scale + 1e-12)), mean, square)


def strokes(iterations: int, length: int) -> Iterator[tuple[Int[Array, ""], Int[Array, ""]]]:
    """(begin, end) of every `length` iterations, with a progress bar; arrays, so that one program serves them all."""
    for begin in tqdm(range(0, iterations, length), desc="MFC-ADV", unit_scale=length, disable=None, leave=False):
        yield jnp.asarray(begin), jnp.asarray(min(begin + length, iterations))
