"""Demonstrations in files: one row a step, states and actions by name; a user's own tables are read and checked."""

from os import PathLike
from pathlib import Path
from typing import Literal

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from mfg_imitation.checks import checked
from mfg_imitation.errors import InputError, first_line
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.imitation.forbidden_records import check_records
from mfg_imitation.io.atomic import replacing

COLUMNS = ("trajectory", "step", "state", "action")
NAME = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(zip(COLUMNS, (pa.int32(), pa.int32(), NAME, NAME), strict=True))

#: Keys of the metadata that say where demonstrations come from, and how they are read back.
ORIGIN = {"seed": int, "label_noise": float, "n_players": int}


@checked
def save_demonstrations(path: str | Path, demonstrations: Demonstrations, game: Game) -> None:
    """Write demonstrations as Parquet (`.parquet`) or CSV (`.csv`): columns `COLUMNS`.

    Parquet also keeps seed, label noise and number of players, in its metadata; CSV has no place for them. Equal
    demonstrations give equal bytes (with one version of pyarrow, which writes its own into Parquet).

    Raises:
        InputError: another ending, demonstrations of another game, or a batch of samples.
    """
    path = _local(path)
    if path.suffix not in (".parquet", ".csv"):
        raise InputError(f"{path}: ends in {path.suffix!r}, but must end in .parquet or .csv")
    check_demonstrations(demonstrations, game)
    if np.ndim(demonstrations.states) != 2:
        raise InputError(f"{path}: demonstrations are a batch of samples; save one sample in a file")
    trajectory, step = (indices.ravel().astype(np.int32) for indices in np.indices(demonstrations.states.shape))
    columns = [pa.array(trajectory), pa.array(step)]
    for indices, names in ((demonstrations.states, game.states), (demonstrations.actions, game.actions)):
        codes = pa.array(np.asarray(indices).ravel().astype(np.int32))
        columns.append(pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string())))
    origin = {key: repr(getattr(demonstrations, key)) for key in ORIGIN if getattr(demonstrations, key) is not None}
    table = pa.Table.from_arrays(columns, schema=SCHEMA.with_metadata(origin))
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            table.to_pandas().to_csv(temporary, index=False, lineterminator="\n")
        else:
            pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


@checked
def load_demonstrations(
    path: str | Path | pd.DataFrame, game: Game, forbidden: Literal["error", "warn", "allow"] = "error"
) -> Demonstrations:
    """Read trajectories from Parquet (`.parquet`, also what `save_demonstrations` wrote) or CSV (any other ending).

    The table has the columns trajectory (any label), step (0 to H - 1), state and action, and maybe others; its rows
    may come in any order. States and actions are given by name, or by index where no name of the game is a whole
    number itself. Trajectories keep the order in which they first appear.

    Args:
        path: a local file, or the table itself, which messages call "the table".
        forbidden: what to do with records that the game forbids: starts where mu_0 is 0, and moves of probability 0 in
            the population mu-hat that the demonstrations show. An error or a warning counts them and names the first
            three; `allow` does not look. Recorded actions that are not the played ones can look forbidden, and so can
            moves of players who saw another population than mu-hat. A file with a seed is therefore not looked at:
            `sample_demonstrations` drew it.

    Raises:
        InputError: the file is missing or damaged, a column is missing or named twice, or a row is wrong: more or fewer
            fields than the header has, an unknown or missing entry, a step outside the horizon, a step that is given
            twice or not at all, a forbidden record. Rows count from 1, below the header.
    """
    place, table, origin = _read(path)
    columns = list(table.columns)
    for column in COLUMNS:
        if column not in columns:
            raise InputError(f"{place}: column {column!r} is missing{_hint(column, columns)}")
        if columns.count(column) > 1:
            raise InputError(f"{place}: column {column!r} is there {columns.count(column)} times")
    if table.empty:
        raise InputError(f"{place}: has no rows")
    steps = {str(n): n for n in range(game.horizon)}
    step = _codes(table["step"], steps, place, f"no step; the game's are 0 to {game.horizon - 1}")
    state = _codes(table["state"], _index(game.states), place, "no state of the game")
    action = _codes(table["action"], _index(game.actions), place, "no action of the game")
    trajectory, labels = _factorize(table["trajectory"], place)
    empty = np.isin(trajectory, [i for i, label in enumerate(labels) if label == ""])
    _fail_at(place, "trajectory", table["trajectory"], (trajectory < 0) | empty, "missing")

    position = trajectory * game.horizon + step
    _fail_at(place, "step", table["step"], pd.Series(position).duplicated(), "given twice in its trajectory")
    given = np.zeros(len(labels) * game.horizon, dtype=bool)
    given[position] = True
    if not given.all():
        i, n = map(int, divmod(np.argmin(given), game.horizon))
        row = int(np.argmax(trajectory == i)) + 1
        raise InputError(f"{place}: row {row}: trajectory {labels[i]!s} begins here and has no step {n}")
    states, actions = np.empty((2, len(labels), game.horizon), dtype=np.int32)
    states.flat[position], actions.flat[position] = state, action
    check_records(states, actions, game, "allow" if "seed" in origin else forbidden, place, list(labels))
    return Demonstrations(jnp.asarray(states), jnp.asarray(actions), **origin)


def _local(path) -> Path:
    if not isinstance(path, (str, PathLike)):
        raise InputError(f"{path!r} is neither the path of a file nor a table")
    if "://" in str(path):
        raise InputError(f"{path}: is no path of a file on this machine; download it first")
    return Path(path)


def _read(path) -> tuple[str, pd.DataFrame, dict]:
    """What messages call the table, the table, and where its demonstrations come from."""
    if isinstance(path, pd.DataFrame):
        return "the table", path, {}
    path = _local(path)
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
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    origin = {key: kind(metadata[key]) for key, kind in ORIGIN.items() if key in metadata}
    return table.to_pandas(ignore_metadata=True), origin


def _hint(column: str, columns: list) -> str:
    for other in map(str, columns):
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in other:
                return f"; the header is separated by {name}, but must be by commas"
        if other.strip().lower() == column:
            return f" (it has {other!r}; write {column!r})"
    return f"; needed are {', '.join(COLUMNS)}"


def _index(names) -> dict[str, int]:
    """What stands for each state or action: its name, and its index unless that could be mistaken for a name."""
    index = {name: i for i, name in enumerate(names)}
    return index if any(name.isdecimal() for name in names) else index | {str(i): i for i in range(len(names))}


def _codes(column: pd.Series, index: dict[str, int], place: str, what: str) -> np.ndarray:
    """The index of every entry, blanks around it aside; each distinct one is looked up once."""
    codes, entries = _factorize(column, place)
    _fail_at(place, column.name, column, codes < 0, "missing")
    known = np.array([index.get(str(entry), index.get(str(entry).strip(), -1)) for entry in entries])[codes]
    _fail_at(place, column.name, column, known < 0, what)
    return known


def _factorize(column: pd.Series, place: str):
    try:
        return pd.factorize(column)
    except TypeError:
        raise InputError(f"{place}: column {column.name!r} holds lists, but must hold numbers or text") from None


def _fail_at(place, name, column, wrong, what) -> None:
    wrong = np.asarray(wrong)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{place}: row {row + 1}: {name} {str(column.iloc[row])!r} is {what}")
