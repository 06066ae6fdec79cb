"""Tables as parameters of a family: comma-separated values beside the game's file."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfg_imitation.errors import InputError, one_line, shown
from mfg_imitation.games.families.family import Parameter
from mfg_imitation.io.schema import find_problem

#: A table: the values of every column, all of one length.
Table = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class TableParameter:
    """A parameter of a family that is a table.

    In a file its value is a path, read from the folder of the game's file; in a program it may be the table itself.

    Attributes:
        default: the table where a file says nothing.
        description: what a row is.
        columns: what every column holds, named as in the table's head. There are no others.
        symbol: how it is written in formulas, as of any parameter.
        required: whether it must have a row.
    """

    default: Table
    description: str
    columns: Mapping[str, Parameter]
    symbol: str = ""
    required: bool = True

    def check(self, value: Any, folder: Path = Path()) -> dict[str, tuple]:
        """The table with its values in their columns' own types; `InputError` says where in it what is wrong."""
        match value:
            case str():
                rows = _read(folder / value, tuple(self.columns))
            case Mapping():
                rows = _written_out(value, tuple(self.columns))
            case _:
                raise InputError(f"{shown(value)} is not the path of a table")
        checked = [self._checked(row, place) for place, row in rows]
        if not checked and self.required:
            raise InputError(f"{shown(value)} has no rows")
        return {name: tuple(row[i] for row in checked) for i, name in enumerate(self.columns)}

    def _checked(self, row: Sequence[Any], place: str) -> list[Any]:
        values = []
        for (name, column), value in zip(self.columns.items(), row, strict=True):
            is_text = isinstance(column.default, str)
            try:
                values.append(column.check(value if is_text else _number(value)))
            except InputError as error:
                raise InputError(f"{place}: {name}: {error}") from None
            if is_text and (problem := find_problem(value, {"legible": True})):  # it becomes a name, which readers see
                raise InputError(f"{place}: {name} {problem.message}")
        return values


def _read(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """(place, cells in the order of `columns`) of every line but the head; empty lines and those after # are none."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        lines = path.read_text("utf-8-sig").splitlines()  # spreadsheets begin a file with a mark of its encoding
    except (OSError, ValueError) as error:
        raise error if isinstance(error, InputError) else InputError(f"{path}: is not text in UTF-8") from None
    order = None
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{path}: line {number}"
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], strict=True, skipinitialspace=True))]
        except csv.Error as error:
            raise InputError(f"{place}: {one_line(error)}") from None
        if order is None:
            order = _order(cells, columns, place)
            continue
        if len(cells) != len(columns):
            raise InputError(f"{place}: has {len(cells)} cells, but there are {len(columns)} columns")
        yield place, [cells[i] for i in order]


def _written_out(table: Mapping[str, Sequence[Any]], columns: tuple[str, ...]) -> Iterator[tuple[str, tuple]]:
    """(place, values) of every row of a program's table."""
    order = _order([str(name) for name in table], columns, "table")
    try:
        values = [tuple(column) for column in table.values()]
    except TypeError:
        raise InputError("table: its columns must be lists") from None
    if len({len(column) for column in values}) > 1:
        raise InputError("table: its columns have different lengths")
    for i, row in enumerate(zip(*values, strict=True)):
        yield f"row {i}", tuple(row[j] for j in order)


def _order(head: list[str], columns: tuple[str, ...], place: str) -> list[int]:
    """Where the columns stand in the head of a table."""
    for name in columns:
        if name not in head:
            raise InputError(f"{place}: there is no column {name!r}; its columns must be {', '.join(columns)}")
    for i, name in enumerate(head):
        if name not in columns or name in head[:i]:
            raise InputError(f"{place}: unexpected column {name!r}; its columns must be {', '.join(columns)}")
    return [head.index(name) for name in columns]


def _number(value: Any) -> Any:
    """The number that a cell's text says; the text itself where it says none."""
    for kind in (int, float):
        try:
            return kind(value) if isinstance(value, str) else value
        except ValueError:
            continue
    return value
