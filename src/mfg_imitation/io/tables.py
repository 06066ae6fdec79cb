"""Tables between the stages: written whole or not at all, the same bytes for the same content, refused when damaged."""

from pathlib import Path

import pandas as pd

from mfg_imitation.errors import InputError, first_line
from mfg_imitation.io.atomic import replacing

#: Columns of names, which stay text even where a user's names look like numbers ("01") or missing values ("NA").
NAMES = ("game", "title", "state", "action", "crowd", "node", "from", "to", "noise", "history", "before")


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a tidy table as CSV; floats in the shortest form that reads back to the same number."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read what `write_table` wrote.

    Raises:
        InputError: the file is missing or is no CSV table.
    """
    try:
        return pd.read_csv(Path(path), dtype={name: str for name in NAMES}, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a sound table ({first_line(error)}); delete it and rerun") from None
