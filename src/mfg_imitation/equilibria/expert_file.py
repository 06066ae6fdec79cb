"""Equilibria in files, refused when damaged."""

import zipfile
from pathlib import Path

import numpy as np

from mfg_imitation.equilibria.expert import Convergence, Equilibrium
from mfg_imitation.errors import InputError, first_line
from mfg_imitation.io.atomic import replacing


def save_equilibrium(path: str | Path, equilibrium: Equilibrium) -> None:
    """Write an equilibrium as an .npz archive of its fields."""
    fields = equilibrium._asdict() | {"convergence": np.stack(equilibrium.convergence)}
    with replacing(path) as temporary, open(temporary, "wb") as file:
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
