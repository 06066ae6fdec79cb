"""From the words of a table to the indices of a game: names, a mapping of words, or bins of numbers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from mfg_imitation.data.declaration import DataSetFile
from mfg_imitation.errors import InputError, did_you_mean, shown
from mfg_imitation.imitation.rows import codes_of, factorized, fail_at, indices_of, numbers_of

#: What the entries of a column are said to be.
KINDS = {"states": "state", "actions": "action"}


def names_of(file: DataSetFile, kind: str, column: pd.Series, place: str) -> tuple[str, ...]:
    """The names of the states, or of the actions, where no game says them: in the file's order, else in the table's.

    Args:
        kind: "states" or "actions".
    """
    spec = file.declaration[kind]
    if isinstance(spec, Mapping):
        return tuple(dict.fromkeys(spec.values()))
    if spec is not None:
        return tuple(dict.fromkeys(one["name"] for one in spec))
    words = {str(entry).strip() for entry in factorized(column, place)[1]} - {""}
    numbers = all(word.isdecimal() for word in words)
    return tuple(sorted(words, key=lambda word: (int(word), word) if numbers else (0, word)))


def encoded(
    file: DataSetFile, kind: str, column: pd.Series, names: Sequence[str], place: str
) -> Int[np.ndarray, " rows"]:
    """The index of the state, or of the action, in every row.

    Raises:
        InputError: a name that the game does not have (file and key), or an entry that stands for nothing (table, row
            and column).
    """
    spec: Any = file.declaration[kind]
    if spec is None:
        known = f"no {KINDS[kind]} of the game; they are {_few(names)} (or say under {kind} what the words stand for)"
        return codes_of(column, indices_of(names), place, known)
    if isinstance(spec, Mapping):
        index = {word: _index(file, f"{kind}.{word}", name, names) for word, name in spec.items()}
        return codes_of(column, index, place, f"no word that {kind} in {file.path} knows; those are {_few(spec)}")
    which = np.array([_index(file, f"{kind}[{i}].name", one["name"], names) for i, one in enumerate(spec)])
    return which[_binned(file, kind, column, spec, place)]


def _binned(file, kind, column, spec, place) -> Int[np.ndarray, " rows"]:
    edges = [one.get("below", np.inf) for one in spec]
    for i, (before, edge) in enumerate(pairwise(edges), start=1):
        if not before < edge:
            what = "must be above the one before it" if np.isfinite(before) else "comes behind a bin without `below`"
            file.refuse(f"{kind}[{i}].below", what)
    numbers = numbers_of(column, place)
    fail_at(place, column.name, column, np.isnan(numbers), "no number, which bins need")
    fail_at(place, column.name, column, numbers >= edges[-1], f"in none of the bins, which end at {edges[-1]:g}")
    return np.searchsorted(edges, numbers, side="right").clip(max=len(edges) - 1)


def _index(file: DataSetFile, key: str, name: str, names: Sequence[str]) -> int:
    if name not in names:
        hint = did_you_mean(name, names)
        raise InputError(f"{file.path}: {key} is {shown(name)}{hint}, but the game has {_few(names)}")
    return list(names).index(name)


def _few(names) -> str:
    names = list(map(str, names))
    return ", ".join(names[:12]) + (f", ... ({len(names)})" if len(names) > 12 else "")
