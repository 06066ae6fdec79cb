"""What the paper proves and what this project adds, each held against one number: the theorems' own scorecard.

The tables are steps (`theory.random_games.summary`), proof and exponents (`theory.lower_bound`), frontier, of all
games, and growth (`theory.worst_policy`), and worst_games (`theory.worst_game`).
"""

from mfg_imitation.claims.claim import claim
from mfg_imitation.io.reference import PRECISION
from mfg_imitation.names import ROUNDING, SWEPT

NEAR = 0.1  # a fitted exponent this near to the theory's, as a share of it, agrees with it: horizons are finite
TIGHT = 0.01  # a bound of which at most this share is unused is tight
QUADRATIC = 2  # the power of H by which the MFC-ADV bound grows

OURS = "this project"


def _row(claim, where, measure, measured, threshold, precision=0.0):
    row = {"claim": claim, "where": where, "measure": measure, "measured": measured, "threshold": threshold}
    return {**row, f"measured{PRECISION}": precision}


@claim("theorems")
def inequalities_hold(tables):
    for row in tables["steps"].itertuples():
        where = "Section 4" if row.step.startswith("Theorem") else "Appendix B"
        measure = f"violations in {row.checks} checks, {row.games} random games"
        yield _row(f"{row.step} (constants re-derived)", where, measure, row.violations, 0)


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
def quadratic_growth_is_needed(tables):
    growth = tables["growth"]
    quadratic = growth[growth["proxy"] == "mfc_adv"]
    fastest = quadratic[quadratic["power"] == quadratic["power"].max()]
    power, precision = (fastest[name].max() for name in ("power", f"power{PRECISION}"))
    measure = "2 less the largest power of H by which the MFC-ADV frontier of a game grows"
    yield _row("the quadratic growth of the MFC-ADV bound is needed", OURS, measure, QUADRATIC - power, NEAR, precision)


@claim("theorems")
def search_uses_the_bound_up(tables):
    for (interaction, slope), group in tables["worst_games"].groupby(["interaction", SWEPT], sort=False):
        reward = "a reward that depends on the population" if interaction == "free" else "L_r = 0"
        longest = group.loc[group["horizon"].idxmax()]
        name = f"a search uses the MFC-ADV bound up, {reward}, L_P = {slope:g}"
        measure = f"share of the bound left unused by the game found, H = {longest['horizon']}"
        yield _row(name, OURS, measure, 1 - longest["ratio"], TIGHT, longest[f"ratio{PRECISION}"])
