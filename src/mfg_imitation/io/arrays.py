"""Arrays between the stages, as .npz archives: written whole or not at all, refused when damaged."""

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mfg_imitation.errors import InputError, first_line
from mfg_imitation.io.atomic import replacing


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name; equal arrays give equal bytes."""
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **{name: np.asarray(array) for name, array in arrays.items()})


def read_arrays(path: str | Path, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote: the arrays of these names, or all.

    Raises:
        InputError: the file is missing, cut short, altered, or something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in (archive.files if names is None else names)}
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not a sound archive ({first_line(error)}); delete it and rerun") from None
