"""How a figure becomes a file: reproducible bytes."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from matplotlib import pyplot
from matplotlib.figure import Figure
from PIL import Image

from mfg_imitation.errors import InputError
from mfg_imitation.figures.style import styled
from mfg_imitation.io.atomic import replacing

#: Dots per inch of a PNG.
DOTS = 200

#: What a format would otherwise note about the day and the program that wrote it.
_METADATA = {
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
}


def save_figure(figure: Figure, paths: Iterable[str | os.PathLike]) -> None:
    """Write a figure to every path, as its suffix says (.pdf, .png, .svg), and close it.

    A PNG has 200 dots per inch and a palette of 256 colours: a third of the bytes, and nothing that an eye would miss.

    Equal figures give equal bytes. A file appears whole or not at all.

    Raises:
        InputError: another suffix; nothing has been written then.
    """
    paths = [Path(path) for path in paths]
    for path in paths:
        if path.suffix not in _METADATA:
            raise InputError(f"{path}: a figure's file must end in {', '.join(_METADATA)}")
    with styled():
        for path in paths:
            with replacing(path) as temporary:
                figure.savefig(temporary, format=path.suffix[1:], dpi=DOTS, metadata=_METADATA[path.suffix])
                if path.suffix == ".svg":
                    temporary.write_text(_short(temporary.read_text("utf-8")), encoding="utf-8")
                if path.suffix == ".png":
                    picture = Image.open(temporary).convert("RGB")
                    # Maximum coverage: the others give small coloured text the colour of something larger.
                    picture = picture.quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
                    picture.save(temporary, format="PNG", optimize=True, dpi=(DOTS, DOTS))
    pyplot.close(figure)


def _short(drawing: str) -> str:
    """An SVG without what nobody sees: what made it, blanks, empty groups, and more than a hundredth of a point."""
    drawing = re.sub(r"<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", "", drawing, flags=re.DOTALL)
    rounded = re.compile(r"-?\d+\.\d{3,}")

    def shorter(match: re.Match) -> str:
        text = rounded.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), " ".join(match[0].split()))
        text = re.sub(r" ?([MLQCVHz]) ?", r"\1", text)
        return re.sub(r"([LQC])([^MLQCVHz\"]*)(?:\1[^MLQCVHz\"]*)+", _once, text)

    drawing = re.sub(r'\b(?:d|x|y|points)="[^"]*"', shorter, drawing)
    # Nothing refers to the groups and lines that matplotlib numbers.
    drawing = re.sub(r'<g id="[\w.]+_\d+"', "<g", drawing)
    return re.sub(r">\s+<", "><", drawing).strip() + "\n"


def _once(match: re.Match) -> str:
    """A command of a path is said once for all that it is repeated for."""
    return match[1] + match[0][1:].replace(match[1], " ")
