"""How every figure looks: one style, the look of each proxy and algorithm.

The style holds inside this package's functions only (`with styled():`): a caller's own plots stay as they are."""

import itertools
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import matplotlib.style
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Width of a page's text in the NeurIPS style, in inches: a figure of this width is printed without scaling.
TEXT_WIDTH = 5.5

#: The fonts, in the order in which a letter is looked for. The first two ship with matplotlib, and the first goes with
#: Times: no system font is needed, but for the scripts of East Asia.
FONTS = ["STIXGeneral", "DejaVu Sans"] + [
    name
    for name in ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "PingFang SC", "Microsoft YaHei")
    if any(font.name == name for font in font_manager.fontManager.ttflist)
]
STYLE = {
    "font.family": FONTS,
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.5,
    "axes.edgecolor": "0.45",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.92",
    "grid.linewidth": 0.4,
    "xtick.color": "0.45",
    "ytick.color": "0.45",
    "xtick.labelcolor": "0.15",
    "ytick.labelcolor": "0.15",
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "pdf.fonttype": 42,  # TrueType, whole glyphs: conferences refuse Type 3
    "svg.fonttype": "path",  # outlines: the text looks the same wherever the file is opened
    "svg.hashsalt": "mfg-imitation",  # otherwise the identifiers inside an SVG differ from run to run
}

#: How the paper's three proxies, and the algorithms that minimise them, look in every figure. The colours are Okabe and
#: Ito's; the dashes tell curves apart without colour and, over the broad line, leave it in sight.
PAPER = {
    "bc": {"color": "#D55E00", "linestyle": (0, (5, 1, 1, 1)), "linewidth": 1.1, "zorder": 4},
    "vanilla_adv": {"color": "#0072B2", "linestyle": (0, (2.6, 1.9)), "linewidth": 1.1, "zorder": 5},
    "mfc_adv": {"color": "#009E73", "linestyle": "-", "linewidth": 2.0, "zorder": 3},
}

#: The colours of all others, in turn.
OTHERS = ("#CC79A7", "#E69F00", "#56B4E9", "0.35", "#7F3C8D", "#A5AA99")

#: The colours of lines that stand for states, at most so many: Okabe and Ito's, with grey for their yellow.
STATES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "0.55", "0.1")


def styled(**changes: Any) -> AbstractContextManager[None]:
    """Context: `STYLE` with changes, over matplotlib's defaults; what the user's matplotlibrc says does not enter."""
    return matplotlib.style.context(["default", STYLE | changes])


def looks(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """How the lines of these proxies or algorithms look: the paper's always alike, the others in turn."""
    others = itertools.cycle(OTHERS)
    return {
        name: PAPER[name]
        if name in PAPER
        else {"color": next(others), "linestyle": (0, (1, 1)), "linewidth": 1.3, "zorder": 6}
        for name in names
    }


def labelled(entries: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """`looks` with a label for each.

    Args:
        entries: columns name and label, one row for each proxy or algorithm.
    """
    labels = dict(zip(entries["name"], entries["label"], strict=True))
    return {name: {**look, "label": labels[name]} for name, look in looks(labels).items()}


def undrawn(text: str) -> str:
    """The letters of a text, each once, that no font here has: figures show boxes in their place."""
    fonts = [font_manager.get_font(font_manager.findfont(name)) for name in FONTS]
    return "".join(letter for letter in dict.fromkeys(text) if not any(f.get_char_index(ord(letter)) for f in fonts))


def add_axes(figure: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Axes at a place in inches: a layout engine measures text, which differs between file formats."""
    total_width, total_height = figure.get_size_inches()
    return figure.add_axes((x / total_width, y / total_height, width / total_width, height / total_height))


def write(figure: Figure, text: str, x: float, y: float, **look) -> None:
    """Text at a place in inches."""
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, text, **look)
