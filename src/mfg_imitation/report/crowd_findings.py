"""What the page of a game says of the imitators that were fitted in it."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.figures.crowds import shares_of

#: Of a share of the population at most this, nobody is said to be there.
NOBODY = 1e-6


def crowds_said(crowds: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Markdown: how far every imitator's own population is from the experts', and from what it is among them.

    Args:
        crowds: see `studies.crowds.crowds`.
    """
    experts = shares_of(crowds, "expert", "own")
    lines = []
    for name in crowds["algorithm"].drop_duplicates():
        if name == "expert":
            continue
        own, predicted = (
            (shares_of(crowds, name, kind) - experts).abs().sum(axis=1) / 2 for kind in ("own", "predicted")
        )
        label = labels.get(name, name)
        if max(own.max(), predicted.max()) <= NOBODY:
            lines.append(f"**{label}**: the crowd is where the experts are, at every step.")
            continue
        lines.append(
            f"**{label}**: when all imitate, {_part(own.max())} of the crowd is where experts are not (step "
            f"{own.idxmax()}); one imitator among experts would stray with probability {_part(predicted.max())}."
        )
    return lines


def _part(share: float) -> str:
    return "0%" if share <= NOBODY else f"{share:.1e}" if share < 1e-3 else f"{share:.1%}"


def fitted_table(imitators: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Median Nash imitation gaps of the imitators fitted in one game: a row for each, a column for every experiment.

    Args:
        imitators: the table of one game, see `studies.medians`.
    """
    most = imitators[imitators["demonstrations"] == imitators["demonstrations"].max()]
    frame = most.pivot_table(index="algorithm", columns="experiment", values="nash_imitation_gap", sort=False)
    frame = frame[[name for name in imitators["experiment"].drop_duplicates() if name in frame]]
    frame.index = [labels.get(name, name) for name in frame.index]
    return frame.rename(columns=lambda name: name.replace("_", " ")).rename_axis("imitator", columns=None).reset_index()
