"""How a figure becomes a file: reproducible bytes."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from mfg_imitation.errors import InputError
from mfg_imitation.figures.style import styled
from mfg_imitation.io.atomic import replacing

#: Dots per inch of a PNG.
DOTS = 200

#: So many points aside a curve may be drawn in an SVG: a twentieth of the thinnest line.
ASIDE = 0.03

#: What a format would otherwise note about the day and the program that wrote it.
_METADATA = {
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
}


def save_figure(figure: Figure, paths: Iterable[str | os.PathLike]) -> None:
    """Write a figure to every path, as its suffix says (.pdf, .png, .svg).

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


def _short(drawing: str) -> str:
    """An SVG without what nobody sees: what made it, blanks, empty groups, points on straight lines, long fractions.

    Comments stay: they say what the outlines spell.

    The style that matplotlib writes for all elements stands on the root, so that several drawings fit into one page.
    """
    drawing = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"<style type=\"text/css\">\*\{.*?\}</style>", "", drawing)
    drawing = drawing.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    drawing = re.sub(r'\b(?:d|x|y|points)="[^"]*"', lambda match: _path(match[0]), drawing)
    drawing = re.sub(r"translate\([^)]*\)", lambda match: _rounded(match[0]), drawing)
    # Nothing refers to the groups and lines that matplotlib numbers.
    drawing = re.sub(r'<g id="[\w.]+_\d+"', "<g", drawing)
    drawing = re.sub(r">\s+<", "><", drawing).replace("<defs></defs>", "").replace("<defs/>", "")
    return (
        re.sub(r'(style="[^"]*")', lambda match: match[1].replace("; ", ";").replace(": ", ":"), drawing).strip() + "\n"
    )


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)


def _path(text: str) -> str:
    """A path whose straight stretches have two ends, and whose commands are said once for all that they are for."""
    text = re.sub(r" ?([MLQCVHz]) ?", r"\1", _rounded(" ".join(text.split())))
    text = re.sub(r"(?<=M)[^MLQCVHz\"]+(?:L[^MLQCVHz\"]+){2,}", lambda match: _straightened(match[0]), text)
    return re.sub(r"([LQC])([^MLQCVHz\"]*)(?:\1[^MLQCVHz\"]*)+", lambda m: m[1] + m[0][1:].replace(m[1], " "), text)


def _straightened(line: str) -> str:
    """A line without the points that lie within `ASIDE` of the straight way between those that are kept."""
    points = np.array([[float(number) for number in point.split()] for point in line.split("L")])
    kept, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        way, inside = points[last] - points[first], points[first + 1 : last] - points[first]
        along = np.clip(inside @ way / max(way @ way, 1e-12), 0, 1)
        aside = np.hypot(*(inside - along[:, None] * way).T)
        if aside.max() > ASIDE:
            middle = first + 1 + int(aside.argmax())
            kept.add(middle)
            stack += [(first, middle), (middle, last)]
    return "L".join(line.split("L")[index] for index in sorted(kept))
