"""Files between the stages: written whole or not at all, the same bytes for the same content, refused when damaged."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from mfg_imitation.checks import InputError, first_line
from mfg_imitation.equilibrium import Convergence, Equilibrium


def save_equilibrium(path: str | Path, equilibrium: Equilibrium) -> None:
    """Write an equilibrium as an .npz archive of its fields."""
    fields = equilibrium._asdict() | {"convergence": np.stack(equilibrium.convergence)}
    with _replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **{name: np.asarray(value) for name, value in fields.items()})


def load_equilibrium(path: str | Path) -> Equilibrium:
    """Read what `save_equilibrium` wrote.

    Raises:
        InputError: the file is missing, cut short, altered, or something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            fields = {name: archive[name] for name in Equilibrium._fields}
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a sound expert file ({first_line(error)}); delete it and rerun") from None
    numbers = {name: value.item() for name, value in fields.items() if value.ndim == 0}
    return Equilibrium(**{**fields, **numbers, "convergence": Convergence(*fields["convergence"])})


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a tidy table as CSV; floats in the shortest form that reads back to the same number."""
    with _replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read what `write_table` wrote.

    Raises:
        InputError: the file is missing or is no CSV table.
    """
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a sound table ({first_line(error)}); delete it and rerun") from None


class _replacing:
    """Context: a temporary file beside `path` that takes its place when all went well, and is removed otherwise."""

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind, *_):
        if kind is None:
            os.replace(self.temporary, self.path)
        else:
            self.temporary.unlink(missing_ok=True)
