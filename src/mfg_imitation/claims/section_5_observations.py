"""The three observations of the paper's Section 5 on Figure 2, claim by claim, read off the curves in its panels.

The tables are sweep (`studies.sweep`) and long_horizons (`studies.long_horizons`) of the paper's game.
"""

from collections.abc import Callable

import pandas as pd

from mfg_imitation.claims.claim import statement
from mfg_imitation.claims.panel_curves import corner, decades, distance, growth, nearness_to_bc, panels, ratio, rise
from mfg_imitation.names import ROUNDING, SWEPT

VISIBLE = 0.01  # of a panel's height, or of an error: what a reader of the figure can see
SIMILAR = 0.05  # of a panel's area between two curves: below it they behave alike
LONGEST = 200  # "H is large enough": up to this one
HALF = 0.5  # nearer to the one than to the other; at most half is "much less"

_EVERY_PANEL = "; the largest over all panels"
_RISE = "largest rise of the former curve above the latter, as a share of the panel's height" + _EVERY_PANEL
#: Of claims that only ask whether the errors of one imitator are in this order. On the path they are.
_CANNOT_FAIL = f"{_RISE} (cannot fail for a gap that increases along the path: BC error <= vanilla-ADV's <= MFC-ADV's)"
_AREA = "area between the curves of vanilla-ADV and MFC-ADV as a share of the panel, "
_SHARE = "area between vanilla-ADV and BC, divided by the sum of that and the area between vanilla-ADV and MFC-ADV, "
_GROWTH = "largest relative growth, from one value to the next, of the error at which a given gap is first reached"
_BOTH = "in the panel with the largest L_P and H"
_SLOPE = "in the panel with the largest L_P and the smallest H"
_LONG = "in the panel with the smallest positive L_P and the largest H"
_SMALL = "in the panel with the smallest positive L_P and the smallest H"
_FIRST, _SECOND, _THIRD = "first observation", "second observation", "third observation"


def worst(sweep: pd.DataFrame, of_panel: Callable[[pd.DataFrame], float]) -> float:
    """The largest value of a function of a panel, over all panels."""
    return max(map(of_panel, panels(sweep).values()))


@statement(
    "section_5",
    "BC is worst",
    where=_FIRST,
    says="at equal error the gap is no larger for vanilla-ADV or MFC-ADV than for BC",
    measure=_CANNOT_FAIL,
    threshold=VISIBLE,
)
def bc_is_worst(tables, gap):
    return worst(
        tables["sweep"], lambda panel: max(rise(panel, other, "bc", gap) for other in ("vanilla_adv", "mfc_adv"))
    )


@statement(
    "section_5",
    "BC worsens with L_P",
    where=_FIRST,
    says="a larger L_P asks for a smaller BC error to ensure a given gap",
    measure=_GROWTH,
    threshold=VISIBLE,
)
def bc_worsens_with_l_p(tables, gap):
    return growth(tables["sweep"], "bc", gap, along=SWEPT)


@statement(
    "section_5",
    "BC worsens with H",
    where=_FIRST,
    says="a larger H asks for a smaller BC error to ensure a given gap",
    measure=_GROWTH,
    threshold=VISIBLE,
)
def bc_worsens_with_h(tables, gap):
    return growth(tables["sweep"], "bc", gap, along="horizon")


@statement(
    "section_5",
    "equal at L_P = 0",
    where=_SECOND,
    says="the vanilla-ADV and MFC-ADV errors coincide when L_P = 0",
    measure="largest difference of the two errors over all panels with L_P = 0",
    threshold=ROUNDING,
    of_gap=False,
)
def equal_at_l_p_0(tables, gap):
    still = tables["sweep"][tables["sweep"][SWEPT] == 0]
    return (still["vanilla_adv"] - still["mfc_adv"]).abs().max()


@statement(
    "section_5",
    "alike when small",
    where=_SECOND,
    says="vanilla-ADV behaves like MFC-ADV when L_P and H are small",
    measure=_AREA + _SMALL,
    threshold=SIMILAR,
)
def alike_when_small(tables, gap):
    return distance(corner(tables["sweep"], amplified=False, long=False), "vanilla_adv", "mfc_adv", gap)


@statement(
    "section_5",
    "vanilla-ADV worsens with L_P",
    where=_SECOND,
    says="a larger L_P asks for a smaller vanilla-ADV error to ensure a given gap",
    measure=_GROWTH,
    threshold=VISIBLE,
)
def vanilla_adv_worsens_with_l_p(tables, gap):
    return growth(tables["sweep"], "vanilla_adv", gap, along=SWEPT)


@statement(
    "section_5",
    "vanilla-ADV worsens with H",
    where=_SECOND,
    says="a larger H asks for a smaller vanilla-ADV error to ensure a given gap",
    measure=_GROWTH,
    threshold=VISIBLE,
)
def vanilla_adv_worsens_with_h(tables, gap):
    return growth(tables["sweep"], "vanilla_adv", gap, along="horizon")


def _like_bc(when: str, condition: str, place: str):
    return statement(
        "section_5",
        f"like BC when {when} large",
        where=_SECOND,
        says=f"where {condition} large, vanilla-ADV is more like BC than like MFC-ADV",
        measure=_SHARE + place,
        threshold=HALF,
    )


@_like_bc("both are", "L_P and H are", _BOTH)
def like_bc_when_both_are_large(tables, gap):
    return nearness_to_bc(corner(tables["sweep"], amplified=True, long=True), gap)


@_like_bc("L_P is", "L_P is", _SLOPE)
def like_bc_when_l_p_is_large(tables, gap):
    return nearness_to_bc(corner(tables["sweep"], amplified=True, long=False), gap)


@_like_bc("H is", "H is", _LONG)
def like_bc_when_h_is_large(tables, gap):
    return nearness_to_bc(corner(tables["sweep"], amplified=False, long=True), gap)


@statement(
    "section_5",
    "like BC when H is large enough",
    where=_SECOND,
    says="from some H on, vanilla-ADV is more like BC than like MFC-ADV",
    measure=f"smallest H from which on, to {LONGEST}, that share is at most {HALF}, at the smallest positive L_P",
    threshold=LONGEST,
)
def like_bc_when_h_is_large_enough(tables, gap):
    table = tables["long_horizons"]
    here = table[(table["gap"] == gap) & (table[SWEPT] == table[SWEPT].min())]
    return here["horizon"].max()


@statement(
    "section_5",
    "MFC-ADV is less influenced",
    where=_THIRD,
    says="L_P and H influence MFC-ADV much less than vanilla-ADV",
    measure="decades over which the error that a given gap allows varies between the panels, MFC-ADV over vanilla-ADV",
    threshold=HALF,
)
def mfc_adv_is_less_influenced(tables, gap):
    return ratio(decades(tables["sweep"], "mfc_adv", gap), decades(tables["sweep"], "vanilla_adv", gap))


@statement(
    "section_5",
    "MFC-ADV is influenced",
    where=_THIRD,
    says="L_P and H influence MFC-ADV, too",
    measure="smallest error that a given gap allows in any panel over the largest; 1 is no influence",
    threshold=1 - VISIBLE,
)
def mfc_adv_is_influenced(tables, gap):
    return 10 ** -decades(tables["sweep"], "mfc_adv", gap)


@statement(
    "section_5",
    "MFC-ADV is best",
    where=_THIRD,
    says="at equal error the gap is no larger for MFC-ADV than for vanilla-ADV or BC",
    measure=_CANNOT_FAIL,
    threshold=VISIBLE,
)
def mfc_adv_is_best(tables, gap):
    return worst(
        tables["sweep"], lambda panel: max(rise(panel, "mfc_adv", other, gap) for other in ("vanilla_adv", "bc"))
    )


@statement(
    "section_5",
    "vanilla-ADV beats BC",
    where="summary",
    says="at equal error the gap is no larger for vanilla-ADV than for BC",
    measure=_CANNOT_FAIL,
    threshold=VISIBLE,
)
def vanilla_adv_beats_bc(tables, gap):
    return worst(tables["sweep"], lambda panel: rise(panel, "vanilla_adv", "bc", gap))
