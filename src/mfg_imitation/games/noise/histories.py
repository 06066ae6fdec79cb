"""What is said of every history of the noise: lists of arrays, as users have them, and the arrays of the tree.

A history is xi_0 ... xi_n, numbered in lexicographic order: 0 ... K^(n+1) - 1. Users hold one array for each step, with
an axis of length K^(n+1). On the tree all steps have W = K^H nodes, of which step n uses the first K^(n+1); a state
there is a pair (node, s), and the axis of states has length W S.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import as_float, check_probabilities
from mfg_imitation.errors import InputError

#: Arguments that are policies, and those that are joint distributions of histories, states and actions.
POLICIES, OCCUPANCIES = ("policy", "expert", "starts"), ("demonstrations",)


class Sizes(NamedTuple):
    """K, H, S and A of a game with common noise."""

    noise: int
    horizon: int
    states: int
    actions: int

    @property
    def nodes(self) -> int:
        """W, how many histories there are at the last step."""
        return self.noise**self.horizon

    @property
    def histories(self) -> list[int]:
        """How many histories there are at every step."""
        return [self.noise ** (n + 1) for n in range(self.horizon)]


def numbers_of(noise: Int[np.ndarray, "*batch H"], n_noise: int) -> Int[np.ndarray, "*batch H"]:
    """The number of the history that a path of the noise has made at every step."""
    numbers = np.zeros(noise.shape, np.int64)
    for n in range(noise.shape[-1]):
        numbers[..., n] = (numbers[..., n - 1] * n_noise if n else 0) + noise[..., n]
    return numbers


def onto_tree(name: str, value: Any, sizes: Sizes) -> Any:
    """An argument as functions of the tree take it; what says nothing of histories stays as it is.

    Raises:
        InputError: an array of the wrong shape, or one that does not hold probabilities.
    """
    if hasattr(value, "noise") and hasattr(value, "actions"):
        return _demonstrations_onto_tree(value, sizes)
    if isinstance(value, (list, tuple)) and name in (*POLICIES, *OCCUPANCIES, "population"):
        return _lists_onto_tree(name, value, sizes)
    if name in POLICIES and value is not None:
        array, shape = as_float(name, value), sizes[1:]
        if array.shape[-3:] != shape:
            lists = f"a list of {sizes.horizon} arrays, the n-th [..., {sizes.noise}^(n+1), {shape[1]}, {shape[2]}]"
            raise InputError(f"{name} has shape {list(array.shape)}, expected {lists}, or one [..., {_words(shape)}]")
        array = check_probabilities(name, array, shape, batch=True)
        return jnp.tile(array, (*(1,) * (array.ndim - 2), sizes.nodes, 1))
    return value


def off_tree(value: Any, sizes: Sizes) -> Any:
    """A result as users have it: arrays over the tree become lists."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        if hasattr(value, "noise") and hasattr(value, "actions"):
            return _demonstrations_off_tree(value, sizes)
        return type(value)(*(off_tree(leaf, sizes) for leaf in value))
    shape, wide = np.shape(value) if hasattr(value, "shape") else (), (sizes.horizon, sizes.nodes * sizes.states)
    if shape[-3:] == (*wide, sizes.actions):
        return [
            value[..., n, : count * sizes.states, :].reshape(*shape[:-3], count, sizes.states, sizes.actions)
            for n, count in enumerate(sizes.histories)
        ]
    if shape[-2:] == wide:
        return [
            value[..., n, : count * sizes.states].reshape(*shape[:-2], count, sizes.states)
            for n, count in enumerate(sizes.histories)
        ]
    return value


def spread(policy: Float[Array, "*batch H N S A"], sizes: Sizes) -> list[Float[Array, "*batch _ S A"]]:
    """A policy that knows the noise of the step only, or (N = 1) nothing of it, for every history."""
    policy = jnp.asarray(policy)
    reps = [count // policy.shape[-3] for count in sizes.histories]
    return [jnp.tile(policy[..., n, :, :, :], (*(1,) * (policy.ndim - 4), rep, 1, 1)) for n, rep in enumerate(reps)]


def _lists_onto_tree(name, arrays, sizes) -> Array:
    arrays = [as_float(f"{name}[{n}]", array) for n, array in enumerate(arrays)]
    if len(arrays) != sizes.horizon:
        raise InputError(f"{name} has {len(arrays)} arrays, expected {sizes.horizon}, one for each step")
    tail = (sizes.states,) if name == "population" else (sizes.states, sizes.actions)
    filling = 1 / sizes.actions if name in POLICIES else 0.0
    rows = []
    for n, (array, count) in enumerate(zip(arrays, sizes.histories, strict=True)):
        wanted = (count, *tail)
        if array.shape[-len(wanted) :] != wanted:
            raise InputError(f"{name}[{n}] has shape {list(array.shape)}, expected [..., {_words(wanted)}]")
        batch = array.shape[: array.ndim - len(wanted)]
        if batch != arrays[0].shape[: len(batch)] or array.ndim != arrays[0].ndim:
            raise InputError(f"{name}[{n}] has shape {list(array.shape)}, but {name}[0] {list(arrays[0].shape)}")
        if name in POLICIES:
            array = check_probabilities(f"{name}[{n}]", array, wanted, batch=True)
        flat = array.reshape(*batch, count * sizes.states, *tail[1:])
        missing = (*batch, (sizes.nodes - count) * sizes.states, *tail[1:])
        rows.append(jnp.concatenate([flat, jnp.full(missing, filling)], axis=len(batch)))
    return jnp.stack(rows, axis=arrays[0].ndim - len(wanted))


def _demonstrations_onto_tree(demonstrations, sizes):
    states, noise = np.asarray(demonstrations.states), demonstrations.noise
    if noise is None:
        raise InputError("demonstrations.noise is missing: the game has common noise, and they must carry its history")
    noise = np.asarray(noise)
    if noise.dtype.kind not in "iu" or noise.shape[-1:] != states.shape[-1:]:
        raise InputError(
            f"demonstrations.noise holds {noise.dtype} of shape {list(noise.shape)}, expected whole numbers"
        )
    if noise.ndim == states.ndim - 1:  # one history for a crowd
        noise = noise[..., None, :]
    try:
        noise = np.broadcast_to(noise, states.shape)
    except ValueError:
        raise InputError(f"demonstrations.noise has shape {list(noise.shape)}, expected {list(states.shape)}") from None
    for kind, indices, size in (("noise", noise, sizes.noise), ("states", states, sizes.states)):
        if indices.size and (indices.min() < 0 or indices.max() >= size):
            place = tuple(map(int, np.argwhere((indices < 0) | (indices >= size))[0]))
            what = "noise states" if kind == "noise" else kind
            raise InputError(f"demonstrations.{kind}{list(place)} is {indices[place]}: the game has {size} {what}")
    return demonstrations._replace(states=numbers_of(noise, sizes.noise) * sizes.states + states, noise=None)


def _demonstrations_off_tree(demonstrations, sizes):
    node, states = jnp.divmod(demonstrations.states, sizes.states)
    return demonstrations._replace(states=states, noise=node % sizes.noise)


def _words(shape) -> str:
    return ", ".join(map(str, shape))


def arguments_onto_tree(arguments: Mapping[str, Any], sizes: Sizes) -> dict[str, Any]:
    """`onto_tree` of all arguments of a call."""
    return {name: onto_tree(name, value, sizes) for name, value in arguments.items()}
