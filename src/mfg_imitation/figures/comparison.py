"""What everyone earns in two games, side by side. Nothing is computed here."""

from textwrap import shorten

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mfg_imitation.figures.mathtext import title
from mfg_imitation.figures.panels import check_table
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import STATES, TEXT_WIDTH, add_axes, styled

#: Titles are cut to so many characters.
LONGEST = 40

#: How the lines of both games look.
LOOKS = ({"color": STATES[5], "linestyle": "-"}, {"color": STATES[0], "linestyle": (0, (4, 2))})


@figure(
    "games/{game}/comparison",
    tables=("games/{game}/comparison", "games/{game}/comparison_steps"),
    games="compared",
    caption="{game} beside another game: the mean reward of the experts' population at every step (left), and its sum "
    "over the horizon, in equilibrium and at the best for all that was found (right).",
    alt="What everyone earns, step by step and in sum, {game} and another game",
)
def comparison_figure(values: pd.DataFrame, steps: pd.DataFrame) -> Figure:
    """The mean reward at every step in both games, and beside it what it sums up to.

    Args:
        values: one row per game: game, title, equilibrium_value and social_value (reward, summed over the steps).
        steps: one row per game and step: game, step, reward.

    Raises:
        InputError: a column that a frame lacks, or no rows.
    """
    check_table(values, "the table of a comparison", ("game", "title", "equilibrium_value", "social_value"))
    check_table(steps, "the table of steps", ("game", "step", "reward"))
    bottom, height, middle = 0.72, 1.35, 3.45
    with styled():
        drawn = Figure(figsize=(TEXT_WIDTH, bottom + height + 0.24))
        left = add_axes(drawn, 0.5, bottom, middle - 1.1, height)
        right = add_axes(drawn, middle, bottom, TEXT_WIDTH - middle - 0.15, height)
        for place, row, look in zip((2, 1), values.itertuples(), LOOKS, strict=True):
            own = steps[steps["game"] == row.game].sort_values("step")
            left.plot(
                own["step"],
                own["reward"],
                label=title(shorten(row.title, LONGEST, placeholder="…")),
                linewidth=1.4,
                **look,
            )
            right.plot([row.equilibrium_value, row.social_value], [place, place], linewidth=0.8, **look)
            for value, fill in ((row.equilibrium_value, "full"), (row.social_value, "none")):
                right.plot(value, place, "o", color=look["color"], markersize=5, fillstyle=fill, clip_on=False)
            beside = {"textcoords": "offset points", "ha": "center", "fontsize": 7, "annotation_clip": False}
            earned = f"{row.equilibrium_value:#.4g}".replace("-", "\N{MINUS SIGN}")
            right.annotate(earned, (row.equilibrium_value, place), (0, 6), **beside)
        left.set(xlabel="step", title="mean reward")
        left.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        right.set(title="reward over the horizon", xlabel="full: equilibrium, hollow: best for all")
        right.set(ylim=(0.3, 2.7), yticks=[])
        right.margins(x=0.12)
        right.xaxis.set_major_locator(MaxNLocator(4))
        names = {"loc": "lower center", "ncols": 2, "frameon": False, "borderaxespad": 0.3, "handlelength": 2.8}
        drawn.legend(handles=left.lines, **names)
    return drawn
