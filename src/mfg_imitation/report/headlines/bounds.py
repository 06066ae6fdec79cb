"""Are the bounds of the paper sharp?"""

import math

import pandas as pd

from mfg_imitation.report.headline import headline
from mfg_imitation.report.theory_findings import shares_reached

#: From this share on a bound counts as attained.
SHARP = 0.99


@headline(
    "bounds",
    question="Could the paper's bounds be better?",
    tables=("theory/bridge", "theory/steps", "theory/biting_steps"),
    figure="front/bounds",
    page=("theory", "The game that uses them up, with a proof"),
    order=2,
)
def bounds(bridge: pd.DataFrame, steps: pd.DataFrame, biting: pd.DataFrame) -> str:
    """How much of the bounds one game uses up, and how many inequalities were violated."""
    least = shares_reached(bridge)["ratio_low"].min()
    checks, violations = ((steps[name].sum() + biting[name].sum()) for name in ("checks", "violations"))
    sharp = least > SHARP and not violations
    verdict = "No: they are attained, constants included." if sharp else "This run cannot tell."
    so = (
        ", so the exponential dependence on $H$ of BC and vanilla-ADV and the quadratic one of MFC-ADV cannot be "
        "avoided"
        if sharp
        else ""
    )
    return (
        f"**{verdict}** In one game small slips reach at least {math.floor(1e5 * least) / 1e5:.5f} of all three "
        f"bounds{so}. Of {checks:,} inequalities "
        f"of the theorems and their proofs, {violations} are violated."
    )
