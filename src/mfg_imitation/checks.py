"""Checks of what a user hands in: every mistake becomes one line that names the argument, the index and the value."""

import jax
import numpy as np
from jaxtyping import Array, Bool, Float

from mfg_imitation.errors import InputError, first_line

#: How far a sum of probabilities may be from one, or a probability below zero, before it counts as a mistake
#: (rounding of float64 sums over the sizes met here stays below 1e-12).
TOLERANCE = 1e-9

#: The same in 32-bit JAX.
SINGLE_TOLERANCE = 1e-5

#: Distributions that are checked at once.
BLOCK = 8192

#: From how many numbers on a compiled check is worth its compilation, and how many columns it is compiled for.
COMPILED, FEW = 1_000_000, 16


def check_probabilities(name: str, array, shape: tuple[int, ...], batch: bool = False) -> Float[Array, "..."]:
    """Return `array` as float64 (float32 in 32-bit JAX) after checking that it holds distributions over its last axis.

    Args:
        name: what to call the array in an error message.
        array: array-like; traced arrays (inside `jit`, `vmap`, `grad`) are checked for their shape only.
        shape: expected shape; with `batch`, the expected trailing axes behind any number of leading ones.

    Raises:
        InputError: wrong shape, NaN or infinity, an entry below 0, or a sum over the last axis that is not 1.
    """
    array = as_float(name, array)
    trailing = array.shape[max(array.ndim - len(shape), 0) :] if batch else array.shape
    if trailing != shape:
        wanted = f"[..., {', '.join(map(str, shape))}]" if batch else str(list(shape))
        raise InputError(f"{name} has shape {list(array.shape)}, expected {wanted}")
    if isinstance(array, jax.core.Tracer):
        return array
    tolerance = tolerance_of(array)
    if not array.size or not _hold(array, tolerance):
        values = np.asarray(array)
        sums = values.sum(axis=-1)
        _fail_at(name, values, ~np.isfinite(values), "not a finite number")
        _fail_at(name, values, values < -tolerance, "a negative probability")
        wrong = np.asarray(np.abs(sums - 1) > tolerance)
        _fail_at(name, sums, wrong, "the sum of the probabilities over the last axis, not 1", last=":")
    return array


def tolerance_of(array: Float[Array, "..."]) -> float:
    """`TOLERANCE`, or `SINGLE_TOLERANCE` for an array in 32 bits."""
    return TOLERANCE if array.dtype.itemsize == 8 else SINGLE_TOLERANCE


def _hold(array: Float[Array, "..."], tolerance: float) -> bool:
    """Whether distributions over the last axis are sound (NaN is not), in blocks that stay in the cache."""
    if array.size >= COMPILED and array.shape[-1] <= FEW:
        return bool(_columns_hold(array, tolerance))
    rows, ones = np.asarray(array).reshape(-1, array.shape[-1]), np.ones(array.shape[-1], array.dtype)
    blocks = (rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK))
    return all(block.min() >= -tolerance and np.abs(block @ ones - 1).max() <= tolerance for block in blocks)


@jax.jit
def _columns_hold(array: Float[Array, "... A"], tolerance: float) -> Bool[Array, ""]:
    """`_hold` of few columns, as fast as memory brings them."""
    columns = [array[..., a] for a in range(array.shape[-1])]
    sound = abs(sum(columns) - 1) <= tolerance
    for column in columns:
        sound &= column >= -tolerance
    return sound.all()


def as_float(name: str, array) -> Float[Array, "..."]:
    """Return `array` as float64.

    Raises:
        InputError: it is not an array of real numbers.
    """
    try:
        if jax.numpy.iscomplexobj(array):
            raise TypeError("it is complex")
        return jax.numpy.asarray(array, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is not an array of numbers: {first_line(error)}") from None


def _fail_at(name: str, values: np.ndarray, wrong: np.ndarray, what: str, last: str = "") -> None:
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = ", ".join([*map(str, index), *([last] if last else [])])
        raise InputError(f"{name}[{place}] is {values[index]:.17g}: {what}")


def check_count(name: str, value, least: int = 1) -> None:
    """Raise `InputError` unless `value` is a whole number, at least `least`."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise InputError(f"{name} is {value!r}: a whole number >= {least} is needed")


def check_positive(name: str, value) -> None:
    """Raise `InputError` unless `value` is a finite number above 0."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
    if not number or not 0 < value < np.inf:
        raise InputError(f"{name} is {value!r}: a finite number above 0 is needed")


def check_choice(name: str, value, allowed: tuple[str, ...]) -> None:
    """Raise `InputError` unless `value` is one of the words allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{name} is {value!r}: allowed are {', '.join(allowed)}")


def check_seed(seed) -> None:
    """Raise `InputError` unless `seed` is a whole number that the generator takes."""
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise InputError(f"seed is {seed!r}: a whole number >= 0 (and below 2^63) is needed")
