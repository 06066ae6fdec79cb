"""Is a small gap a good imitation?"""

import pandas as pd

from mfg_imitation.report.cells import number
from mfg_imitation.report.findings import lost_crowds as lost
from mfg_imitation.report.findings import with_most_demonstrations
from mfg_imitation.report.headline import headline
from mfg_imitation.report.literal import literal


@headline(
    "lost_crowds",
    question="Is a small Nash imitation gap a good imitation?",
    tables=("imitators", "ranking", "algorithms"),
    figure="front/lost_crowds",
    page=("imitation", "What imitators lose"),
    order=6,
)
def lost_crowds(imitators: pd.DataFrame, ranking: pd.DataFrame, algorithms: pd.DataFrame) -> str:
    """The worst case in which the least gap belongs to a crowd that is lost."""
    cases = lost(with_most_demonstrations(imitators), ranking)
    if cases.empty:
        return ""
    worst = cases.loc[(cases["population_value_gap"] / cases["unit"]).idxmax()]
    label = dict(zip(algorithms["name"], algorithms["label"], strict=True))[worst["algorithm"]]
    return (
        f"**Not always: a crowd that is lost has nothing to gain from deviating.** In {len(cases)} cases the least "
        f"gap belongs to an imitator that is "
        f"not near the best. The worst is {label} in {literal(worst['game'].replace('_', ' '))} "
        f"({worst['experiment'].replace('_', ' ')}): its gap is "
        f"{number(worst['nash_imitation_gap'])}, but its population earns {number(worst['population_value_gap'])} "
        f"less than the experts'."
    )
