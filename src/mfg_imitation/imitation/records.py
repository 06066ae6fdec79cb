"""Equal records counted: how often a player was in s at step n, had a recorded, and went on to s'."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations

#: So many records and cells are no work: samples of fewer share their programs.
FEW_RECORDS, FEW_CELLS = 1024, 128

#: The step of a cell that pads: `spread` drops what lies there.
NOWHERE = np.iinfo(np.int32).max


class Records(NamedTuple):
    """Distinct records of a batch of samples, R in each (padded with records that were met 0 times), step by step.

    A *cell* is what a policy is asked at: a step and a state, or for the stationary class a state; of states that are
    alike (`Game.alike`) the first. Only cells that were visited have a number, so that games of many states need little
    memory.

    Attributes:
        step, state, action, successor: n, s, a and s' as indices; s' is the number of states where no move was seen: at
            the last step, and where a trajectory is censored.
        count: how often the record was met, or what it weighs.
        cell: number of the record's cell.
        cells: step and state of every cell (padded with steps that no game has).
    """

    step: Int[Array, "batch R"]
    state: Int[Array, "batch R"]
    action: Int[Array, "batch R"]
    successor: Int[Array, "batch R"]
    count: Float[Array, "batch R"]
    cell: Int[Array, "batch R"]
    cells: Int[Array, "batch C 2"]


def grouped(demonstrations: Demonstrations, game: Game, stationary: bool = False) -> Records:
    """The distinct records of checked demonstrations.

    Lengths are rounded up to powers of two, so that samples of about equal size share compiled programs.
    """
    _, *sizes = game.policy_shape
    states, actions = (np.asarray(x, np.int64).reshape(-1, *np.shape(x)[-2:]) for x in demonstrations[:2])
    weights = [None] * len(states)
    if demonstrations.weights is not None:
        weights = np.asarray(demonstrations.weights, float).reshape(states.shape)
    alike = None if game.alike is None else np.asarray(game.alike)
    samples = [_grouped(*sample, *sizes, stationary, alike) for sample in zip(states, actions, weights, strict=True)]
    within = power_of_two(max(FEW_RECORDS, *(len(sample[4]) for sample in samples)))
    cells = power_of_two(max(FEW_CELLS, *(len(sample[6]) for sample in samples)))
    # What pads is of the last step, so that steps stay in order.
    lengths = {"count": (within, 0), "cells": (cells, NOWHERE), "step": (within, game.horizon - 1)}
    rows = [
        [
            padded(array, *lengths.get(name, (within, array[0])))
            for name, array in zip(Records._fields, one, strict=True)
        ]
        for one in samples
    ]
    return Records(*(jnp.asarray(np.stack(arrays)) for arrays in zip(*rows, strict=True)))


def numbered(demonstrations: Demonstrations, game: Game) -> Int[np.ndarray, "M H"]:
    """Which of the `grouped` records of one sample every step of every trajectory is; any, where it is not observed."""
    states, actions = (np.asarray(x, np.int64) for x in demonstrations[:2])
    weights = None if demonstrations.weights is None else np.asarray(demonstrations.weights)
    keys = _keys(states, actions, weights, *game.policy_shape[1:])
    distinct = np.unique(keys if weights is None else keys[weights > 0])
    return np.searchsorted(distinct, keys).clip(max=len(distinct) - 1)


def likely(game: Game, records: Records, flows: Float[Array, "batch H S"]) -> Float[Array, "batch R A"]:
    """P_n(s' | s, a, mu_n) of every record for every action; 1 where no move was seen."""
    bounds = np.stack([np.searchsorted(steps, np.arange(game.horizon)) for steps in np.asarray(records.step)])
    return _likely(game, records, flows, jnp.asarray(bounds), power_of_two(int(np.diff(bounds).max(initial=1))))


@eqx.filter_jit
def spread(
    game: Game, records: Records, values: Float[Array, "batch C A"], elsewhere: float, stationary: bool = False
) -> Float[Array, "batch H S A"]:
    """What the cells have, in the shape of a policy of the game."""

    def one(records, values):
        filled = jnp.full((1 if stationary else game.horizon, *game.policy_shape[1:]), elsewhere)
        filled = filled.at[records.cells[:, 0], records.cells[:, 1]].set(values, mode="drop")
        filled = jnp.broadcast_to(filled, game.policy_shape)
        return filled if game.alike is None else filled[:, game.alike]

    return jax.vmap(one)(records, values)


@jax.jit
def of_cells(records: Records, policy: Float[Array, "batch H S A"]) -> Float[Array, "batch C A"]:
    """What a policy does in the cells; 0 in those that pad."""

    def one(records, policy):
        return policy.at[records.cells[:, 0], records.cells[:, 1]].get(mode="fill", fill_value=0)

    return jax.vmap(one)(records, policy)


def _keys(states, actions, weights, n_states, n_actions):
    """A number for every record, alike for equal ones; in the order of n, s, a and s'."""
    steps = np.broadcast_to(np.arange(states.shape[1]), states.shape)
    successors = np.concatenate([states[:, 1:], np.full((len(states), 1), n_states)], axis=1)
    if weights is not None:
        successors[:, :-1][weights[:, 1:] == 0] = n_states
    return ((steps * n_states + states) * n_actions + actions) * (n_states + 1) + successors


def _grouped(states, actions, weights, n_states, n_actions, stationary, alike):
    keys = _keys(states, actions, weights, n_states, n_actions)
    if weights is None:
        distinct, count = np.unique(keys, return_counts=True)
    else:
        observed = weights > 0
        distinct, which = np.unique(keys[observed], return_inverse=True)
        count = np.bincount(which, weights[observed])
    rest, successor = np.divmod(distinct, n_states + 1)
    rest, action = np.divmod(rest, n_actions)
    step, state = np.divmod(rest, n_states)
    asked = state if alike is None else alike[state]
    places, cell = np.unique(asked if stationary else step * n_states + asked, return_inverse=True)
    cells = np.stack([np.zeros_like(places), places] if stationary else np.divmod(places, n_states), axis=-1)
    return step, state, action, successor, count.astype(float), cell, cells


def padded(array: np.ndarray, length: int, filling) -> np.ndarray:
    """So long, with something behind it."""
    return np.concatenate([array, np.full((length - len(array), *array.shape[1:]), filling, array.dtype)])


def power_of_two(number: int) -> int:
    """The smallest one that is not below a number."""
    return 1 << (number - 1).bit_length()


@eqx.filter_jit
def _likely(game, records, flows, bounds, most):
    """Step by step, as the kernels of all steps may not fit into memory; a step has `most` records, or fewer."""

    def one(records, flow, bounds):
        def at(n, found):
            place = bounds[n] + jnp.arange(most)
            state, successor = records.state[place], records.successor[place]  # past the end: the last record
            reached = game.successors[state] == successor[:, None, None]
            moved = jnp.sum(jnp.where(reached, game.probabilities(n, flow[n])[state], 0), axis=-1)
            moved = jnp.where((successor == len(game.states))[:, None], 1.0, moved)
            return found.at[jnp.where(place < bounds[n + 1], place, NOWHERE)].set(moved, mode="drop")

        return jax.lax.fori_loop(0, game.horizon - 1, at, jnp.ones((*records.action.shape, len(game.actions))))

    return jax.vmap(one)(records, flows, bounds)
