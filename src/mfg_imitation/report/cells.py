"""What the notebooks share: how they read, how they speak, show figures and set tables."""

import base64
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Markdown, display

from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.io.tables import read_table
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.report.literal import literal
from mfg_imitation.report.page import about_figure

#: Begins a link into the report; the page puts in how far away that is.
REPORT = "report:"

#: The colour behind a verdict of a scorecard.
VERDICTS = {"holds": "#cfe8dc", "fails": "#f6d5c3", "not measured": "#e8e8e8"}


class Report:
    """What one page may read: tables and figures by name, and the files of games.

    Args:
        root: the folder that holds data, figures and config.
        tables: names of the tables that the page's entry gives; None, in a notebook that runs by hand, for all.
        figures: the figures that it gives, by name: `alt` and `table`, see `report.page.about_figure`; None for all.
        games: paths of the games' files by name; None looks the games up.
    """

    def __init__(
        self,
        root: str | Path,
        tables: Sequence[str] | None = None,
        figures: Mapping[str, Mapping[str, str]] | None = None,
        games: Mapping[str, str] | None = None,
    ):
        self.root, self.tables, self.figures, self.games = Path(root), tables, figures, games
        self._shown: set[str] = set()

    def read(self, name: str) -> pd.DataFrame:
        """A table."""
        if self.tables is not None and name not in self.tables:
            raise ValueError(f"the table {name!r} is not among those that the page's entry names")
        return read_table(self.root / f"data/tables/{name}.csv")

    def declaration(self, game: str) -> dict:
        """What a game's file says."""
        return read_declaration(self.root / (f"config/games/{game}.yaml" if self.games is None else self.games[game]))

    def has(self, figure: str) -> bool:
        """Whether the page has a figure of this name."""
        return self._file(figure).is_file() if self.figures is None else figure in self.figures

    def show(self, figure: str, width: int = 760, target: str = "") -> None:
        """A figure with, below it, its numbers and the target that reruns it.

        Args:
            target: what reruns it, where that has a shorter name than the file.
        """
        self._shown.add(figure)
        about = self._about(figure) if self.figures is None else self.figures[figure]
        encoded = base64.b64encode(self._file(figure).read_bytes()).decode()
        image = f'<img src="data:image/png;base64,{encoded}" alt="{about["alt"]}" style="width: {width}px">'
        below = numbers(about["table"]) + rerun(target or self._file(figure).relative_to(self.root).as_posix())
        display(HTML(f"<figure>{image}<figcaption>{below}</figcaption></figure>"))

    def show_others(self, besides: Collection[str] = ()) -> None:
        """The page's figures that have not been shown: those that later entries add.

        Args:
            besides: figures that are not to be shown.
        """
        others = [name for name in self.figures or () if name not in {*self._shown, *besides}]
        if others:
            say("## Further figures")
        for name in others:
            self.show(name)

    def _about(self, figure: str) -> dict[str, str]:
        paper = read_yaml(self.root / "config/config.yaml")["paper"]["game"]
        return about_figure(figure, lambda game: self.declaration(game)["title"], paper)

    def _file(self, figure: str) -> Path:
        return self.root / f"figures/{figure}.png"


def say(text: str) -> None:
    """Markdown."""
    display(Markdown(text))


def paragraph(html: str) -> None:
    """A paragraph of HTML."""
    display(HTML(f"<p>{html}</p>"))


def numbers(table: str) -> str:
    """HTML of a link to the numbers behind a figure; nothing where there is no table."""
    return f'numbers: <a href="{REPORT}tables/{table}.csv" download>{table}.csv</a> · ' if table else ""


def rerun(target: str) -> str:
    """HTML of the command that makes a figure again."""
    return f"rerun: <code>snakemake --cores 1 {target}</code>"


def table(
    frame: pd.DataFrame, caption: str, formats: object = None, html: Collection[str] = (), folded: bool = False
) -> None:
    """A table; the columns named in `html` are HTML already, in all others text is text; verdicts are coloured.

    Args:
        folded: only the caption is seen until the reader opens it: for long ones.
    """
    cells = frame.apply(lambda column: column if column.name in html else column.map(_text))
    styled = (
        cells.style.format(formats, na_rep="\N{EN DASH}")
        .set_caption(caption)
        .set_uuid(caption.lower().replace(" ", "-"))
    )
    if "verdict" in frame:
        styled = styled.map(lambda verdict: f"background-color: {VERDICTS[verdict]}; color: black", subset="verdict")
    styled = styled.hide(axis="index") if isinstance(frame.index, pd.RangeIndex) else styled
    if folded:
        summary = f"<summary>{literal(caption)} ({len(frame)} rows)</summary>"
        display(HTML(f"<details>{summary}{styled.to_html()}</details>"))
    else:
        display(styled)


def _text(cell: object) -> object:
    return literal(cell) if isinstance(cell, str) else cell


def spaced(frame: pd.DataFrame, caption: str, formats: dict[str, str]) -> None:
    """A table as the workflow wrote it, its columns' names in words."""
    words = {name: name.replace("_", " ") for name in frame}
    formats = {words[name]: how for name, how in formats.items() if name in words}
    table(frame.rename(columns=words).reset_index(drop=True), caption, formats)


def link(page: str, text: str) -> str:
    """A link to a page or file of the report, named from its folder."""
    return f'<a href="{REPORT}{page}">{literal(text)}</a>'


def number(value: float) -> str:
    """A number to three digits, with its power of ten as one reads it; what is no number is said in words."""
    if math.isnan(value):
        return "an unknown amount"
    digits, _, exponent = f"{value:.3g}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")) if exponent else ""
    return digits.replace("-", "\N{MINUS SIGN}") + f" \N{MULTIPLICATION SIGN} 10{raised}" * bool(raised)
