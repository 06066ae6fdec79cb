"""Equilibria in files, refused when damaged."""

from pathlib import Path

import numpy as np

from mfg_imitation.equilibria.expert import Convergence, Equilibrium
from mfg_imitation.io.arrays import read_arrays, write_arrays


def save_equilibrium(path: str | Path, equilibrium: Equilibrium) -> None:
    """Write an equilibrium as an .npz archive of its fields."""
    write_arrays(path, equilibrium._asdict() | {"convergence": np.stack(equilibrium.convergence)})


def load_equilibrium(path: str | Path) -> Equilibrium:
    """Read what `save_equilibrium` wrote.

    Raises:
        InputError: the file is missing, cut short, altered, or something else.
    """
    fields = read_arrays(path, Equilibrium._fields)
    numbers = {name: value.item() for name, value in fields.items() if value.ndim == 0}
    return Equilibrium(**{**fields, **numbers, "convergence": Convergence(*fields["convergence"])})
