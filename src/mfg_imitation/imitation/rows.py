"""Rows of users' tables: read from a file, their entries looked up; every mistake is told with its row and column."""

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from mfg_imitation.errors import InputError, first_line


def local_path(path) -> Path:
    """A path that a user gave, as one of this machine."""
    if not isinstance(path, (str, PathLike)):
        raise InputError(f"{path!r} is neither the path of a file nor a table")
    if "://" in str(path):
        raise InputError(f"{path}: is no path of a file on this machine; download it first")
    return Path(path)


def read_rows(path) -> tuple[str, pd.DataFrame, dict[str, str]]:
    """What messages call a table, the table, and the metadata of its file; of CSV, every entry is text.

    Args:
        path: of a Parquet file (`.parquet`) or of CSV (any other ending, compressed or not), or the table itself.

    Raises:
        InputError: the file is missing or damaged, or a row has more or fewer fields than the header.
    """
    if isinstance(path, pd.DataFrame):
        return "the table", path, {}
    path = local_path(path)
    try:
        return str(path), *(_read_parquet(path) if path.suffix == ".parquet" else (_read_csv(path), {}))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except Exception as error:  # every compression has its own for what is damaged
        raise InputError(f"{path}: not a sound table ({first_line(error)})") from None


def _read_csv(path: Path) -> pd.DataFrame:
    with pa.input_stream(path) as file:
        content = file.read()
    content.decode("utf-8")  # in rows of a wrong length pyarrow would pass over what is no text
    wrong = []
    table = pc.read_csv(
        pa.BufferReader(content),
        pc.ReadOptions(use_threads=False),  # threads do not count rows
        pc.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda row: wrong.append(row) or "skip"),
        pc.ConvertOptions(default_column_type=pa.string(), strings_can_be_null=False),
    )
    for row in wrong[:1]:
        fields = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        raise InputError(f"row {row.number - 1}: {fields}")
    return table.rename_columns([name.strip() for name in table.column_names]).to_pandas()


def _read_parquet(path: Path) -> tuple[pd.DataFrame, dict]:
    # One file, no guessing of a data set from the folder's name.
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read()
    metadata = {
        key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items() if key != b"pandas"
    }
    return table.to_pandas(ignore_metadata=True), metadata


def check_columns(table: pd.DataFrame, needed: Iterable[str], place: str) -> None:
    """Raise `InputError` unless a table has each of these columns once, and rows."""
    columns = list(table.columns)
    for column in needed:
        if column not in columns:
            raise InputError(f"{place}: column {column!r} is missing{_hint(column, columns, needed)}")
        if columns.count(column) > 1:
            raise InputError(f"{place}: column {column!r} is there {columns.count(column)} times")
    if table.empty:
        raise InputError(f"{place}: has no rows")


def _hint(column: str, columns: list, needed: Iterable[str]) -> str:
    for other in map(str, columns):
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in other:
                return f"; the header is separated by {name}, but must be by commas"
        if other.strip().lower() == column:
            return f" (it has {other!r}; write {column!r})"
    return f"; needed are {', '.join(needed)}"


def indices_of(names) -> dict[str, int]:
    """What stands for each state or action: its name, and its index unless that could be mistaken for a name."""
    index = {name: i for i, name in enumerate(names)}
    return index if any(name.isdecimal() for name in names) else index | {str(i): i for i in range(len(names))}


def codes_of(column: pd.Series, index: Mapping[str, int], place: str, what: str) -> np.ndarray:
    """The index of every entry, blanks around it aside; each distinct one is looked up once."""
    codes, entries = factorized(column, place)
    fail_at(place, column.name, column, codes < 0, "missing")
    known = np.array([index.get(str(entry), index.get(str(entry).strip(), -1)) for entry in entries])[codes]
    fail_at(place, column.name, column, known < 0, what)
    return known


def numbers_of(column: pd.Series, place: str) -> np.ndarray:
    """Every entry as a number, NaN where it is none; each distinct one is read once."""
    codes, entries = factorized(column, place)
    numbers = pd.to_numeric(pd.Series(np.asarray(entries)), errors="coerce").to_numpy(float)
    return np.append(numbers, np.nan)[codes]  # -1, for what is missing, takes the last


def factorized(column: pd.Series, place: str) -> tuple[np.ndarray, pd.Index]:
    """A number for every entry, alike for equal ones and -1 for a missing one; and the distinct entries."""
    try:
        return pd.factorize(column)
    except TypeError:
        raise InputError(f"{place}: column {column.name!r} holds lists, but must hold numbers or text") from None


def fail_at(place: str, name: str, column: pd.Series, wrong, what: str) -> None:
    """Raise `InputError` for the first row that is wrong."""
    wrong = np.asarray(wrong)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{place}: row {row + 1}: {name} {str(column.iloc[row])!r} is {what}")
