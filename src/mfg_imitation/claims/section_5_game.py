"""What Section 5 of the paper says of the Attractor MFG and of the policies pi_alpha, claim by claim.

The formulas were missing in the text that this project had. One that is marked as inferred is what the words around it,
and the steps before it, leave. The tables are sweep (`studies.sweep`) and properties (`studies.attractor_properties`)
of the paper's game.
"""

from mfg_imitation.claims.claim import statement
from mfg_imitation.names import ROUNDING

_EVERY_PANEL = "; the largest over all panels"
_PATH = "the policies pi_alpha"


@statement(
    "section_5",
    "Lipschitz constant",
    where="the game",
    says="the kernel's Lipschitz constant in the population is L_P",
    measure="distance of the steepest sampled slope of the kernel from L_P" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def lipschitz_constant(tables, gap):
    return tables["properties"]["lipschitz_error"].max()


@statement(
    "section_5",
    "expert is Nash",
    where="the game",
    says="every policy that plays a0 in s0 is a Nash equilibrium",
    measure="exploitability of the expert, with random actions wherever it never goes" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def expert_is_nash(tables, gap):
    return tables["properties"]["expert_exploitability"].max()


@statement(
    "section_5",
    "expert stays in s0",
    where="the game",
    says="with the expert the whole population is in s0 at every step",
    measure="1-norm between the expert's flow and the initial distribution" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def expert_stays_in_s0(tables, gap):
    return tables["properties"]["expert_drift"].max()


@statement(
    "section_5",
    "expert is a social optimum",
    where="the game",
    says="no policy of the whole population earns it more than the expert does",
    measure="best value found by ascent through the population, less the expert's" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def expert_is_a_social_optimum(tables, gap):
    return tables["properties"]["social_improvement"].max()


@statement(
    "section_5",
    "bound on the gap",
    where="Eq. 26 (inferred)",
    says="no policy has a gap above H - 1",
    measure=f"excess over H - 1 of the gap of {_PATH} and of random policies" + _EVERY_PANEL,
    threshold=ROUNDING,
)
def bound_on_the_gap(tables, gap):
    return tables["properties"][f"{gap}_above_bound"].max()


@statement(
    "section_5",
    "pi_1 is worst",
    where=_PATH,
    says="pi_1 is a worst-case policy",
    measure=f"largest gap of {_PATH} and of random policies, less that of pi_1" + _EVERY_PANEL,
    threshold=ROUNDING,
)
def pi_1_is_worst(tables, gap):
    return tables["properties"][f"{gap}_above_last"].max()


@statement(
    "section_5",
    "no choice in s1",
    where=_PATH,
    says="what is played in s1 has no influence",
    measure="change of the gap when actions are random wherever the expert never goes" + _EVERY_PANEL,
    threshold=ROUNDING,
)
def no_choice_in_s1(tables, gap):
    return tables["properties"][f"{gap}_off_path"].max()


@statement(
    "section_5",
    "BC error",
    where="Eq. 28 (inferred)",
    says="the BC error of pi_alpha is 2 alpha",
    measure="deviation from 2 alpha" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def bc_error(tables, gap):
    return (tables["sweep"]["bc"] - 2 * tables["sweep"]["alpha"]).abs().max()


@statement(
    "section_5",
    "errors by induction",
    where="Eqs. 29-32 (inferred)",
    says="an induction over s0 alone gives the vanilla-ADV and MFC-ADV errors",
    measure="deviation of the induction, re-derived, from the generic engine" + _EVERY_PANEL,
    threshold=ROUNDING,
    of_gap=False,
)
def errors_by_induction(tables, gap):
    return tables["properties"]["induction_errors"].max()


@statement(
    "section_5",
    "gap by induction",
    where="Eq. 33 (inferred)",
    says="the same induction gives the gap directly, as the value that the population loses",
    measure="deviation of the sum over n of mu_n(s1), by induction, from the gap" + _EVERY_PANEL,
    threshold=ROUNDING,
)
def gap_by_induction(tables, gap):
    return tables["properties"][f"{gap}_induction"].max()
