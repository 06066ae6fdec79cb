"""A bar with an estimate of what is left, for fits that may take long."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from tqdm import tqdm


def progress(total: float, name: str, unit: str = "it") -> tqdm:
    """A progress bar on standard error; none where that is not a terminal, and gone when its work is done.

    What is left is estimated from `total`. Of a search that ends when it has found something that is the most that it
    may take.
    """
    return tqdm(total=total, desc=name, unit=unit, disable=None, leave=False)


def one_after_the_other(name: str, fit: Callable, count: int):
    """`fit(0)`, `fit(1)`, ... of arrays, stacked; each is done before the next one begins."""
    with progress(count, name, "fit") as bar:
        found = []
        for i in range(count):
            found.append(jax.block_until_ready(fit(jnp.asarray(i))))
            bar.update()
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *found)
