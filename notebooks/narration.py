"""What the notebooks share: how they speak, show figures and set tables."""

import base64
import html
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Markdown, display

#: The folder that paths are relative to; a notebook sets it.
ROOT = Path("..")

#: Begins a link into the report; the page puts in how far away that is.
REPORT = "report:"

#: The colour behind a verdict of the scorecard.
VERDICTS = {"holds": "#cfe8dc", "fails": "#f6d5c3", "not measured": "#e8e8e8"}


def say(text: str) -> None:
    """Markdown."""
    display(Markdown(text))


def show(figure: str, alt: str, width: int = 760, table: str = "", target: str = "") -> None:
    """A figure (PNG) with, below it, its numbers (a file in data/tables) and the target that reruns it."""
    encoded = base64.b64encode((ROOT / figure).read_bytes()).decode()
    image = f'<img src="data:image/png;base64,{encoded}" alt="{html.escape(alt)}" style="width: {width}px">'
    display(HTML(f"<figure>{image}<figcaption>{below(table, target or figure)}</figcaption></figure>"))


def below(table: str, target: str) -> str:
    """HTML of what stands below a figure, see `show`."""
    numbers = f'numbers: <a href="{REPORT}tables/{table}" download>{table}</a> · ' if table else ""
    return f"{numbers}rerun: <code>snakemake --cores 1 {target}</code>"


def table(frame: pd.DataFrame, caption: str, formats: object = None) -> None:
    """A table; cells that begin with < are HTML already, a column of verdicts is coloured."""
    cells = frame.map(lambda cell: cell if not isinstance(cell, str) or cell.startswith("<") else html.escape(cell))
    styled = (
        cells.style.format(formats, na_rep="\N{EN DASH}")
        .set_caption(caption)
        .set_uuid(caption.lower().replace(" ", "-"))
    )
    if "verdict" in frame:
        styled = styled.map(lambda verdict: f"background-color: {VERDICTS[verdict]}; color: black", subset="verdict")
    display(styled.hide(axis="index") if isinstance(frame.index, pd.RangeIndex) else styled)


def spaced(frame: pd.DataFrame, caption: str, formats: dict[str, str]) -> None:
    """A table as the workflow wrote it, its columns' names in words."""
    words = {name: name.replace("_", " ") for name in frame}
    formats = {words[name]: how for name, how in formats.items() if name in words}
    table(frame.rename(columns=words).reset_index(drop=True), caption, formats)


def link(page: str, text: str) -> str:
    """A link to a page or file of the report, named from its folder."""
    return f'<a href="{REPORT}{page}">{html.escape(text)}</a>'


def number(value: float) -> str:
    """A number to three digits, with its power of ten as one reads it."""
    digits, _, exponent = f"{value:.3g}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")) if exponent else ""
    return digits.replace("-", "\N{MINUS SIGN}") + f" \N{MULTIPLICATION SIGN} 10{raised}" * bool(raised)
