"""Tables between the stages: written whole or not at all, the same bytes for the same content, refused when damaged."""

from pathlib import Path

import pandas as pd

from mfg_imitation.errors import InputError, first_line

#: The parameter whose values make the rows of panels; a game without it gets one row.
SWEPT = "transition_lipschitz"

#: The gaps of which the paper's Section 5 may speak: Definition 7's, and what its Eq. 33 computes.
GAPS = ("nash_imitation_gap", "population_value_gap")

#: Columns of names, which stay text even where a user's names look like numbers ("01") or missing values ("NA").
NAMES = ("game", "state")


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
        return pd.read_csv(path, dtype={name: str for name in NAMES}, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a sound table ({first_line(error)}); delete it and rerun") from None


class replacing:
    """Context: a temporary file beside `path` that takes its place when all went well, and is removed otherwise.

    A killed process leaves it behind; its name is always the same, so that the next try takes it over.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.temporary = self.path.with_name(f".{self.path.name}.part")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind, *_):
        if kind is None:
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink(missing_ok=True)
