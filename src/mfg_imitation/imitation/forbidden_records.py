"""Records that a game forbids: starts where nobody starts, and moves that its kernel gives no probability."""

import warnings
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from mfg_imitation.checks import check_choice
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.noisy import NoisyGame


def check_records(
    states: Int[np.ndarray, "M H"],
    actions: Int[np.ndarray, "M H"],
    game: Game | NoisyGame,
    forbidden: str,
    place: str,
    labels: Sequence,
    noise: Int[np.ndarray, "M H"] | None = None,
) -> None:
    """Say which records `game` forbids in the population that the trajectories show.

    Args:
        noise: of a game with common noise, the noise state of every record. Its population is that of all histories
            together: few trajectories share one.
        forbidden: "error", "warn", or "allow", which does not look.
        place: of the trajectories, for the message.
        labels: of the trajectories, M of them.

    Raises:
        InputError: a record is forbidden, and `forbidden` is "error"; or it is no such word.
    """
    check_choice("forbidden", forbidden, ("error", "warn", "allow"))
    if forbidden == "allow":
        return
    if noise is None:
        found, unlikely = np.asarray(forbidden_records(game, states, actions)), np.zeros(states.shape, bool)
    else:
        by_noise = np.stack([np.asarray(forbidden_records(one, states, actions)) for one in game.games])
        before = np.concatenate([noise[:, :1], noise[:, :-1]], axis=1)
        found = np.take_along_axis(by_noise, before[None], axis=0)[0]
        chain = np.asarray(game.noise_transition)[before, noise]
        chain[:, 0] = np.asarray(game.noise_initial)[noise[:, 0]]
        unlikely = chain <= 0
        found = found | unlikely
    found = np.argwhere(found)
    if not len(found):
        return

    def shown(i, n):
        if unlikely[i, n]:
            return f"trajectory {labels[i]} step {n}: the noise is {game.noise_states[noise[i, n]]}"
        state = game.states[states[i, n]]
        if n == 0:
            return f"trajectory {labels[i]} starts in {state}"
        before, action = game.states[states[i, n - 1]], game.actions[actions[i, n - 1]]
        return f"trajectory {labels[i]} step {n - 1}: {before}, {action} -> {state}"

    records = "; ".join(shown(i, n) for i, n in found[:3]) + ("; ..." if len(found) > 3 else "")
    message = f"{place}: the game forbids {len(found)} of {states.size} records: {records}"
    if forbidden == "error":
        raise InputError(f"{message} (forbidden='warn' or 'allow' reads them all the same)")
    warnings.warn(message, stacklevel=3)


@eqx.filter_jit
def forbidden_records(game: Game, states: Int[Array, "M H"], actions: Int[Array, "M H"]) -> Bool[Array, "M H"]:
    """Whether being in s_n is forbidden: at n = 0 by mu_0, later by the kernel at s_{n-1}, a_{n-1}, mu-hat_{n-1}."""

    def moved(inputs):
        n, s, a, successor = inputs
        mu = jnp.zeros(len(game.states)).at[s].add(1 / len(s))
        likely = game.probabilities(n, mu)[s, a]
        return jnp.sum(likely, axis=-1, where=game.successors[s, a] == successor[:, None])

    steps = jnp.arange(game.horizon - 1), states.T[:-1], actions.T[:-1], states.T[1:]
    likely = jnp.concatenate([game.initial[states[:, :1]], jax.lax.map(moved, steps).T], axis=1)
    return likely <= 8 * jnp.finfo(likely.dtype).eps  # what rounding leaves of 1 minus all the others
