"""Does the paper's main figure hold?"""

import pandas as pd

from mfg_imitation.names import GAPS, JUDGED_GAPS
from mfg_imitation.report.findings import verdicts
from mfg_imitation.report.headline import headline


@headline(
    "figure_2",
    question="Does the paper's Figure 2 hold?",
    tables=("scorecard",),
    figure="front/figure_2",
    page=("paper", "Section 5, claim by claim"),
    order=1,
)
def figure_2(scorecard: pd.DataFrame) -> str:
    """How many checks of the three observations hold for either gap."""
    counts = verdicts(scorecard[scorecard["where"].str.contains("observation")])
    if any(gap not in counts.index for gap in JUDGED_GAPS):
        return ""
    value, nash = counts.loc["population_value_gap"], counts.loc["nash_imitation_gap"]
    words = [
        "yes" if row["holds"] == row.sum() else "mostly" if row["holds"] > 0.75 * row.sum() else "only in part"
        for row in (value, nash)
    ]
    return (
        f"**For what the population loses, {words[0]}; for the gap that the paper defines, {words[1]}.** Of the "
        f"checks of its three "
        f"observations, {value['holds']} of {value.sum()} hold for the {GAPS['population_value_gap']}, and "
        f"{nash['holds']} of {nash.sum()} for "
        f"the {GAPS['nash_imitation_gap']} of Definition 7."
    )
