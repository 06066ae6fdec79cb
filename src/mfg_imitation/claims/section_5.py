"""What Section 5 of the paper says of the Attractor MFG, claim by claim, held against the numbers.

A claim is measured by one number and holds when that number is at most its threshold. A claim about "the NIG" is asked
twice: of the Nash imitation gap as Definition 7 has it, and of the population value gap, which is what Eq. 33 computes.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from mfg_imitation.claims.panel_curves import corner, decades, distance, growth, panels, rise
from mfg_imitation.names import GAPS, SWEPT

ROUNDING = 1e-9  # what float64 leaves of an identity summed over 50 steps, with room to spare
VISIBLE = 0.01  # of a panel's height, or of an error: what a reader of the figure can see
SIMILAR = 0.05  # of a panel's area between two curves: below it they behave alike
HALF = 0.5  # nearer to the one than to the other; at most half is "much less"


class Claim(NamedTuple):
    """One checkable statement of the paper.

    Attributes:
        name, where, statement: short identifier, place in the paper, what it says in our words.
        measure: how it was made measurable.
        threshold: the claim holds when the number measured is at most this.
        measured: the number, from the sweep, the properties and the name of a gap.
        of_gap: whether the claim is about the gap, and so asked of both.
    """

    name: str
    where: str
    statement: str
    measure: str
    threshold: float
    measured: Callable[[pd.DataFrame, pd.DataFrame, str], float]
    of_gap: bool


def scorecard(sweep: pd.DataFrame, properties: pd.DataFrame) -> pd.DataFrame:
    """One row per claim and gap, from the tables of `mfg_imitation.sweep` and `mfg_imitation.properties`.

    Returns:
        Columns claim, where, statement, gap (missing when the claim is about none), measure, measured, threshold,
        verdict: "holds" when measured <= threshold, else "fails"; "not measured" when the grid leaves the number out.
    """
    rows = []
    for claim in CLAIMS:
        for gap in GAPS if claim.of_gap else (None,):
            measured = claim.measured(sweep, properties, gap)
            verdict = "not measured" if pd.isna(measured) else "holds" if measured <= claim.threshold else "fails"
            named = claim.name, claim.where, claim.statement, gap, claim.measure
            rows.append((*named, measured, claim.threshold, verdict))
    columns = ["claim", "where", "statement", "gap", "measure", "measured", "threshold", "verdict"]
    return pd.DataFrame(rows, columns=columns)


CLAIMS: list[Claim] = []


def claim(name: str, where: str, statement: str, measure: str, threshold: float, of_gap: bool = True):
    """Enter the decorated function, from (sweep, properties, gap) to a number, as a claim."""

    def enter(measured):
        CLAIMS.append(Claim(name, where, statement, measure, threshold, measured, of_gap))
        return measured

    return enter


def worst(sweep: pd.DataFrame, of_panel: Callable[[pd.DataFrame], float]) -> float:
    """The largest value of a function of a panel, over all panels."""
    return max(map(of_panel, panels(sweep).values()))


_EVERY_PANEL = "; the largest over all panels"
_RISE = "largest rise of the former curve above the latter, as a share of the panel's height" + _EVERY_PANEL
_AREA = "area between the curves of vanilla-ADV and MFC-ADV as a share of the panel, "
_SHARE = "area between vanilla-ADV and BC, divided by the sum of that and the area between vanilla-ADV and MFC-ADV, "
_GROWTH = "largest relative growth, from one value to the next, of the error at which a given gap is first reached"
_BOTH = "in the panel with the largest L_P and H"
_SLOPE = "in the panel with the largest L_P and the smallest H"
_LONG = "in the panel with the smallest positive L_P and the largest H"
_SMALL = "in the panel with the smallest positive L_P and the smallest H"
_PATH = "the policies pi_alpha"
_FIRST, _SECOND, _THIRD = "first observation", "second observation", "third observation"


@claim(
    "Lipschitz constant",
    "the game",
    "the kernel's Lipschitz constant in the population is L_P",
    "distance of the steepest sampled slope of the kernel from L_P" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def lipschitz_constant(sweep, properties, gap):
    return properties["lipschitz_error"].max()


@claim(
    "expert is Nash",
    "the game",
    "every policy that plays a0 in s0 is a Nash equilibrium",
    "exploitability of the expert, with random actions wherever it never goes" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def expert_is_nash(sweep, properties, gap):
    return properties["expert_exploitability"].max()


@claim(
    "expert stays in s0",
    "the game",
    "with the expert the whole population is in s0 at every step",
    "1-norm between the expert's flow and the initial distribution" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def expert_stays_in_s0(sweep, properties, gap):
    return properties["expert_drift"].max()


@claim(
    "expert is a social optimum",
    "the game",
    "no policy of the whole population earns it more than the expert does",
    "best value found by ascent through the population, less the expert's" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def expert_is_a_social_optimum(sweep, properties, gap):
    return properties["social_improvement"].max()


@claim(
    "bound on the gap",
    "Eq. 26",
    "no policy has a gap above H - 1",
    f"excess over H - 1 of the gap of {_PATH} and of random policies" + _EVERY_PANEL,
    ROUNDING,
)
def bound_on_the_gap(sweep, properties, gap):
    return properties[f"{gap}_above_bound"].max()


@claim(
    "pi_1 is worst",
    _PATH,
    "pi_1 is a worst-case policy",
    f"largest gap of {_PATH} and of random policies, less that of pi_1" + _EVERY_PANEL,
    ROUNDING,
)
def pi_1_is_worst(sweep, properties, gap):
    return properties[f"{gap}_above_last"].max()


@claim(
    "no choice in s1",
    _PATH,
    "what is played in s1 has no influence",
    "change of the gap when actions are random wherever the expert never goes" + _EVERY_PANEL,
    ROUNDING,
)
def no_choice_in_s1(sweep, properties, gap):
    return properties[f"{gap}_off_path"].max()


@claim(
    "BC error",
    "Eq. 28",
    "the BC error of pi_alpha is 2 alpha",
    "deviation from 2 alpha" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def bc_error(sweep, properties, gap):
    return (sweep["bc"] - 2 * sweep["alpha"]).abs().max()


@claim(
    "errors by induction",
    "Eqs. 29-32",
    "an induction over s0 alone gives the vanilla-ADV and MFC-ADV errors",
    "deviation of the induction, re-derived, from the generic engine" + _EVERY_PANEL,
    ROUNDING,
    of_gap=False,
)
def errors_by_induction(sweep, properties, gap):
    return properties["induction_errors"].max()


@claim(
    "gap by induction",
    "Eq. 33",
    "the same induction gives the gap directly, as the value that the population loses",
    "deviation of the sum over n of mu_n(s1), by induction, from the gap" + _EVERY_PANEL,
    ROUNDING,
)
def gap_by_induction(sweep, properties, gap):
    return properties[f"{gap}_induction"].max()


@claim(
    "BC is worst",
    _FIRST,
    "at equal error the gap is no larger for vanilla-ADV or MFC-ADV than for BC",
    _RISE,
    VISIBLE,
)
def bc_is_worst(sweep, properties, gap):
    return worst(sweep, lambda panel: max(rise(panel, other, "bc", gap) for other in ("vanilla_adv", "mfc_adv")))


@claim(
    "BC worsens with L_P",
    _FIRST,
    "a larger L_P asks for a smaller BC error to ensure a given gap",
    _GROWTH,
    VISIBLE,
)
def bc_worsens_with_l_p(sweep, properties, gap):
    return growth(sweep, "bc", gap, along=SWEPT)


@claim(
    "BC worsens with H",
    _FIRST,
    "a larger H asks for a smaller BC error to ensure a given gap",
    _GROWTH,
    VISIBLE,
)
def bc_worsens_with_h(sweep, properties, gap):
    return growth(sweep, "bc", gap, along="horizon")


@claim(
    "equal at L_P = 0",
    _SECOND,
    "the vanilla-ADV and MFC-ADV errors coincide when L_P = 0",
    "largest difference of the two errors over all panels with L_P = 0",
    ROUNDING,
    of_gap=False,
)
def equal_at_l_p_0(sweep, properties, gap):
    still = sweep[sweep[SWEPT] == 0]
    return (still["vanilla_adv"] - still["mfc_adv"]).abs().max()


@claim(
    "alike when small",
    _SECOND,
    "vanilla-ADV behaves like MFC-ADV when L_P and H are small",
    _AREA + _SMALL,
    SIMILAR,
)
def alike_when_small(sweep, properties, gap):
    return distance(corner(sweep, amplified=False, long=False), "vanilla_adv", "mfc_adv", gap)


@claim(
    "vanilla-ADV worsens with L_P",
    _SECOND,
    "a larger L_P asks for a smaller vanilla-ADV error to ensure a given gap",
    _GROWTH,
    VISIBLE,
)
def vanilla_adv_worsens_with_l_p(sweep, properties, gap):
    return growth(sweep, "vanilla_adv", gap, along=SWEPT)


@claim(
    "vanilla-ADV worsens with H",
    _SECOND,
    "a larger H asks for a smaller vanilla-ADV error to ensure a given gap",
    _GROWTH,
    VISIBLE,
)
def vanilla_adv_worsens_with_h(sweep, properties, gap):
    return growth(sweep, "vanilla_adv", gap, along="horizon")


def _nearness_to_bc(panel: pd.DataFrame, gap: str) -> float:
    to_bc = distance(panel, "vanilla_adv", "bc", gap)
    return _ratio(to_bc, to_bc + distance(panel, "vanilla_adv", "mfc_adv", gap))


def _ratio(part: float, whole: float) -> float:
    """NaN, which is "not measured", where there is nothing to compare with."""
    return part / whole if whole else float("nan")


@claim(
    "like BC when both are large",
    _SECOND,
    "vanilla-ADV is more like BC than like MFC-ADV",
    _SHARE + _BOTH,
    HALF,
)
def like_bc_when_both_are_large(sweep, properties, gap):
    return _nearness_to_bc(corner(sweep, amplified=True, long=True), gap)


@claim(
    "like BC when L_P is large",
    _SECOND,
    "vanilla-ADV is more like BC than like MFC-ADV",
    _SHARE + _SLOPE,
    HALF,
)
def like_bc_when_l_p_is_large(sweep, properties, gap):
    return _nearness_to_bc(corner(sweep, amplified=True, long=False), gap)


@claim("like BC when H is large", _SECOND, "vanilla-ADV is more like BC than like MFC-ADV", _SHARE + _LONG, HALF)
def like_bc_when_h_is_large(sweep, properties, gap):
    return _nearness_to_bc(corner(sweep, amplified=False, long=True), gap)


@claim(
    "MFC-ADV is less influenced",
    _THIRD,
    "L_P and H influence MFC-ADV much less than vanilla-ADV",
    "decades over which the error that a given gap allows varies between the panels, MFC-ADV over vanilla-ADV",
    HALF,
)
def mfc_adv_is_less_influenced(sweep, properties, gap):
    return _ratio(decades(sweep, "mfc_adv", gap), decades(sweep, "vanilla_adv", gap))


@claim(
    "MFC-ADV is best",
    _THIRD,
    "at equal error the gap is no larger for MFC-ADV than for vanilla-ADV or BC",
    _RISE,
    VISIBLE,
)
def mfc_adv_is_best(sweep, properties, gap):
    return worst(sweep, lambda panel: max(rise(panel, "mfc_adv", other, gap) for other in ("vanilla_adv", "bc")))


@claim(
    "vanilla-ADV beats BC",
    "summary",
    "at equal error the gap is no larger for vanilla-ADV than for BC",
    _RISE,
    VISIBLE,
)
def vanilla_adv_beats_bc(sweep, properties, gap):
    return worst(sweep, lambda panel: rise(panel, "vanilla_adv", "bc", gap))
