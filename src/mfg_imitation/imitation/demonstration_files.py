"""Demonstrations in files: one row a step, states and actions by name; a user's own tables are read and checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mfg_imitation.checks import checked
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.histories import onto_tree
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.imitation.forbidden_records import check_records
from mfg_imitation.imitation.rows import check_columns, codes_of, factorized, fail_at, indices_of, local_path, read_rows
from mfg_imitation.io.atomic import replacing

COLUMNS = ("trajectory", "step", "state", "action")
NAME = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(zip(COLUMNS, (pa.int32(), pa.int32(), NAME, NAME), strict=True))

#: The column of the noise state, of games with common noise.
NOISE = "noise"

#: Keys of the metadata that say where demonstrations come from, and how they are read back.
ORIGIN = {"seed": int, "label_noise": float, "n_players": int}


@checked(noise="known")
def save_demonstrations(path: str | Path, demonstrations: Demonstrations, game: Game | NoisyGame) -> None:
    """Write demonstrations as Parquet (`.parquet`) or CSV (`.csv`): columns `COLUMNS`, and noise where it is common.

    Parquet also keeps seed, label noise and number of players, in its metadata; CSV has no place for them. Equal
    demonstrations give equal bytes (with one version of pyarrow, which writes its own into Parquet).

    Raises:
        InputError: another ending, demonstrations of another game, or a batch of samples.
    """
    path = local_path(path)
    if path.suffix not in (".parquet", ".csv"):
        raise InputError(f"{path}: ends in {path.suffix!r}, but must end in .parquet or .csv")
    check_demonstrations(demonstrations, game)
    if demonstrations.weights is not None:
        raise InputError(f"{path}: demonstrations have weights, which no file keeps: a data set's own file does")
    if np.ndim(demonstrations.states) != 2:
        raise InputError(f"{path}: demonstrations are a batch of samples; save one sample in a file")
    trajectory, step = (indices.ravel().astype(np.int32) for indices in np.indices(demonstrations.states.shape))
    columns, schema = [pa.array(trajectory), pa.array(step)], SCHEMA
    named = [(demonstrations.states, game.states), (demonstrations.actions, game.actions)]
    if isinstance(game, NoisyGame):
        on_tree = onto_tree("demonstrations", demonstrations, game.sizes).states // len(game.states)
        named.append((on_tree % len(game.games), game.noise_states))
        schema = schema.append(pa.field(NOISE, NAME))
    for indices, names in named:
        codes = pa.array(np.asarray(indices).ravel().astype(np.int32))
        columns.append(pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string())))
    origin = {key: repr(getattr(demonstrations, key)) for key in ORIGIN if getattr(demonstrations, key) is not None}
    table = pa.Table.from_arrays(columns, schema=schema.with_metadata(origin))
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            table.to_pandas().to_csv(temporary, index=False, lineterminator="\n")
        else:
            pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


@checked(noise="known")
def load_demonstrations(
    path: str | Path | pd.DataFrame, game: Game | NoisyGame, forbidden: Literal["error", "warn", "allow"] = "error"
) -> Demonstrations:
    """Read trajectories from Parquet (`.parquet`, also what `save_demonstrations` wrote) or CSV (any other ending).

    The table has the columns trajectory (any label), step (0 to H - 1), state and action, of a game with common noise
    also noise (the noise state of the step), and maybe others; its rows may come in any order. States, actions and
    noise states are given by name, or by index where no name of the game is a whole number itself. Trajectories keep
    the order in which they first appear.

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
    place, table, metadata = read_rows(path)
    origin = _origin(metadata, place)
    is_noisy = isinstance(game, NoisyGame)
    check_columns(table, (*COLUMNS, NOISE) if is_noisy else COLUMNS, place)
    steps = {str(n): n for n in range(game.horizon)}
    step = codes_of(table["step"], steps, place, f"no step; the game's are 0 to {game.horizon - 1}")
    state = codes_of(table["state"], indices_of(game.states), place, "no state of the game")
    action = codes_of(table["action"], indices_of(game.actions), place, "no action of the game")
    noise = (
        codes_of(table[NOISE], indices_of(game.noise_states), place, "no noise state of the game") if is_noisy else 0
    )
    trajectory, labels = factorized(table["trajectory"], place)
    empty = np.isin(trajectory, [i for i, label in enumerate(labels) if label == ""])
    fail_at(place, "trajectory", table["trajectory"], (trajectory < 0) | empty, "missing")

    position = trajectory * game.horizon + step
    fail_at(place, "step", table["step"], pd.Series(position).duplicated(), "given twice in its trajectory")
    given = np.zeros(len(labels) * game.horizon, dtype=bool)
    given[position] = True
    if not given.all():
        i, n = map(int, divmod(np.argmin(given), game.horizon))
        row = int(np.argmax(trajectory == i)) + 1
        raise InputError(f"{place}: row {row}: trajectory {labels[i]!s} begins here and has no step {n}")
    states, actions, noises = np.empty((3, len(labels), game.horizon), dtype=np.int32)
    states.flat[position], actions.flat[position], noises.flat[position] = state, action, noise
    found = Demonstrations(jnp.asarray(states), jnp.asarray(actions), **origin)
    looked_at = "allow" if "seed" in origin else forbidden
    check_records(states, actions, game, looked_at, place, list(labels), noises if is_noisy else None)
    return found._replace(noise=jnp.asarray(noises)) if is_noisy else found


def _origin(metadata: Mapping[str, str], place: str) -> dict[str, Any]:
    try:
        return {key: kind(metadata[key]) for key, kind in ORIGIN.items() if key in metadata}
    except ValueError as error:
        raise InputError(f"{place}: not a sound table ({error})") from None
