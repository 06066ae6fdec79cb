"""The Nash imitation gap under common noise with equal histories merged, batched by depth.

Two histories with the same noise state, the same population, and the same policy from here on have the same future: one
node stands for both. Where policies know at most the noise of the step, and the noise leaves the kernel alone, there
are K nodes at every step in place of K^(n+1).
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import as_float, check_probabilities
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.sizes import MOST_MEMORY

#: Populations whose shares differ by no more than about this are equal.
DIGITS = 12


class MergedGap(NamedTuple):
    """The Nash imitation gap, and how many nodes it took.

    Attributes:
        nash_imitation_gap: in the unit of the reward, summed over the horizon.
        nodes: at every step.
    """

    nash_imitation_gap: float
    nodes: list[int]


class _Level(NamedTuple):
    """The nodes of a step: noise state, population, policy, probability; and the numbers of the children."""

    noise: Int[np.ndarray, " N"]
    mu: Float[np.ndarray, "N S"]
    policy: Float[np.ndarray, "N S A"]
    probability: Float[np.ndarray, " N"]
    children: Int[np.ndarray, "N K"]


def merged_nash_imitation_gap(
    game: NoisyGame,
    policy: list[Float[Array, "_ S A"]] | Float[Array, "H S A"] | Float[Array, "H K S A"],
) -> MergedGap:
    """`nash_imitation_gap` of one policy in a game with common noise, with equal histories merged (see this module).

    Args:
        policy: a list as `NoisyGame` has it, or [H, K, S, A], which knows the noise of the step, or [H, S, A].

    Raises:
        InputError: no game with common noise; a policy of the wrong shape; more nodes than memory allows, with their
            number.
    """
    if not isinstance(game, NoisyGame):
        raise InputError(f"game is {shown(game)}, which has no common noise: nash_imitation_gap is for it")
    tables, classes = _classes(game, policy)
    levels = _levels(game, tables, classes)
    values, gap = np.zeros((1, len(game.states))), 0.0
    for n, level in reversed([*enumerate(levels)]):
        last = n == game.horizon - 1
        ahead = np.zeros((len(level.noise), len(game.states)))
        if not last:
            ahead = np.einsum("wj,wjs->ws", np.asarray(game.noise_transition)[level.noise], values[level.children])
        values, regret = _by_noise(game, _earlier, n, level.noise, level.mu, level.policy, ahead)
        gap += float(np.sum(level.probability[:, None] * level.mu * regret))
    return MergedGap(gap, [len(level.noise) for level in levels])


def _classes(game, policy):
    """The policy's rows of every step, and a number for every row, alike where all that can follow is alike."""
    n_noise, horizon, n_states, n_actions = game.sizes
    if not isinstance(policy, (list, tuple)):
        array = as_float("policy", policy)
        if array.shape == game.policy_shape:
            array = jnp.broadcast_to(array[:, None], (horizon, n_noise, n_states, n_actions))
        array = check_probabilities("policy", array, (horizon, n_noise, n_states, n_actions))
        return list(np.asarray(array)), None
    if len(policy) != horizon:
        raise InputError(f"policy has {len(policy)} arrays, expected {horizon}, one for each step")
    wanted = [(n_noise ** (n + 1), n_states, n_actions) for n in range(horizon)]
    tables = [
        np.asarray(check_probabilities(f"policy[{n}]", array, shape))
        for n, (array, shape) in enumerate(zip(policy, wanted, strict=True))
    ]
    classes: list[np.ndarray] = []
    for table in reversed(tables):
        rows = table.reshape(len(table), -1)
        if classes:
            rows = np.concatenate([rows, classes[0].reshape(len(table), n_noise)], axis=1)
        classes.insert(0, np.unique(rows, axis=0, return_inverse=True)[1].ravel())
    return tables, classes


def _levels(game, tables, classes) -> list[_Level]:
    n_noise, n_states = len(game.games), len(game.states)
    transition = np.asarray(game.noise_transition)
    history = noise = np.flatnonzero(np.asarray(game.noise_initial) > 0)
    mu = np.repeat(np.asarray(game.initial)[None], len(noise), axis=0)
    probability = np.asarray(game.noise_initial)[noise]
    levels = []
    for n in range(game.horizon):
        memory = 8 * len(noise) * n_noise * n_states * len(game.actions) / 2**30
        if memory > MOST_MEMORY:
            raise InputError(
                f"policy: at step {n} there are {len(noise)} histories that differ, which would take {memory:.3g} GiB: "
                f"at most {MOST_MEMORY} GiB are allowed; sampled_nash_imitation_gap draws some of them"
            )
        policy = tables[n][noise if classes is None else history]
        children = np.zeros((len(noise), n_noise), int)
        levels.append(_Level(noise, mu, policy, probability, children))
        if n == game.horizon - 1:
            break
        (ahead,) = _by_noise(game, _next, n, noise, mu, policy)
        parent, after = np.nonzero(transition[noise] > 0)
        later = history[parent] * n_noise + after if classes is not None else after
        kind = classes[n + 1][later] if classes is not None else np.zeros(len(after), int)
        keys = np.column_stack([np.round(ahead[parent], DIGITS) + 0.0, after, kind])
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        which = which.ravel()
        children[parent, after] = which
        weights = probability[parent] * transition[noise[parent], after]
        history, noise, mu = later[first], after[first], ahead[parent[first]]
        probability = np.bincount(which, weights)
    return levels


def _by_noise(game, method, n, noise, *arrays) -> tuple[np.ndarray, ...]:
    """What a method says of every node, computed for the nodes of one noise state at a time."""
    found: tuple[np.ndarray, ...] = ()
    for k, one in enumerate(game.games):
        here = np.flatnonzero(noise == k)
        if not here.size:
            continue
        # Lengths are powers of two, so that steps share compiled programs.
        padded = np.resize(here, 1 << (here.size - 1).bit_length())
        results = method(one, jnp.asarray(n), *(jnp.asarray(array[padded]) for array in arrays))
        results = [np.asarray(result)[: here.size] for result in results]
        found = found or tuple(np.zeros((len(noise), *result.shape[1:])) for result in results)
        for all_of_them, result in zip(found, results, strict=True):
            all_of_them[here] = result
    return found


@eqx.filter_jit
def _next(game, n, mu, policy):
    return (jax.vmap(lambda mu, pi: game.next_population(n, mu, pi))(mu, policy),)


@eqx.filter_jit
def _earlier(game, n, mu, policy, ahead):
    return jax.vmap(lambda mu, pi, value: game.earlier_values(n, mu, pi, value))(mu, policy, ahead)
