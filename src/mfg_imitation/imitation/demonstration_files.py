"""Demonstrations in files: one row a step, states and actions by name; a user's own tables are read and checked."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mfg_imitation.errors import InputError, first_line
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.io.atomic import replacing

COLUMNS = ("trajectory", "step", "state", "action")
NAME = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(zip(COLUMNS, (pa.int32(), pa.int32(), NAME, NAME), strict=True))

#: Keys of the metadata that say where demonstrations come from, and how they are read back.
ORIGIN = {"seed": int, "label_noise": float, "n_players": int}


def save_demonstrations(path: str | Path, demonstrations: Demonstrations, game: Game) -> None:
    """Write demonstrations as Parquet: columns `COLUMNS`, and in the metadata seed, label noise and number of players.

    Equal demonstrations give equal bytes (with one version of pyarrow, which writes its own into the file).

    Raises:
        InputError: the demonstrations are not of this game.
    """
    check_demonstrations(demonstrations, game)
    trajectory, step = (indices.ravel().astype(np.int32) for indices in np.indices(demonstrations.states.shape))
    columns = [pa.array(trajectory), pa.array(step)]
    for indices, names in ((demonstrations.states, game.states), (demonstrations.actions, game.actions)):
        codes = pa.array(np.asarray(indices).ravel().astype(np.int32))
        columns.append(pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string())))
    origin = {key: repr(getattr(demonstrations, key)) for key in ORIGIN if getattr(demonstrations, key) is not None}
    table = pa.Table.from_arrays(columns, schema=SCHEMA.with_metadata(origin))
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def load_demonstrations(path: str | Path, game: Game) -> Demonstrations:
    """Read trajectories from Parquet (`.parquet`, also what `save_demonstrations` wrote) or CSV (any other ending).

    The table has the columns trajectory (any label), step (0 to H - 1), state and action, and maybe others; its rows
    may come in any order. States and actions are given by name, or by index where no name of the game is a whole
    number itself. Trajectories keep the order in which they first appear.

    Raises:
        InputError: the file is missing or damaged, a column is missing, or a row is wrong: an unknown or missing entry,
            a step outside the horizon, a step that is given twice or not at all. Rows count from 1, below the header.
    """
    table, origin = _read_parquet(path) if Path(path).suffix == ".parquet" else (_read_csv(path), {})
    for column in COLUMNS:
        if column not in table.columns:
            raise InputError(f"{path}: column {column!r} is missing; needed are {', '.join(COLUMNS)}")
    if table.empty:
        raise InputError(f"{path}: has no rows")
    steps = {str(n): n for n in range(game.horizon)}
    step = _codes(table["step"], steps, path, f"no step; the game's are 0 to {game.horizon - 1}")
    state = _codes(table["state"], _index(game.states), path, "no state of the game")
    action = _codes(table["action"], _index(game.actions), path, "no action of the game")
    trajectory, labels = pd.factorize(table["trajectory"])
    _fail_at(path, "trajectory", table["trajectory"], (trajectory < 0) | (table["trajectory"] == ""), "missing")

    place = trajectory * game.horizon + step
    _fail_at(path, "step", table["step"], pd.Series(place).duplicated(), "given twice in its trajectory")
    given = np.zeros(len(labels) * game.horizon, dtype=bool)
    given[place] = True
    if not given.all():
        i, n = map(int, divmod(np.argmin(given), game.horizon))
        row = int(np.argmax(trajectory == i)) + 1
        raise InputError(f"{path}: row {row}: trajectory {labels[i]!s} begins here and has no step {n}")
    states, actions = np.empty((2, len(labels), game.horizon), dtype=np.int32)
    states.flat[place], actions.flat[place] = state, action
    return Demonstrations(jnp.asarray(states), jnp.asarray(actions), **origin)


def _read_csv(path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a sound table ({first_line(error)})") from None


def _read_parquet(path):
    try:
        # One file, no guessing of a data set from the folder's name.
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read()
        metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        origin = {key: kind(metadata[key]) for key, kind in ORIGIN.items() if key in metadata}
        return table.to_pandas(ignore_metadata=True), origin
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: not a sound table ({first_line(error)})") from None


def _index(names) -> dict[str, int]:
    """What stands for each state or action: its name, and its index unless that could be mistaken for a name."""
    index = {name: i for i, name in enumerate(names)}
    return index if any(name.isdecimal() for name in names) else index | {str(i): i for i in range(len(names))}


def _codes(column: pd.Series, index: dict[str, int], path, what: str) -> np.ndarray:
    """The index of every entry; each distinct one is looked up once."""
    codes, entries = pd.factorize(column)
    _fail_at(path, column.name, column, codes < 0, "missing")
    known = np.array([index.get(str(entry), -1) for entry in entries])[codes]
    _fail_at(path, column.name, column, known < 0, what)
    return known


def _fail_at(path, name, column, wrong, what) -> None:
    wrong = np.asarray(wrong)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{path}: row {row + 1}: {name} {str(column.iloc[row])!r} is {what}")
