"""A data set as it is used: trajectories of a game, read and checked as their file says."""

from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pandas as pd

from mfg_imitation.data.declaration import DataSetFile
from mfg_imitation.data.impossible import impossible_records
from mfg_imitation.data.trajectories import Trajectories, arranged
from mfg_imitation.data.words import encoded, names_of
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.unknown import UnknownGame
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.imitation.rows import check_columns, read_rows


class Dataset(NamedTuple):
    """What `load_dataset` returns.

    Attributes:
        file: what the file of the data set says.
        game: that was played, with the values that the file gives or the game has; an `UnknownGame` where the kernel is
            learned.
        demonstrations: the trajectories, for every estimator; censored ones have weights.
        trajectories: the same as they were read, with labels, crowds and the rows of the table.
        remarks: what happened to the records, a sentence each.
        rows: of the table.
    """

    file: DataSetFile
    game: Game
    demonstrations: Demonstrations
    trajectories: Trajectories
    remarks: tuple[str, ...]
    rows: int

    @property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """The smallest and largest value of every parameter that is to be estimated."""
        return bounds_of(self.file)


def load_dataset(path: str | Path) -> Dataset:
    """Read a data set from its file, config/data/NAME.yaml; config/README.md has its keys.

    Raises:
        InputError: one line that names the file and the key, or the table, the row and the column, and says what is
            allowed.
    """
    file = DataSetFile.read(path)
    if file.game is not None and file.game.is_noisy:
        file.refuse(
            "game", f"is {file.game.name!r}, which has common noise: load_demonstrations reads its trajectories"
        )
    game = None if file.game is None else file.game.load(**file.declaration["overrides"])
    bounds_of(file)
    place, table, _ = read_rows(file.table)
    check_columns(table, file.columns.values(), place)
    trajectories, names = _read(file, game, table, place)
    remarks = []
    horizon = int(trajectories.lengths.max()) if game is None else game.horizon
    trajectories, horizon = _evened(file, trajectories, horizon, place, remarks)
    game = _game(file, game, trajectories, names, horizon)
    if file.declaration["kernel"] == "game":
        trajectories = _possible(file, game, trajectories, place, remarks)
    demonstrations = demonstrations_of(trajectories, game.horizon)
    try:
        check_demonstrations(demonstrations, game)
    except InputError as error:
        raise InputError(f"{place}: {error} (overrides.horizon)") from None
    return Dataset(file, game, demonstrations, trajectories, tuple(remarks), len(table))


def bounds_of(file: DataSetFile) -> dict[str, tuple[float, float]]:
    """The range of every parameter that the file asks to estimate, as the game's file says it."""
    bounds = {}
    for i, name in enumerate(file.declaration["estimate"]):
        key = f"estimate[{i}]"
        if "states" not in file.game.declaration:
            file.refuse(key, f"is {name!r}, but {file.game.path} declares no kernel in expressions of parameters")
        if name not in file.game.parameters:
            file.refuse(key, f"is {name!r}, but {file.game.path} has the parameters {', '.join(file.game.parameters)}")
        spec = file.game.parameters[name]
        if not {"minimum", "maximum"} <= set(spec):
            file.refuse(key, f"is {name!r}, whose `minimum` and `maximum` {file.game.path} must say: where to look")
        bounds[name] = float(spec["minimum"]), float(spec["maximum"])
    return bounds


def demonstrations_of(trajectories: Trajectories, horizon: int) -> Demonstrations:
    """The trajectories over a horizon, with weights if they need any."""
    missing = horizon - trajectories.states.shape[1]
    states, actions = (np.pad(kind, ((0, 0), (0, max(missing, 0)))) for kind in trajectories[:2])
    observed = np.arange(horizon) < trajectories.lengths[:, None]
    weights = observed * trajectories.weights[:, None]
    states, actions = (np.where(observed, kind[:, :horizon], 0).astype(np.int32) for kind in (states, actions))
    return Demonstrations(jnp.asarray(states), jnp.asarray(actions), weights=None if (weights == 1).all() else weights)


def _read(file, game, table: pd.DataFrame, place: str) -> tuple[Trajectories, tuple[tuple[str, ...], ...]]:
    codes, names = [], []
    for kind, one in (("states", "state"), ("actions", "action")):
        column = table[file.columns[one]]
        known = names_of(file, kind, column, place) if game is None else tuple(getattr(game, kind))
        names.append(known)
        codes.append(encoded(file, kind, column, known, place))
    return arranged(file, table, *codes, place), tuple(names)


def _evened(file, trajectories: Trajectories, horizon: int, place: str, remarks: list[str]):
    """The trajectories as `unequal` has them, and the horizon."""
    how, lengths = file.declaration["unequal"], trajectories.lengths
    if how == "cut":
        shortest = min(int(lengths.min()), horizon)
        if (lengths > shortest).any() or shortest < horizon:
            remarks.append(
                f"All trajectories, and the horizon, are cut to the first {shortest} steps: "
                f"{lengths.sum() - shortest * len(lengths)} of {lengths.sum()} records are left out."
            )
        return trajectories.cut(shortest), shortest
    wrong = lengths > horizon if how == "censor" else lengths != horizon
    if wrong.any():
        i = int(np.argmax(wrong))
        row, label = trajectories.rows[i, 0], trajectories.labels[i]
        what = "raise overrides.horizon" if lengths[i] > horizon else "unequal: censor counts it as far as it goes"
        steps = f"{lengths[i]} step{'' if lengths[i] == 1 else 's'}"
        raise InputError(
            f"{place}: row {row}: trajectory {label} begins here and has {steps}, but the horizon is {horizon}: {what}"
            ", unequal: cut ends all with the shortest"
        )
    if short := int((lengths < horizon).sum()):
        remarks.append(
            f"{short} of {len(lengths)} trajectories end before the horizon of {horizon} steps; each counts as far as "
            "it goes, and shares are those of the trajectories that are still observed."
        )
    return trajectories, horizon


def _game(file, game, trajectories: Trajectories, names, horizon: int) -> Game:
    if file.declaration["kernel"] == "affine":
        if game is not None:
            return UnknownGame(tuple(game.states), tuple(game.actions), horizon, game.initial)
        shares = np.bincount(trajectories.states[:, 0], trajectories.weights, minlength=len(names[0]))
        return UnknownGame(*names, horizon, jnp.asarray(shares / shares.sum()))
    if horizon == game.horizon:
        return game
    return file.game.load(**{**file.declaration["overrides"], "horizon": horizon})


def _possible(file, game, trajectories: Trajectories, place: str, remarks: list[str]) -> Trajectories:
    """The trajectories as `impossible` has them."""
    demonstrations, how = demonstrations_of(trajectories, game.horizon), file.declaration["impossible"]
    noisy = file.declaration["label_noise"] != 0
    found = impossible_records(demonstrations, trajectories.crowds, game, noisy=noisy, unknown=bounds_of(file))
    if not found.any():
        return trajectories
    first = _told(game, trajectories, *map(int, np.argwhere(found)[0]), place)
    count = f"{found.sum()} of {trajectories.lengths.sum()} records"
    if how == "refuse":
        raise InputError(f"{first}, which the game forbids, as {count} (impossible: drop or keep reads them)")
    if how == "keep":
        remarks.append(f"The game forbids {count}; they are kept, and no kernel explains them. The first: {first}.")
        return trajectories
    lost = found.any(axis=1)
    if lost.all():
        raise InputError(f"{first}, which the game forbids; no trajectory is without such a record")
    remarks.append(
        f"The game forbids {count}; trajectories that hold any are left out, {lost.sum()} of {len(lost)}. The first: "
        f"{first}."
    )
    return trajectories.chosen(~lost)


def _told(game, trajectories: Trajectories, i: int, n: int, place: str) -> str:
    """A record in words, with its row."""
    state, action = game.states[trajectories.states[i, n]], game.actions[trajectories.actions[i, n]]
    who = f"{place}: row {trajectories.rows[i, n]}: trajectory {trajectories.labels[i]}"
    if n + 1 < trajectories.lengths[i] and (n or np.asarray(game.initial)[trajectories.states[i, n]] > 0):
        return f"{who} does {action} in {state} and comes to {game.states[trajectories.states[i, n + 1]]}"
    return f"{who} starts in {state}"
