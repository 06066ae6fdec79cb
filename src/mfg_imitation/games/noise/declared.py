"""The key `noise` of a game's file: the chain of the noise, and what it does to the game."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from mfg_imitation.checks import check_probabilities
from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import entries
from mfg_imitation.games.declared import RESERVED, policy_array, successor_cells
from mfg_imitation.games.expressions import evaluate, unknown_state
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.noisy import NoisyGame


def noisy_game(
    spec: Mapping[str, Any], made: Callable[[str], Game], names: Mapping[str, float], file: str
) -> Game | NoisyGame:
    """The game of a file with the key `noise`; with one noise state, the game as it is in that state.

    Args:
        spec: what stands under the key.
        made: from a noise state to the game in it.
        names: what the expressions of the chain may use.
        file: its name, for error messages.

    Raises:
        InputError: a name that is not declared, probabilities that do not sum to 1, games that differ in more than
            kernel and reward.
    """
    states = tuple(spec["states"])
    for name in states:
        if name in RESERVED:
            raise InputError(f"{file}: noise.states: {name!r} is a reserved word")
    for name in spec.get("parameters", {}):
        if name not in states:
            raise InputError(f"{file}: noise.parameters: unknown noise state {name!r}; allowed are {', '.join(states)}")
    initial = np.zeros(len(states))
    for k, key, expression in entries(spec["initial"], states, f"{file}: noise.initial", complete=False):
        initial[k] = evaluate(expression, names, unknown_state, f"{file}: noise.initial.{key}")
    check_probabilities(f"{file}: noise.initial", initial, (len(states),))
    transition = np.stack([*_rows(spec["transition"], states, names, f"{file}: noise.transition")])
    games = {name: made(name) for name in states}
    if len(states) == 1:
        return games[states[0]]
    try:
        return NoisyGame.from_games(games, jnp.asarray(initial), jnp.asarray(transition))
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


def _rows(table, states, names, place):
    """The distribution of the next noise state, for every noise state."""
    for k, key, row in entries(table, states, place):
        cells = successor_cells(row, states[k], states, f"{place}.{key}")
        values = {name: cell for name, cell in cells.items() if cell.text != "rest"}
        values = {name: float(evaluate(cell.text, names, unknown_state, cell.place)) for name, cell in values.items()}
        found = np.array([values.get(name, 1 - sum(values.values()) if name in cells else 0.0) for name in states])
        yield check_probabilities(f"{place}.{key}", found, (len(states),))


def with_expert(game: NoisyGame, policy: Mapping, place: str) -> NoisyGame:
    """The game with a Nash policy: `state: action` for all noise states alike, or that by noise state.

    Raises:
        InputError: see `policy_array`.
    """
    states, actions, shape = tuple(game.states), tuple(game.actions), game.policy_shape
    by_noise = set(policy) <= {*game.noise_states, "every"} and all(isinstance(row, Mapping) for row in policy.values())
    if by_noise and not set(policy) <= {*states, "every"}:
        tables = [
            policy_array(row, states, actions, shape, f"{place}.{key}")
            for _, key, row in entries(policy, game.noise_states, place)
        ]
    else:
        tables = [policy_array(policy, states, actions, shape, place)] * len(game.noise_states)
    return eqx.tree_at(lambda game: game.expert, game, jnp.stack(tables, axis=1), is_leaf=lambda x: x is None)
