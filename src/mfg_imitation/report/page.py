"""What a page is: a notebook, and a function that says what the notebook reads in a run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from mfg_imitation.figures.registry import entry_of
from mfg_imitation.registry import Registry
from mfg_imitation.report.literal import literal


class Run(Protocol):
    """What a page may ask of a run.

    Attributes:
        paper: the paper's game.
        config: the configuration.
    """

    paper: str
    config: Mapping[str, Any]

    def games(self, kind: str) -> list[str]:
        """The games of a kind, see `workflow.lib.run.KINDS`: selected, declared, compared, imitated, ...; of the kind
        "data", the data sets."""
        ...

    def figures(self, *patterns: str) -> list[str]:
        """The figures of this run whose names match a pattern, such as games/maze/*."""
        ...

    def algorithms(self) -> list[str]:
        """The algorithms that are fitted."""
        ...


class Reads(NamedTuple):
    """What a notebook reads.

    Attributes:
        tables, figures: names, as in `figures.registry`.
        games: names of the games whose files it reads.
        parameters: further parameters of the notebook, fit for JSON.
    """

    tables: Sequence[str]
    figures: Sequence[str] = ()
    games: Sequence[str] = ()
    parameters: Mapping[str, Any] = {}


class PageEntry(NamedTuple):
    """An entry of `PAGES`.

    Attributes:
        reads: (run) -> `Reads`; of a page for every game or data set, (run, its name) -> `Reads`.
        title: its name in the navigation.
        summary: what it answers, the first line of the function's docstring.
        games: which games have one, see `Run.games`; empty for a page that is there once.
        order: its place in the navigation.
    """

    reads: Callable[..., Reads]
    title: str
    summary: str
    games: str
    order: int


#: The pages by name: the path below report/, without the ending. Each has a notebook named as its function.
PAGES: Registry[PageEntry] = Registry("mfg_imitation.report.pages", "page", lambda item: item[1].order)


def page(name: str, *, title: str, order: int, games: str = "") -> Callable[[Callable], Callable]:
    """Enter the decorated function in `PAGES`; see `PageEntry` for the arguments."""

    def enter(reads: Callable[..., Reads]) -> Callable[..., Reads]:
        summary = (reads.__doc__ or "").partition("\n")[0].rstrip(".")
        PAGES.enter(name, PageEntry(reads, title, summary, games, order), reads.__module__)
        return reads

    return enter


def about_figure(name: str, titles: Callable[[str], str], paper: str) -> dict[str, str]:
    """What a page has to know of a figure: alt and caption, as HTML, and table, where its numbers are.

    Among the parameters of a notebook titles of games reach Snakemake's own report, which writes them into a script:
    they must be HTML by then.

    Args:
        titles: from the name of a game to its title.
        paper: the paper's game.
    """
    entry, one = entry_of(name)
    table = entry.tables[0].format(game=one, data=one, paper=paper) if entry.tables else ""
    texts = {"alt": entry.alt, "caption": entry.caption}
    named = {"game": titles(one) if "{game}" in "".join(texts.values()) else "", "data": one, "paper": titles(paper)}
    return {**{key: literal(text.format(**named)) for key, text in texts.items()}, "table": table}
