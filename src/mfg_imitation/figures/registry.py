"""What a figure is: a function from frames to a `Figure`, and what the workflow has to know to draw it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mfg_imitation.registry import Registry


class FigureEntry(NamedTuple):
    """An entry of `FIGURES`; in names and texts {game} stands for a game, {data} for a data set, {paper} for the
    paper's game.

    Attributes:
        draw: (frames of the tables, in their order, **settings) -> Figure. A figure of a declaration gets that first.
        tables: names of the tables that it is drawn from: their paths below data/tables, without the ending.
        games: which games have one, a property of the workflow's selection (selected, declared, swept, imitated), or
            "data", of every data set; empty for a figure that is there once.
        declaration: the game whose file it is drawn from; empty where tables are enough.
        caption: what it shows, in a sentence or two.
        alt: the same for those who cannot see it, in a few words.
        settings: further arguments of `draw`.
    """

    draw: Callable[..., Any]
    tables: tuple[str, ...]
    games: str
    declaration: str
    caption: str
    alt: str
    settings: dict[str, Any]


#: The figures by name: the path below figures/, without the ending.
FIGURES: Registry[FigureEntry] = Registry("mfg_imitation.figures", "figure")


def figure(
    name: str,
    *,
    tables: tuple[str, ...] = (),
    caption: str,
    alt: str,
    games: str = "",
    declaration: str = "",
    **settings: Any,
) -> Callable[[Callable], Callable]:
    """Enter the decorated function in `FIGURES`; see `FigureEntry` for the arguments. One function may draw several."""

    def enter(draw: Callable) -> Callable:
        entry = FigureEntry(draw, tables, games, declaration, caption, alt, settings)
        FIGURES.enter(name, entry, draw.__module__)
        return draw

    return enter


def entry_of(name: str) -> tuple[FigureEntry, str]:
    """The entry behind a figure's name, and the game or data set that it speaks of; empty where it speaks of none.

    Raises:
        InputError: no figure is called so.
    """
    folder, _, rest = name.partition("/")
    one, _, kind = rest.partition("/")
    for pattern in (f"{folder}/{{{place}}}/{kind}" for place in ("game", "data")):
        if kind and pattern in FIGURES:
            return FIGURES[pattern], one
    return FIGURES.named(name), ""
