"""Tables for readers who open them in a spreadsheet, which runs text that begins like a formula; numbers are short."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from mfg_imitation.io.atomic import replacing

#: What a formula begins with.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


#: A number with a point or an exponent, as `write_table` writes it; whole numbers are counts, and stay.
NUMBER = re.compile(r"-?\d+(?:\.\d+(?:e[+-]?\d+)?|e[+-]?\d+)")

#: Digits of numbers: a report of the whole run would be twice as large with all that a float has.
DIGITS = 6


def write_for_spreadsheets(source: str | Path, target: str | Path) -> None:
    """Copy a table; text that begins like a formula gets an apostrophe before it, longer numbers are rounded."""
    with open(source, encoding="utf-8", newline="") as table, replacing(target) as temporary:
        temporary.write_text(_text(table), encoding="utf-8", newline="")


def write_packed(source: str | Path, target: str | Path) -> None:
    """The same in a ZIP archive, which pandas and desktops open as they are; equal tables give equal bytes."""
    with open(source, encoding="utf-8", newline="") as table, replacing(target) as temporary:
        entry = zipfile.ZipInfo(Path(target).stem)  # of 1980
        entry.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(temporary, "w") as archive:
            archive.writestr(entry, _text(table))


def _text(table: Iterable[str]) -> str:
    copy = io.StringIO(newline="")
    rows = ([_short(f"'{cell}" if _is_formula(cell) else cell) for cell in row] for row in csv.reader(table))
    csv.writer(copy, lineterminator="\n").writerows(rows)
    return copy.getvalue()


def _is_formula(cell: str) -> bool:
    if not cell.startswith(FORMULA):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def _short(cell: str) -> str:
    if len(cell) <= DIGITS + 1 or not NUMBER.fullmatch(cell):
        return cell
    return f"{float(cell):.{DIGITS}g}"
