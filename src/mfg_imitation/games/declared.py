"""Games declared in a file: named states and actions, kernel and reward as arithmetic expressions.

Two words are reserved in a declaration: `every` (as a state or an action: all those without an entry of their own) and
`stay` (as a successor: the state itself). `rest` is the probability that the other successors leave over, and
`mu[here]` is the share of the population in the state at hand.
"""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_probabilities
from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import entries, pairs
from mfg_imitation.games.expressions import FUNCTIONS, evaluate, unknown_state
from mfg_imitation.games.game import DenseGame
from mfg_imitation.games.sizes import check_horizon, check_sizes
from mfg_imitation.games.soundness import check_game

RESERVED = {"every", "stay", "rest", "here", "mu", "n", "horizon", *FUNCTIONS}


class Cell(NamedTuple):
    """One declared expression: its text, the state it speaks of as `here`, and the file and key where it stands."""

    text: str | float
    here: str
    place: str


class DeclaredGame(DenseGame):
    """A game whose kernel and reward are expressions; parameters are traced, so changing one compiles nothing anew."""

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    parameters: dict[str, Float[Array, ""]]
    expert_policy: Float[Array, "H S A"] | None
    kernel_cells: tuple[tuple[Cell, ...], ...] = eqx.field(static=True)
    kernel_index: tuple[tuple[int, int, int, int], ...] = eqx.field(static=True)
    reward_cells: tuple[Cell, ...] = eqx.field(static=True)
    feature_cells: tuple[tuple[Cell, ...], ...] = eqx.field(static=True, default=())
    noise: tuple[str, tuple[str, ...]] | None = eqx.field(static=True, default=None)  # the noise state, and all of them

    def probabilities(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        table = [jnp.zeros(())]
        for row in self.kernel_cells:
            values = {i: self._value(cell, n, mu) for i, cell in enumerate(row) if cell.text != "rest"}
            left_over = 1 - sum(values.values())
            table += [jnp.asarray(values.get(i, left_over), dtype=float) for i in range(len(row))]
        index = np.zeros(self.successors.shape, dtype=int)
        for s, a, successor, position in self.kernel_index:
            index[s, a, successor] = position
        return jnp.stack(table)[index]

    def reward(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self._table(self.reward_cells, n, mu)

    def features(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A D"]:
        """What a reward that is to be recovered is linear in, in the order of the file."""
        return jnp.stack([self._table(cells, n, mu) for cells in self.feature_cells], axis=-1)

    def known_expert(self) -> Float[Array, "H S A"] | None:
        return self.expert_policy

    def _table(self, cells, n, mu) -> Float[Array, "S A"]:
        values = [jnp.asarray(self._value(cell, n, mu), dtype=float) for cell in cells]
        return jnp.stack(values).reshape(len(self.states), len(self.actions))

    def _value(self, cell: Cell, n, mu):
        def share(state):
            name = cell.here if state == "here" else state
            return mu[self.states.index(name)] if name in self.states else unknown_state(state)

        steps = jnp.asarray(n, dtype=float)  # no expression computes in Python integers, which grow without end
        names = {"n": steps, "horizon": np.float64(self.horizon), **self.parameters}
        return evaluate(cell.text, names, share, cell.place, self._xi if self.noise else None)

    def _xi(self, state):
        here, states = self.noise
        return np.float64(state == here) if state in states else unknown_state(state)


def declared_game(
    declaration: Mapping, file: str, overrides: Mapping[str, float], noise: str | None = None
) -> DeclaredGame:
    """The game of a declaration that has passed the schema.

    Args:
        declaration: the content of a game file.
        file: its name, for error messages.
        overrides: values that replace parameters or the horizon.
        noise: of a declaration with common noise, the state that it is in.

    Raises:
        InputError: a name that is not declared, a value out of its range, probabilities that do not sum to 1, ...
    """
    states, actions = tuple(declaration["states"]), tuple(declaration["actions"])
    for key, names in (
        ("states", states),
        ("actions", actions),
        ("parameters", declaration.get("parameters", {})),
    ):
        for name in names:
            if name in RESERVED:
                raise InputError(f"{file}: {key}: {name!r} is a reserved word")
    parameters = parameters_of(declaration, file, overrides)
    horizon = overrides.get("horizon", declaration["horizon"])
    check_horizon(f"{file}: horizon", horizon)
    try:
        check_sizes(int(horizon), len(states), len(actions), len(states))
    except InputError as error:
        raise InputError(f"{file}: {error}") from None

    kernel_cells, kernel_index, position = [], [], 1
    for s, a, row, place in pairs(declaration["transition"], states, actions, f"{file}: transition"):
        cells = successor_cells(row, states[s], states, place)
        kernel_cells.append(tuple(cells.values()))
        for successor in cells:
            kernel_index.append((s, a, states.index(successor), position))
            position += 1
    tables = {"reward": declaration["reward"]}
    tables |= {f"features.{name}": table for name, table in declaration.get("features", {}).items()}
    reward_cells, *feature_cells = (
        tuple(Cell(text, states[s], place) for s, a, text, place in pairs(table, states, actions, f"{file}: {key}"))
        for key, table in tables.items()
    )
    one_noise = noise is None or len(declaration["noise"]["states"]) == 1  # else the policy is that of all of them
    policy = declaration.get("expert", {}).get("policy") if one_noise else None
    shape = (int(horizon), len(states), len(actions))
    game = DeclaredGame(
        states=states,
        actions=actions,
        horizon=int(horizon),
        initial=_initial(declaration["initial"], states, parameters, file),
        parameters={name: jax.device_put(np.float64(value)) for name, value in parameters.items()},
        expert_policy=None
        if policy is None
        else policy_array(policy, states, actions, shape, f"{file}: expert.policy"),
        kernel_cells=tuple(kernel_cells),
        kernel_index=tuple(kernel_index),
        reward_cells=reward_cells,
        feature_cells=tuple(feature_cells),
        noise=None if noise is None else (noise, tuple(declaration["noise"]["states"])),
    )
    try:
        # Each feature has to be sound, as a reward has.
        check_game(game, *(dataclasses.replace(game, reward_cells=cells) for cells in feature_cells))
    except InputError as error:
        message = str(error)
        raise InputError(message if message.startswith(file) else f"{file}: {message}") from None
    return game


def policy_array(
    spec: Mapping, states: tuple[str, ...], actions: tuple[str, ...], shape: tuple[int, int, int], place: str
) -> Float[Array, "H S A"]:
    """The stationary policy of a file, `state or every: action` or `state or every: {action: probability}`.

    Raises:
        InputError: an unknown name, a state without an entry, probabilities that do not sum to 1.
    """
    rows = np.zeros(shape[1:])
    for s, key, choice in entries(spec, states, place):
        for action, probability in ({choice: 1.0} if isinstance(choice, str) else choice).items():
            if action not in actions:
                raise InputError(f"{place}.{key}: unknown action {action!r}; the actions are {', '.join(actions)}")
            rows[s, actions.index(action)] = probability
    check_probabilities(place, rows, shape[1:])
    return jax.device_put(np.broadcast_to(rows, shape))


def parameters_of(declaration: Mapping, file: str, overrides: Mapping[str, float]) -> dict[str, float]:
    """The parameters of a declaration by name.

    Raises:
        InputError: an unknown name, or a value out of its range.
    """
    declared = declaration.get("parameters", {})
    for name in overrides:
        if name not in declared and name != "horizon":
            raise InputError(f"{file}: unknown parameter {name!r}; allowed are {', '.join([*declared, 'horizon'])}")
    values = {}
    for name, spec in declared.items():
        value = overrides.get(name, spec["value"])
        low, high = spec.get("minimum", -np.inf), spec.get("maximum", np.inf)
        try:
            if isinstance(value, (str, bool)):
                raise TypeError
            inside = low <= float(value) <= high and np.isfinite(float(value))
        except (TypeError, ValueError):
            raise InputError(f"{file}: parameters.{name}: {value!r} is not a number") from None
        if not inside:
            raise InputError(f"{file}: parameters.{name}: {value!r} is not a finite number between {low} and {high}")
        values[name] = float(value)
    return values


def _initial(spec, states, parameters, file) -> Float[Array, " S"]:
    weights = np.zeros(len(states))
    for s, key, expression in entries(spec, states, f"{file}: initial", complete=False):
        weights[s] = evaluate(expression, parameters, unknown_state, f"{file}: initial.{key}")
    return check_probabilities(f"{file}: initial", weights, (len(states),))


def successor_cells(row, state, states, place) -> dict[str, Cell]:
    """What a row of a kernel says of every successor that it names.

    Raises:
        InputError: an unknown name, one that is named twice, `rest` twice.
    """
    cells: dict[str, Cell] = {}
    for key, text in row.items():
        successor = state if key == "stay" else key
        if successor not in states:
            raise InputError(f"{place}: unknown successor {key!r}; allowed are {', '.join([*states, 'stay'])}")
        if successor in cells:
            raise InputError(f"{place}: {successor!r} is named twice")
        cells[successor] = Cell(text, state, f"{place}.{key}")
    if sum(cell.text == "rest" for cell in cells.values()) > 1:
        raise InputError(f"{place}: `rest` may stand only once")
    return cells
