"""The one gradient method of the library: Adam with a rate that falls to zero, the best point met kept.

Each entry moves by its own scale, which matters here: the cost of a slip at step n can grow like (1 + L_P)^(H - n).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from mfg_imitation.imitation.progress import progress
from mfg_imitation.names import ROUNDING

#: Adam (Kingma and Ba 2015) with its usual constants; its step, still without a rate.
ADAM = optax.scale_by_adam(eps=1e-12)


class Best(NamedTuple):
    """The best point met: its value, what the caller wanted to keep of it, and after how many steps it was met."""

    value: Float[Array, ""]
    kept: Any
    iteration: Int[Array, ""]


class Descent(NamedTuple):
    """Where a descent stands: any tree of arrays, Adam's own state, and the best so far."""

    point: Any
    adam: Any
    best: Best


def begin(point: Any, value: Float[Array, ""], kept: Any) -> Descent:
    """A descent from `point`; `value` and `kept` are those of a start that no step has changed, and count as a result.

    So no descent ends above where it was asked to begin, even if `point` itself has been moved off that start.
    """
    return Descent(point, ADAM.init(point), Best(value, kept, jnp.asarray(0, int)))


def apart(state: Any) -> Any:
    """The state, no array twice in it, as the step that it is donated to wants it."""
    return jax.tree.map(jnp.copy, state)


def advance(
    look: Callable[[Any, Int[Array, ""], Float[Array, ""]], tuple[Float[Array, ""], Any, Any]],
    state: Descent,
    first: Int[Array, ""],
    end: Int[Array, ""],
    iterations: Int[Array, ""],
    rate: float,
) -> Descent:
    """The steps from number `first` up to `end`, of so many `iterations` in all; for use inside traced code.

    Args:
        look: (point, number of the step, share of the iterations done) -> value, gradient, and what to keep of the
            point if its value is the smallest, by more than rounding: between equals the first stays, on any machine.
        rate: of the first step; it falls linearly to zero.
    """

    def step(iteration, state):
        done = iteration / iterations
        value, gradient, kept = look(state.point, iteration, done)
        better = value + ROUNDING * jnp.abs(value) < state.best.value
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), Best(value, kept, iteration), state.best)
        move, adam = ADAM.update(gradient, state.adam)
        point = jax.tree.map(lambda x, change: x - rate * (1 - done) * change, state.point, move)
        return Descent(point, adam, best)

    return jax.lax.fori_loop(first, end, step, state)


def strokes(iterations: int, length: int, name: str) -> Iterator[tuple[Int[Array, ""], Int[Array, ""]]]:
    """(first, end) of every `length` steps, with a progress bar; arrays, so that one program serves them all."""
    with progress(iterations, name) as bar:
        for first in range(0, iterations, length):
            end = min(first + length, iterations)
            yield jnp.asarray(first), jnp.asarray(end)
            bar.update(end - first)
