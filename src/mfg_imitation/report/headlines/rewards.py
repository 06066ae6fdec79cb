"""What is a recovered reward worth?"""

import pandas as pd

from mfg_imitation.figures.transfer import METHODS, recovered_rewards
from mfg_imitation.report.cells import number
from mfg_imitation.report.headline import headline
from mfg_imitation.report.literal import literal


@headline(
    "rewards",
    question="Does recovering the reward carry over to another kernel?",
    tables=("rewards/medians",),
    figure="front/rewards",
    page=("rewards", "Every method, in every case"),
    order=7,
)
def rewards(medians: pd.DataFrame) -> str:
    """Where the kernel has changed: what the best recovered reward loses, and the best imitator."""
    best = recovered_rewards(medians)
    best = best[best["kernel"] != "same"]
    if best.empty:
        return ""
    kinds = best["compared"].value_counts()
    better, worse = int(kinds.get("better", 0)), int(kinds.get("worse", 0))
    said = "; ".join(
        f"{literal(one.case.replace('_', ' '))}: {METHODS.get(one.method, one.method.replace('_', ' '))} "
        f"{number(one.loss)}, best imitator "
        f"{number(one.beside_loss)} ({one.compared})"
        for one in best.itertuples()
    )
    verdict = f"It does better than the best imitator in {better} of {len(best)} cases, and worse in {worse}"
    if not better and not worse:
        verdict = "It is not told apart from the best imitator"
    return f"**{verdict}.** What is lost where the kernel has changed: {said}."
