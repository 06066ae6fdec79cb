"""What a finding of the first page is: a sentence with its number, a small picture, and a page that has the rest."""

from collections.abc import Callable
from typing import NamedTuple

from mfg_imitation.registry import Registry


class Headline(NamedTuple):
    """An entry of `HEADLINES`.

    Attributes:
        say: (frames of the tables, in their order) -> the finding in a sentence or two of Markdown; "" where this run
            cannot tell.
        question: what it answers, its heading.
        tables: names of the tables that it is read off; {paper} stands for the paper's game.
        figure: name of its picture.
        page: the page that has the rest, and what that is called.
        order: its place on the page.
    """

    say: Callable[..., str]
    question: str
    tables: tuple[str, ...]
    figure: str
    page: tuple[str, str]
    order: float


#: The findings of the first page.
HEADLINES: Registry[Headline] = Registry("mfg_imitation.report.headlines", "headline", lambda item: item[1].order)


def headline(
    name: str, *, question: str, tables: tuple[str, ...], figure: str, page: tuple[str, str], order: float
) -> Callable[[Callable], Callable]:
    """Enter the decorated function in `HEADLINES`; see `Headline` for the arguments."""

    def enter(say: Callable[..., str]) -> Callable[..., str]:
        HEADLINES.enter(name, Headline(say, question, tables, figure, page, order), say.__module__)
        return say

    return enter
