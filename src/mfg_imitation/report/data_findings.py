"""What the page of a data set says of its tables in sentences."""

import pandas as pd

from mfg_imitation.report.cells import number

#: An interval that begins above this share of the largest gain does not hold 0.
NOTHING = 1e-9

#: A test rejects below this p-value.
LEVEL = 0.05


def equilibrium_said(row: pd.Series) -> str:
    """Markdown: what one agent could gain by leaving the data's own policy, and what follows.

    Args:
        row: policy, exploitability, low, high, bias, unit; see `data.equilibrium.equilibrium_table`.
    """
    known = pd.notna(row["low"])
    interval = f"95% interval {number(row['low'])} to {number(row['high'])}; " if known else ""
    share = f"{row['exploitability'] / row['unit']:.2%} of the range of rewards times the horizon"
    gain = f"**{number(row['exploitability'])}** ({interval}{share})"
    if not known:
        verdict = "there are too many records for an interval"
    elif row["low"] > NOTHING * row["unit"]:
        verdict = "that is more than sampling explains: in this game it is **no equilibrium**"
    else:
        verdict = "the interval holds 0: sampling may explain it, and an **equilibrium is not rejected**"
    return f"{row['policy'].capitalize()}: while all others go on as they did, one agent could gain {gain}; {verdict}."


def fit_said(fits: pd.DataFrame) -> list[str]:
    """Markdown: for every imitator whether its own population is where the recorded one is.

    Args:
        fits: columns label, chi_square, p_value, largest.
    """
    lines = []
    for row in fits.itertuples():
        where = "goes **elsewhere**" if row.p_value < LEVEL else "is not told apart from the recorded one"
        lines.append(
            f"{row.label}: its own population {where} (p {row.p_value:.2g}; shares differ by {row.largest:.1%} at most)"
        )
    return lines


def rejected_steps(goodness: pd.DataFrame, algorithm: str) -> int:
    """At how many steps (and crowds) the test of one imitator rejects."""
    here = goodness[(goodness["of"] == algorithm) & goodness["step"].notna()]
    return int((here["p_value"] < LEVEL).sum())
