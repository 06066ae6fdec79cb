"""From the rows of a table to trajectories, which may be of unequal lengths."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from mfg_imitation.data.declaration import DataSetFile
from mfg_imitation.errors import InputError
from mfg_imitation.imitation.rows import factorized, fail_at, numbers_of


class Trajectories(NamedTuple):
    """M trajectories, padded to the longest; beyond their lengths stands what must not be looked at.

    Attributes:
        rows: where in the table a record stands, from 1, below the header; 0 where there is none.
        lengths: how many steps of each were recorded.
        weights: how many each stands for, relative to the mean: M trajectories are not more than M by a unit of weight.
        crowds: which population each is in, as an index into `crowd_names`.
        labels: what the table calls each.
    """

    states: Int[np.ndarray, "M L"]
    actions: Int[np.ndarray, "M L"]
    rows: Int[np.ndarray, "M L"]
    lengths: Int[np.ndarray, " M"]
    weights: Float[np.ndarray, " M"]
    crowds: Int[np.ndarray, " M"]
    crowd_names: tuple[str, ...]
    labels: tuple[str, ...]

    def cut(self, length: int) -> "Trajectories":
        """The first steps alone."""
        kept = {name: getattr(self, name)[:, :length] for name in ("states", "actions", "rows")}
        return self._replace(lengths=np.minimum(self.lengths, length), **kept)

    def chosen(self, which) -> "Trajectories":
        """Some of the trajectories; those of crowds that lose all of theirs are numbered anew."""
        kept = {name: getattr(self, name)[which] for name in Trajectories._fields[:5]}
        left, crowds = np.unique(self.crowds[which], return_inverse=True)
        names, labels = (self.crowd_names[i] for i in left), np.array(self.labels, object)[which]
        return Trajectories(**kept, crowds=crowds, crowd_names=tuple(names), labels=tuple(labels))


def arranged(
    file: DataSetFile, table: pd.DataFrame, states: Int[np.ndarray, " rows"], actions: Int[np.ndarray, " rows"], place
) -> Trajectories:
    """The rows of a table, trajectory by trajectory, in the order in which these first appear.

    Raises:
        InputError: a missing label, a step that is no whole number, comes before the first or is given twice, a
            trajectory that lacks a step before its last, a weight that is not above 0 or changes.
    """
    columns = file.columns
    step = _steps(table[columns["step"]], file.declaration["first_step"], place)
    crowds, crowd_names = _labelled(table, columns.get("crowd"), place)
    who, labels = _labelled(table, columns["trajectory"], place)
    # The same label in another crowd is somebody else.
    trajectory, _ = pd.factorize(crowds * len(labels) + who)
    first = np.zeros(trajectory.max() + 1, int)
    first[trajectory[::-1]] = np.arange(len(table))[::-1]  # of several assignments to one place the last one stays

    lengths = np.bincount(trajectory)
    size, longest = len(lengths), int(lengths.max())
    column = table[columns["step"]]
    if (step >= longest).any():  # it lacks steps before this one: by how many does not matter
        step = np.minimum(step, longest)
    rows = np.zeros((size, longest + 1), np.int64)
    position = trajectory * (longest + 1) + step
    fail_at(place, column.name, column, pd.Series(position).duplicated() & (step < longest), "given twice for one")
    rows.flat[position] = np.arange(1, len(table) + 1)
    wrong = (rows[:, :longest] == 0) & (np.arange(longest) < lengths[:, None])
    if wrong.any():
        i, n = map(int, np.argwhere(wrong)[0])
        missing = n + file.declaration["first_step"]
        raise InputError(
            f"{place}: row {first[i] + 1}: trajectory {labels[who[first[i]]]} begins here and has no {column.name} "
            f"{missing}, but later ones"
        )
    rows = rows[:, :longest]
    taken = np.maximum(rows - 1, 0)
    weights = _weights(table, columns.get("weight"), trajectory, first, place)
    names = tuple(labels[i] for i in who[first])
    return Trajectories(states[taken], actions[taken], rows, lengths, weights, crowds[first], tuple(crowd_names), names)


def _steps(column: pd.Series, first_step: int, place: str) -> Int[np.ndarray, " rows"]:
    numbers = numbers_of(column, place)
    fail_at(place, column.name, column, ~(numbers == np.floor(numbers)), "no whole number")
    fail_at(place, column.name, column, numbers < first_step, f"before the first step, {first_step} (see first_step)")
    return np.minimum(numbers - first_step, 2.0**31).astype(np.int64)


def _labelled(table, name, place) -> tuple[Int[np.ndarray, " rows"], Sequence[str]]:
    """A number for every label of a column, and the labels; all alike where there is no such column."""
    if name is None:
        return np.zeros(len(table), int), ("",)
    codes, labels = factorized(table[name], place)
    labels = [str(label) for label in labels]
    empty = np.array([not label.strip() for label in labels])
    fail_at(place, name, table[name], (codes < 0) | (empty[codes] if len(labels) else True), "missing")
    return codes, labels


def _weights(table, name, trajectory, first, place) -> Float[np.ndarray, " M"]:
    if name is None:
        return np.ones(len(first))
    numbers = numbers_of(table[name], place)
    fail_at(place, name, table[name], ~((numbers > 0) & np.isfinite(numbers)), "no finite number above 0")
    other = numbers != numbers[first][trajectory]
    fail_at(place, name, table[name], other, "not the weight with which its trajectory began")
    return numbers[first] / numbers[first].mean()
