"""How every figure looks: one style, the look of each proxy.

The style holds inside this package's functions only (`matplotlib.rc_context(STYLE)`): a caller's own plots
stay as they are."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Width of a page's text in the NeurIPS style, in inches: a figure of this width is printed without scaling.
TEXT_WIDTH = 5.5
STYLE = {
    "font.family": "STIXGeneral",  # ships with matplotlib, goes with Times: no system font is needed
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

#: How each proxy, and the algorithm that minimises it, looks in every figure. The colours are Okabe and
#: Ito's; the dashes tell curves apart without colour and, over the broad line, leave it in sight.
CURVES = {
    "bc": {"label": "BC", "color": "#D55E00", "linestyle": (0, (5, 1, 1, 1)), "linewidth": 1.1, "zorder": 4},
    "vanilla_adv": {
        "label": "vanilla-ADV",
        "color": "#0072B2",
        "linestyle": (0, (2.6, 1.9)),
        "linewidth": 1.1,
        "zorder": 5,
    },
    "mfc_adv": {"label": "MFC-ADV", "color": "#009E73", "linestyle": "-", "linewidth": 2.0, "zorder": 3},
}

#: The colours of lines that stand for states, at most so many: Okabe and Ito's, with grey for their yellow.
STATES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "0.55", "0.1")


def add_axes(figure: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Axes at a place in inches: a layout engine measures text, which differs between file formats."""
    total_width, total_height = figure.get_size_inches()
    return figure.add_axes((x / total_width, y / total_height, width / total_width, height / total_height))


def write(figure: Figure, text: str, x: float, y: float, **look) -> None:
    """Text at a place in inches."""
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, text, **look)
