"""Which imitator should one use?"""

import pandas as pd

from mfg_imitation.figures.front import mostly_fitted
from mfg_imitation.report.headline import headline


@headline(
    "which",
    question="Which imitator should I use?",
    tables=("tally", "algorithms"),
    figure="front/which",
    page=("imitation", "Which imitator when, and why"),
    order=4,
)
def which(tally: pd.DataFrame, algorithms: pd.DataFrame) -> str:
    """The imitator that is most often near the best, beside those of the paper, and what it needs."""
    whole = mostly_fitted(tally)
    if whole.empty:
        return ""
    whole = whole.sort_values("near_share", ascending=False, kind="stable").set_index("algorithm")
    labels, needs = (dict(zip(algorithms["name"], algorithms[column], strict=True)) for column in ("label", "needs"))
    best = whole.iloc[0]
    beside = ", ".join(
        f"{labels[name]} {whole.loc[name, 'near_share']:.0%}"
        for name in ("bc", "vanilla_adv", "mfc_adv")
        if name in whole.index[1:]
    )
    clean = tally[(tally["experiment"] == "clean") & (tally["algorithm"] == "bc")]
    simple = (
        f" Where records are clean, {labels['bc']} is within 10% of the best in {clean.iloc[0]['near']} of "
        f"{clean.iloc[0]['cells']} games."
        if len(clean)
        else ""
    )
    need = (
        needs[whole.index[0]]
        if isinstance(needs[whole.index[0]], str) and needs[whole.index[0]]
        else "nothing beside the recorded actions"
    )
    return (
        f"**{labels[whole.index[0]]}**: it loses within 10% of the best in {best['near']} of {best['cells']} pairs "
        f"of game and experiment "
        f"({best['near_share']:.0%}; {beside}). It needs: {need}.{simple}"
    )
