"""Where products lie: every path of the workflow is made here."""

from collections.abc import Iterable
from pathlib import Path

#: The formats of every figure: for print, and for screens.
FORMATS = ("pdf", "png", "svg")


def table(*parts: str) -> str:
    """A table, by its name or by the parts of it: `table("games", "maze", "flow")`."""
    return f"data/tables/{'/'.join(parts)}.csv"


def tables(names: Iterable[str]) -> list[str]:
    """Several tables, by their names."""
    return [table(name) for name in names]


#: Tables of one row per step, policy or stop of a slider: readers are offered them packed, a quarter of the size.
LARGE = ("crowds", "explorer", "flow", "paths", "policy", "sweep")


def offered(name: str) -> str:
    """A table as readers of the report are offered it."""
    packed = ".zip" if name.startswith("games/") and name.rpartition("/")[2] in LARGE else ""
    return f"report/tables/{name}.csv{packed}"


def referenced_tables(folder: str) -> list[str]:
    """The tables of which data/reference keeps what they held when this was published, below a folder."""
    reference = Path("data/reference")
    return [f"{folder}/{file.relative_to(reference).as_posix()}" for file in sorted(reference.rglob("*.csv"))]


def expert(game: str) -> str:
    """A game's equilibrium."""
    return f"data/experts/{game}.npz"


def demonstrations(game: str) -> str:
    """Samples of a game's expert."""
    return f"data/demonstrations/{game}.npz"


def fits(game: str, algorithm: str) -> str:
    """The policies that an algorithm has fitted in a game."""
    return f"data/imitators/{game}/{algorithm}.npz"


def figure(name: str, form: str = "png") -> str:
    """A figure, by its name, in one format."""
    return f"figures/{name}.{form}"


def figures(names: Iterable[str]) -> list[str]:
    """Several figures in all formats."""
    return [figure(name, form) for name in names for form in FORMATS]


def page(name: str) -> str:
    """A page of the report, by its name."""
    return f"report/{name}.html"
