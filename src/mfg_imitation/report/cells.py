"""What the notebooks share: how they read, how they speak, show figures and set tables."""

import html
import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Real
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Markdown, display

from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.io.tables import read_table
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.names import SYMBOLS
from mfg_imitation.report.formulas import power, typeset, with_symbols
from mfg_imitation.report.literal import literal
from mfg_imitation.report.page import about_figure

#: Begins a link into the report; the page puts in how far away that is.
REPORT = "report:"

#: Pixels of a screen for a point of a figure, where there is room and at least: text of 8 points is then 15 and 11
#: high.
PIXELS, FEWEST = 1.92, 1.4

#: What marks a verdict, beside its colour.
VERDICTS = {"holds": "\N{CHECK MARK}", "fails": "\N{BALLOT X}", "not measured": "\N{EN DASH}"}

#: A table of more rows is folded.
LONG = 20

#: How a cell is written: a template, or a function.
Format = str | Callable[[object], str]


class Report:
    """What one page may read: tables and figures by name, and the files of games.

    Args:
        root: the folder that holds data, figures and config; None looks for it from the working folder upwards.
        tables: names of the tables that the page's entry gives; None, in a notebook that runs by hand, for all.
        figures: the figures that it gives, by name: `alt`, `caption` and `table`, see `report.page.about_figure`; None
            for all.
        games: paths of the games' files by name; None looks the games up.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        tables: Sequence[str] | None = None,
        figures: Mapping[str, Mapping[str, str]] | None = None,
        games: Mapping[str, str] | None = None,
    ):
        self.root, self.tables, self.figures, self.games = _root(root), tables, figures, games
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

    def show(
        self, figure: str, width: int | None = None, target: str = "", caption: str = "", folded: bool = False
    ) -> None:
        """A figure with its caption, links to its numbers and vector files, and the target that reruns it.

        Args:
            width: in pixels, where it is to differ from that of all others.
            target: what reruns it, where that has a shorter name than the file.
            caption: a line of plain text; empty for that of the figure's entry.
            folded: only the caption is seen until the reader opens it.
        """
        self._shown.add(figure)
        about = self._about(figure) if self.figures is None else self.figures[figure]
        said = with_symbols(typeset(caption or html.unescape(about["caption"])))
        sources = [
            *([f'<a href="{REPORT}tables/{about["table"]}.csv" download>numbers</a>'] if about["table"] else []),
            *(f'<a href="{REPORT}../figures/{figure}.{form}">{form.upper()}</a>' for form in ("svg", "pdf")),
            rerun(target or f"figures/{figure}.svg"),
        ]
        said = f'<b class="number" data-figure="{figure}">Figure.</b> {said}'
        picture, sources = self.picture(figure, width), f"<small>{' · '.join(sources)}</small>"
        if folded:
            inside = f"<summary>{said}</summary>{picture}<figcaption>{sources}</figcaption>"
            display(HTML(f"<figure><details>{inside}</details></figure>"))
        else:
            display(HTML(f"<figure>{picture}<figcaption>{said}{sources}</figcaption></figure>"))

    def picture(self, figure: str, width: int | None = None) -> str:
        """HTML of a figure without caption; a press enlarges it."""
        self._shown.add(figure)
        about = self._about(figure) if self.figures is None else self.figures[figure]
        drawing = re.sub(r"<!--.*?-->", "", self._file(figure).read_text("utf-8"), flags=re.DOTALL)
        points = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', drawing)[1])
        place = f"width: {width or round(PIXELS * points)}px; min-width: min(100%, {round(FEWEST * points)}px)"
        look = f'role="img" aria-label="{about["alt"]}" data-file="figures/{figure}.svg" style="{place}"'
        shown = re.sub(r'<svg(.*?) width="[^"]*" height="[^"]*"', rf"<svg {look}\1", drawing, count=1)
        return f'<div class="picture"><button type="button" class="zoom">{shown}</button></div>'

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
        return self.root / f"figures/{figure}.svg"


def _root(root: str | Path | None) -> Path:
    if root is not None:
        return Path(root)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "config/config.yaml").is_file()), here)


def say(text: str) -> None:
    """Markdown."""
    display(Markdown(text))


def paragraph(html: str) -> None:
    """A paragraph of HTML."""
    display(HTML(f"<p>{html}</p>"))


def numbers(table: str) -> str:
    """HTML of a link to the numbers behind a figure; nothing where there is no table."""
    return f'<a href="{REPORT}tables/{table}.csv" download>numbers</a> · ' if table else ""


def rerun(target: str) -> str:
    """HTML of the command that makes a figure again."""
    return f"rerun: <code>snakemake --cores 1 {target}</code>"


def table(
    frame: pd.DataFrame,
    caption: str,
    formats: Format | Mapping[str, Format] | None = None,
    html: Collection[str] = (),
    folded: bool | None = None,
    math: Collection[str] = (),
) -> None:
    """A table; text is text, numbers are written as one writes them and sorted by their exact value.

    Args:
        formats: of all columns, or of some by name: a template such as "{:.3g}", or a function that writes a number.
        html: columns that are HTML already.
        folded: only the caption is seen until the reader opens it; None folds tables of more than `LONG` rows.
        math: columns of text in which symbols such as L_P are set as formulas.
    """
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.rename_axis(frame.index.name or " ").reset_index()
    folded = len(frame) > LONG if folded is None else folded
    formats = formats if isinstance(formats, Mapping) else dict.fromkeys(frame.columns, formats)
    head = "".join(f'<th scope="col">{with_symbols(str(name))}</th>' for name in frame)
    rows = (
        "".join(_cell(value, name, formats.get(name), html, math) for name, value in zip(frame, row, strict=True))
        for row in frame.itertuples(index=False, name=None)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    title = with_symbols(caption)
    heading = "" if folded else f"<caption>{title}</caption>"
    text = f"<table>{heading}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if folded:
        text = f"<details><summary>{title} ({len(frame)} rows)</summary>{text}</details>"
    display(HTML(text))


def _cell(value: object, name: str, how: Format | None, html: Collection[str], math: Collection[str]) -> str:
    if name in html:
        return f"<td>{value}</td>"
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return "<td>\N{EN DASH}</td>"
    if isinstance(value, str):
        if name == "verdict" and value in VERDICTS:
            return f'<td><span class="verdict {value.partition(" ")[0]}">{VERDICTS[value]} {value}</span></td>'
        return f"<td>{with_symbols(value) if name in math else literal(value)}</td>"
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if not isinstance(value, Real):
        return f"<td>{literal(str(value))}</td>"
    written = how(value) if callable(how) else how.format(value) if how else _plain(value)
    return f'<td><data value="{float(value):.6g}">{typeset(written)}</data></td>'


def _plain(value: Real) -> str:
    return (
        str(value) if float(value).is_integer() and abs(value) < 1e6 and not isinstance(value, float) else number(value)
    )


def spaced(frame: pd.DataFrame, caption: str, formats: Mapping[str, Format], folded: bool | None = None) -> None:
    """A table as the workflow wrote it, its columns' names in words."""
    words = {name: SYMBOLS.get(name, str(name).replace("_", " ")) for name in frame}
    formats = {words[name]: how for name, how in formats.items() if name in words}
    frame = frame.rename(columns=words).reset_index(drop=True)
    table(frame, caption, formats, folded=folded, math=[name for name in frame if name not in formats])


def link(page: str, text: str) -> str:
    """A link to a page or file of the report, named from its folder."""
    return f'<a href="{REPORT}{page}">{literal(text)}</a>'


def data(name: str, value: object) -> str:
    """HTML of data for a program of the page."""
    text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" class="{name}">{text}</script>'


def number(value: float) -> str:
    """A number to three digits or more, with its power of ten as one reads it; what is no number is said in words."""
    if math.isnan(value):
        return "an unknown amount"
    if 1e3 <= abs(value) < 1e6:
        return f"{value:,.0f}".replace("-", "\N{MINUS SIGN}")
    digits, _, exponent = f"{value:.3g}".partition("e")
    return power(digits, int(exponent)) if exponent else digits.replace("-", "\N{MINUS SIGN}")
