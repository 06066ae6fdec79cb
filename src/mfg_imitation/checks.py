"""Checks of what a user hands in: every mistake becomes one line that names the argument, the index and the value."""

import functools
import inspect
from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Bool, Float

from mfg_imitation.errors import InputError, first_line, shown

#: How far a sum of probabilities may be from one, or a probability below zero, before it counts as a mistake
#: (rounding of float64 sums over the sizes met here stays below 1e-12).
TOLERANCE = 1e-9

#: The same for numbers that came in 32 bits.
SINGLE_TOLERANCE = 1e-5

#: For numbers of fewer bits (float16, bfloat16): so many times the distance of 1 from the next number.
HALF_STEPS = 8

#: Distributions that are checked at once.
BLOCK = 8192

#: From how many numbers on a compiled check is worth its compilation, and how many columns it is compiled for.
COMPILED, FEW = 1_000_000, 16


def checked(function: Callable | None = None, *, noise: str = "refused") -> Callable:
    """A public function that refuses, in one line, a `game` that is none, and a switch that is not True or False.

    Args:
        noise: what the function does with a game with common noise. "refused": it knows nothing of it. "taken": it
            gets the game unfolded into the tree of its histories, and arguments and results are translated. "fitted":
            likewise, with a further argument, `awareness`, what the policy may know of the history: "aware" (all, the
            default), "noise_aware" (its state now) or "unaware" (nothing). "known": it gets the game as it is.
    """
    if function is None:
        return functools.partial(checked, noise=noise)
    parameters = inspect.signature(function).parameters

    @functools.wraps(function)
    def call(*args, **kwargs):
        told = {"awareness": kwargs.pop("awareness")} if noise == "fitted" and "awareness" in kwargs else {}
        for name, value in (*zip(parameters, args, strict=False), *kwargs.items()):
            if name == "game" and (isinstance(value, type) or not hasattr(value, "policy_shape")):
                made = "load_game and Game.from_functions make one"
                raise InputError(f"{function.__name__}: game is {shown(value)}, which is no game; {made}")
            if name in parameters and parameters[name].annotation is bool and not isinstance(value, bool):
                raise InputError(f"{name} is {shown(value)}: True or False is needed")
        named = dict(zip(parameters, args, strict=False)) | kwargs
        if noise == "known" or not hasattr(game := named.pop("game", None), "on_tree"):
            if told:
                raise InputError(f"awareness is {told['awareness']!r}: the game has no common noise to be aware of")
            return function(*args, **kwargs)
        if noise == "refused":
            raise InputError(f"{function.__name__}: game has common noise, of which this function knows nothing")
        return game.on_tree(function, named, **told)

    if noise == "fitted":  # those who look at the signature see it
        awareness = inspect.Parameter("awareness", inspect.Parameter.KEYWORD_ONLY, default="aware", annotation=str)
        *others, last = parameters.values()
        every = [*others, awareness, last] if last.kind is last.VAR_KEYWORD else [*others, last, awareness]
        call.__signature__ = inspect.signature(function).replace(parameters=every)
    return call


def check_probabilities(name: str, array, shape: tuple[int, ...], batch: bool = False) -> Float[Array, "..."]:
    """Return `array` as float64 (float32 in 32-bit JAX) after checking that it holds distributions over its last axis.

    What comes in fewer bits sums to 1 only as well as those bits can: it is checked accordingly, and then divided by
    its sum.

    Args:
        name: what to call the array in an error message.
        array: array-like; traced arrays (inside `jit`, `vmap`, `grad`) are checked for their shape only.
        shape: expected shape; with `batch`, the expected trailing axes behind any number of leading ones.

    Raises:
        InputError: wrong shape, NaN or infinity, an entry below 0, or a sum over the last axis that is not 1.
    """
    given, array = array, as_float(name, array)
    trailing = array.shape[max(array.ndim - len(shape), 0) :] if batch else array.shape
    if trailing != shape:
        wanted = f"[..., {', '.join(map(str, shape))}]" if batch else str(list(shape))
        raise InputError(f"{name} has shape {list(array.shape)}, expected {wanted}")
    if isinstance(array, jax.core.Tracer):
        return array
    kind = _float_of(given)
    tolerance = max(tolerance_of(array), _tolerance(kind))
    if not array.size or not _hold(array, tolerance):
        values = np.asarray(array)
        sums = values.sum(axis=-1)
        _fail_at(name, values, ~np.isfinite(values), "not a finite number")
        _fail_at(name, values, values < -tolerance, "a negative probability")
        wrong = np.asarray(np.abs(sums - 1) > tolerance)
        bits = "" if kind.itemsize == 8 else f" (within {tolerance:.2g}, which {kind} allows)"
        _fail_at(name, sums, wrong, f"the sum of the probabilities over the last axis, not 1{bits}", last=":")
    return _normalised(array, tolerance) if kind.itemsize < array.dtype.itemsize else array


def as_distributions(name: str, array) -> Float[Array, "*batch A"]:
    """`as_float` of distributions over the last axis; for traced code.

    What came in fewer bits is divided by its sum, where these bits can explain that it is not 1. What is wrong stays
    wrong, for a check to find.

    Raises:
        InputError: it is not an array of real numbers.
    """
    given, array = array, as_float(name, array)
    kind = _float_of(given)
    return _normalised(array, _tolerance(kind)) if kind.itemsize < array.dtype.itemsize else array


def _normalised(array, tolerance):
    positive = jax.numpy.where(abs(array) <= tolerance, jax.numpy.maximum(array, 0), array)
    sums = positive.sum(axis=-1, keepdims=True)
    return jax.numpy.where(abs(sums - 1) <= tolerance, positive / sums, array)


def tolerance_of(array: Float[Array, "..."]) -> float:
    """How far a sum of probabilities in an array may be from 1: as its type allows."""
    return _tolerance(array.dtype)


def _tolerance(kind: np.dtype) -> float:
    if kind.itemsize >= 8:
        return TOLERANCE
    return SINGLE_TOLERANCE if kind.itemsize == 4 else HALF_STEPS * float(jax.numpy.finfo(kind).eps)


def _float_of(array) -> np.dtype:
    """The type of the floats that came in; 64 bits for what has none (lists, whole numbers)."""
    kind = array.dtype if isinstance(array, jax.Array) else np.asarray(array).dtype
    return kind if jax.numpy.issubdtype(kind, jax.numpy.floating) else np.dtype(float)


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
        if np.ma.isMaskedArray(array):
            raise TypeError("it is masked; fill in what is masked")
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
        raise InputError(f"{name} is {shown(value)}: a whole number >= {least} is needed")


def check_positive(name: str, value) -> None:
    """Raise `InputError` unless `value` is a finite number above 0."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
    if not number or not 0 < value < np.inf:
        raise InputError(f"{name} is {shown(value)}: a finite number above 0 is needed")


def check_probability(name: str, value) -> None:
    """Raise `InputError` unless `value` is a number between 0 and 1."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
    if not number or not 0 <= value <= 1:
        raise InputError(f"{name} is {shown(value)}: a number between 0 and 1 is needed")


def check_choice(name: str, value, allowed: tuple[str, ...]) -> None:
    """Raise `InputError` unless `value` is one of the words allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{name} is {shown(value)}: allowed are {', '.join(allowed)}")


def check_seed(seed) -> None:
    """Raise `InputError` unless `seed` is a whole number that the generator takes."""
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise InputError(f"seed is {shown(seed)}: a whole number >= 0 (and below 2^63) is needed")
