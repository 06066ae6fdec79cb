"""Arrays between the stages, as .npz archives: written whole or not at all, refused when damaged or of another game."""

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mfg_imitation.errors import InputError, first_line
from mfg_imitation.io.atomic import replacing

#: The entry of an archive that says what it was made of.
ORIGIN = "made of"


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray], origin: str = "") -> None:
    """Write arrays by name, and what they were made of (`GameFile.origin`); equal arrays give equal bytes."""
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **{name: np.asarray(array) for name, array in arrays.items()}, **{ORIGIN: origin})


def read_arrays(
    path: str | Path, names: Iterable[str] | None = None, origin: str | None = None
) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote: the arrays of these names, or all.

    Args:
        origin: what they must have been made of; without it, anything is taken.

    Raises:
        InputError: the file is missing, cut short, altered, something else, or made of something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            found = str(archive[ORIGIN]) if ORIGIN in archive else ""
            arrays = {name: archive[name] for name in (archive.files if names is None else names) if name != ORIGIN}
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not a sound archive ({first_line(error)}); delete it and rerun") from None
    if origin is not None and found != origin:
        raise InputError(f"{path}: was made of {found or 'an unknown game'}, not of {origin}; delete it and rerun")
    return arrays
