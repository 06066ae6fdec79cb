"""Equilibria in files, refused when damaged or of another game."""

from pathlib import Path

import numpy as np

from mfg_imitation.equilibria.expert import Convergence, Equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.arrays import read_arrays, write_arrays


def save_equilibrium(path: str | Path, equilibrium: Equilibrium, game: GameFile | None = None) -> None:
    """Write an equilibrium as an .npz archive of its fields, with name and digest of the game's file, if given."""
    arrays = equilibrium._asdict() | {"convergence": np.stack(equilibrium.convergence)}
    write_arrays(path, arrays, game.origin if game else "")


def load_equilibrium(path: str | Path, game: GameFile | None = None) -> Equilibrium:
    """Read what `save_equilibrium` wrote; with `game`, only an equilibrium that was saved for it.

    Raises:
        InputError: the file is missing, cut short, altered, something else, or of another game or an earlier state of
            the game's file.
    """
    fields = read_arrays(path, Equilibrium._fields, game.origin if game else None)
    numbers = {name: value.item() for name, value in fields.items() if value.ndim == 0}
    return Equilibrium(**{**fields, **numbers, "convergence": Convergence(*fields["convergence"])})
