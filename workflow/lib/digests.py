"""The digest of every file that a job wrote, compared by the jobs that read it: a damaged file is refused, not used."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mfg_imitation.errors import InputError
from mfg_imitation.io.atomic import replacing

#: One file for each product, at the same path below this; `sha256sum --check` reads them, too.
DIGESTS = Path("logs/digests")


def record(files: Iterable[str]) -> None:
    """Note what these files hold now; those that do not exist are passed over."""
    for file in filter(Path.is_file, map(Path, files)):
        with replacing(_noted(file)) as temporary:
            temporary.write_text(f"{_digest(file)}  {file}\n", encoding="utf-8")


def check(files: Iterable[str]) -> None:
    """Compare files with what was noted of them; what was never noted, as a file written by hand, is taken as it is.

    Raises:
        InputError: files are not what the jobs that made them wrote; a line for each.
    """
    altered = [
        f"{file}: damaged or altered since the job that made it; delete it and run again (if the change is meant, "
        f"delete {noted} instead)"
        for file in map(Path, files)
        if (noted := _noted(file)).is_file() and noted.read_text(encoding="utf-8").split()[:1] != [_digest(file)]
    ]
    if altered:
        raise InputError("\n".join(altered))


def noted_files() -> list[str]:
    """The files that are there, and of which something was noted."""
    files = [noted.relative_to(DIGESTS).with_suffix("") for noted in sorted(DIGESTS.rglob("*.sha256"))]
    return [str(file) for file in files if file.is_file()]


def _noted(file: Path) -> Path:
    return DIGESTS / f"{file}.sha256"


def _digest(file: Path) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
