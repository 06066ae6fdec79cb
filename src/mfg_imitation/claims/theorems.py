"""What the paper proves and what this project adds, each held against one number: the theorems' own scorecard.

The tables are steps and biting_steps (`theory.examination.summary`, of random games and of games that use the bounds
up), bridge and bridge_proof (`theory.bridge`), proof and exponents (`theory.lower_bound`), frontier, of all games, and
growth (`theory.worst_policy`), and worst_games (`theory.worst_game`).
"""

from mfg_imitation.claims.claim import claim
from mfg_imitation.io.reference import PRECISION
from mfg_imitation.names import ROUNDING, SWEPT

NEAR = 0.1  # a fitted exponent this near to the theory's, as a share of it, agrees with it: horizons are finite
TIGHT = 0.01  # a bound of which at most this share is unused is tight
SHARP = 0.02  # an inequality whose right side could not be less by more than this share is checked
ATTAINED = 0.001  # the bridge leaves at most this share of a bound unused

OURS = "this project"


def _row(claim, where, measure, measured, threshold, precision=0.0):
    row = {"claim": claim, "where": where, "measure": measure, "measured": measured, "threshold": threshold}
    return {**row, f"measured{PRECISION}": precision}


@claim("theorems")
def inequalities_hold(tables):
    steps = tables["steps"].merge(tables["biting_steps"], on="step", suffixes=("", "_biting"))
    for row in steps.itertuples():
        checks, violations = row.checks + row.checks_biting, row.violations + row.violations_biting
        measure = f"violations in {checks} checks, {row.games} random games and {row.games_biting} that bite"
        yield _row(row.step, _where(row.step), measure, violations, 0)
    for row in steps.itertuples():
        unused = 1 - max(row.sharpness, row.sharpness_biting)
        measure = "share of the right side that could be taken away unnoticed, over all games with L_P > 0"
        yield _row(f"{row.step}: a right side that is 2% less would be refuted", OURS, measure, unused, SHARP)


def _where(step):
    if step.endswith("(ours)"):
        return OURS
    return "Section 4 (constants re-derived)" if step.startswith("Theorem") else "Appendix B"


@claim("theorems")
def bounds_are_attained(tables):
    for row in tables["bridge_proof"].itertuples():
        measure = f"largest (left - right) / right, {row.points} places"
        yield _row(f"bridge, {row.slip} slip, step {row.step}", OURS, measure, row.excess, ROUNDING)
    table = tables["bridge"]
    for proxy, group in table[table["amplified_error"] == table["amplified_error"].min()].groupby("proxy", sort=False):
        measure = "largest share of the bound left unused, over all L_P, L_r and H"
        yield _row(f"the bridge uses the {proxy} bound up", OURS, measure, 1 - group["ratio"].min(), ATTAINED)


@claim("theorems")
def lower_bound_is_proved(tables):
    for row in tables["proof"].itertuples():
        measure = f"largest (left - right) / right, {row.points} places"
        yield _row(f"lower bound, {row.slip} slip, step {row.step}", OURS, measure, row.excess, ROUNDING)


@claim("theorems")
def errors_are_amplified(tables):
    exponents = tables["exponents"]
    for slip, name in (("steady", "BC"), ("single", "vanilla-ADV")):
        here = exponents[exponents["slip"] == slip]
        amplified = here[here[SWEPT] > 0]
        off = (amplified["fitted"] / amplified["theory"] - 1).abs().max()
        measure = f"largest relative distance of the fitted exponent from log(1 + L_P), {slip} slip"
        yield _row(f"NIG per unit of {name} error grows like (1 + L_P)^H", OURS, measure, off, NEAR)
        measure = f"largest relative growth of NIG / bound from one H to the next, {slip} slip"
        yield _row("the MFC-ADV bound is ever looser with H", OURS, measure, here["mfc_rise"].max(), -ROUNDING)


@claim("theorems")
def frontier_lies_between(tables):
    frontier, over = tables["frontier"], "over all games, horizons and errors"
    below = (frontier["family"] - frontier["frontier"]).max()
    measure = f"largest family less frontier, {over}"
    yield _row("the frontier is above the family of slips", OURS, measure, below, ROUNDING)
    above = (frontier["frontier"] - frontier["bound"]).max()
    measure = f"largest frontier less bound, {over}"
    yield _row("the frontier is below the theorems", "Section 4", measure, above, ROUNDING)
    infeasible = (frontier["reached"] / frontier["error"] - 1).max()
    measure = "largest (proxy - e) / e, measured again by the engine"
    yield _row("the frontier is feasible", OURS, measure, infeasible, ROUNDING)


@claim("theorems")
def growth_of_the_frontiers(tables):
    growth = tables["growth"].assign(behind=lambda table: table["bound_power"] - table["power"])
    for proxy, name in (
        ("mfc_adv", "quadratic growth of the MFC-ADV"),
        ("deviation", "linear growth of the deviation"),
    ):
        here = growth[growth["proxy"] == proxy]
        nearest = here[here["behind"] == here["behind"].min()]
        behind, precision = (nearest[name].max() for name in ("behind", f"power{PRECISION}"))
        measure = "smallest power of H by which a game's frontier grows less than the bound"
        yield _row(f"the {name} bound is needed", OURS, measure, behind, NEAR, precision)


@claim("theorems")
def search_uses_the_bound_up(tables):
    for (interaction, slope), group in tables["worst_games"].groupby(["interaction", SWEPT], sort=False):
        reward = "a reward that depends on the population" if interaction == "free" else "L_r = 0"
        longest = group.loc[group["horizon"].idxmax()]
        name = f"a search uses the MFC-ADV bound up, {reward}, L_P = {slope:g}"
        measure = f"share of the bound left unused by the game found, H = {longest['horizon']}"
        yield _row(name, OURS, measure, 1 - longest["ratio"], TIGHT, longest[f"ratio{PRECISION}"])
