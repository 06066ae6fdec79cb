"""What does an error cost over a long horizon?"""

import pandas as pd

from mfg_imitation.figures.front import steady_slips
from mfg_imitation.report.cells import number
from mfg_imitation.report.headline import headline


@headline(
    "growth",
    question="Which error should an imitator watch?",
    tables=("theory/tightness", "theory/frontier_growth"),
    figure="front/growth",
    page=("theory", "Lower bounds, and an error with a linear bound"),
    order=3,
)
def growth(tightness: pd.DataFrame, frontier: pd.DataFrame) -> str:
    """The gap per unit of two errors at two horizons, and how the frontier of the linear error grows."""
    here = steady_slips(tightness)
    if here["horizon"].nunique() < 2:
        return ""
    first, last = here.iloc[0], here.iloc[-1]
    per_unit = {name: [row["nash_imitation_gap"] / row[name] for row in (first, last)] for name in ("bc", "mfc_adv")}
    ours = frontier.loc[frontier["proxy"] == "deviation", "power"]
    linear = (
        f" The error that this project adds, *deviation*, has a bound that is linear in $H$; the worst cases found "
        f"grow like $H^{{{ours.max():.2f}}}$ "
        "at most."
        if len(ours)
        else ""
    )
    rise = {name: one[1] / one[0] for name, one in per_unit.items()}
    verdict = "**The one that sees its own population.** " if rise["bc"] > 2 * rise["mfc_adv"] else ""
    return (
        f"{verdict}From $H = {first['horizon']:g}$ to $H = {last['horizon']:g}$ the gap per unit of BC's error grows "
        f"from {number(per_unit['bc'][0])} to {number(per_unit['bc'][1])}, per unit of MFC-ADV's from "
        f"{number(per_unit['mfc_adv'][0])} to "
        f"{number(per_unit['mfc_adv'][1])}, for the same slips at $L_P = {first['transition_lipschitz']:g}$.{linear}"
    )
