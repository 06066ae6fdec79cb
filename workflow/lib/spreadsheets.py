"""Tables for readers who open them in a spreadsheet, which runs text that begins like a formula."""

import csv
from pathlib import Path

from mfg_imitation.io.atomic import replacing

#: What a formula begins with.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_for_spreadsheets(source: str | Path, target: str | Path) -> None:
    """Copy a table; text that begins like a formula gets an apostrophe before it, numbers stay as they are."""
    written = {"encoding": "utf-8", "newline": ""}
    with open(source, **written) as table, replacing(target) as temporary, open(temporary, "w", **written) as copy:
        rows = ([f"'{cell}" if _is_formula(cell) else cell for cell in row] for row in csv.reader(table))
        csv.writer(copy, lineterminator="\n").writerows(rows)


def _is_formula(cell: str) -> bool:
    if not cell.startswith(FORMULA):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False
