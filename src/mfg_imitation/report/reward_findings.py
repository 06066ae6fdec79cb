"""What the page of recovered rewards says of its tables in sentences."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.report.literal import literal


def earlier_said(card: pd.DataFrame) -> list[str]:
    """How often every statement of the paper on earlier work holds or fails, a line each.

    Args:
        card: the table rewards/scorecard.
    """
    lines = []
    for claim, rows in card.groupby("claim", sort=False):
        verdicts = rows["verdict"].value_counts(sort=False)
        told = ", ".join(f"**{verdict}** in {count} of {len(rows)}" for verdict, count in verdicts.items())
        lines.append(f"- {literal(claim)}: {told}.")
    return lines


def left_open_said(methods: pd.DataFrame) -> list[str]:
    """The dimensions of the consistent rewards of every case, a line each.

    Args:
        methods: the table rewards/methods.
    """
    lines = []
    for case, rows in methods.groupby("case", sort=False):
        told = "; ".join(
            f"{one.features}: {one.dimension} of {one.weights} ({one.indifferent} say nothing)"
            for one in rows.drop_duplicates("features").itertuples()
        )
        lines.append(f"- {literal(case.replace('_', ' '))}, dimension of the consistent rewards: {told}.")
    return lines


def when_said(medians: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Which method when: how often each lost less, or more, than the best imitator, in either kernel; a line each.

    Args:
        medians: the table rewards/medians.
        labels: of the methods.
    """
    lines = []
    for (method, plays), rows in medians[medians["recovered"]].groupby(["method", "plays"], sort=False):
        told = []
        for kernel, words in (("same", "where it was learned"), ("changed", "where the kernel has changed")):
            here = rows.loc[rows["kernel"] == kernel, "compared"]
            told.append(f"{words} it loses less in {(here == 'better').sum()} and more in {(here == 'worse').sum()}")
        lines.append(f"- **{literal(labels.get(method, method))}, {plays}**: {', '.join(told)} of {len(here)} cases.")
    return lines
