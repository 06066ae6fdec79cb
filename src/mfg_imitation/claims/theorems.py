"""The theorems' own scorecard: what the paper proves and what this project adds, each held against one number.

A claim holds when its number is at most its threshold; a number that the grid leaves out is "not measured".
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mfg_imitation.names import SWEPT

ROUNDING = 1e-9  # what float64 leaves of inequalities between sums over the horizon, with room to spare
NEAR = 0.1  # a fitted exponent this near to the theory's, as a share of it, agrees with it: horizons are finite
TIGHT = 0.01  # a bound of which at most this share is unused is tight
QUADRATIC = 2  # the power of H by which the MFC-ADV bound grows


def theorems(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per claim.

    Args:
        tables: steps (`verification.summary`), proof and exponents (`tightness`), frontier (`frontier.frontier`, of all
            games), growth (`frontier_growth`) and worst_games (`worst_game.worst_games`).

    Returns:
        Columns claim, where, measure, measured, threshold, verdict ("holds", "fails" or "not measured").
    """
    rows = [*_verified(tables["steps"]), *_lower_bound(tables["proof"], tables["exponents"])]
    rows += [*_frontier(tables["frontier"], tables["growth"]), *_tightest(tables["worst_games"])]
    table = pd.DataFrame(rows, columns=["claim", "where", "measure", "measured", "threshold"])
    verdict = np.where(table["measured"] <= table["threshold"], "holds", "fails")
    return table.assign(verdict=np.where(table["measured"].isna(), "not measured", verdict))


def frontier_growth(frontier: pd.DataFrame) -> pd.DataFrame:
    """How the frontier per unit of error grows with H, at the smallest error.

    Returns:
        One row per game and proxy with at least two horizons: game, proxy, error, shortest and longest (H),
        frontier_first and frontier_last (NIG / e there), share (of the bound that the frontier reaches at the longest),
        power (slope of log(NIG / e) on log H: 2 is quadratic, 1 linear, 0 bounded) and bound_power (the same of the
        theorem's bound).
    """
    rows = []
    small = frontier[frontier["error"] == frontier["error"].min()]
    for (game, proxy), group in small.groupby(["game", "proxy"], sort=False):
        group = group.sort_values("horizon")
        if len(group) < 2:
            continue
        length = np.log(group["horizon"])
        rows.append(
            {
                "game": game,
                "proxy": proxy,
                "error": group["error"].iloc[0],
                "shortest": group["horizon"].iloc[0],
                "longest": group["horizon"].iloc[-1],
                "frontier_first": (group["frontier"] / group["error"]).iloc[0],
                "frontier_last": (group["frontier"] / group["error"]).iloc[-1],
                "share": (group["frontier"] / group["bound"]).iloc[-1],
                "power": np.polyfit(length, np.log(group["frontier"]), 1)[0],
                "bound_power": np.polyfit(length, np.log(group["bound"]), 1)[0],
            }
        )
    columns = "game proxy error shortest longest frontier_first frontier_last share power bound_power"
    return pd.DataFrame(rows, columns=columns.split())


def _verified(steps):
    for row in steps.itertuples():
        where = "Section 4" if row.step.startswith("Theorem") else "Appendix B"
        yield (
            f"{row.step} (constants re-derived)",
            where,
            f"violations in {row.checks} checks, {row.games} random games",
            row.violations,
            0,
        )


def _lower_bound(proof, exponents):
    for row in proof.itertuples():
        measure = f"largest (left - right) / right, {row.points} places"
        yield f"lower bound, {row.slip} slip, step {row.step}", "this project", measure, row.excess, ROUNDING
    for slip, name in (("steady", "BC"), ("single", "vanilla-ADV")):
        here = exponents[exponents["slip"] == slip]
        amplified = here[here[SWEPT] > 0]
        off = (amplified["fitted"] / amplified["theory"] - 1).abs().max()
        measure = f"largest relative distance of the fitted exponent from log(1 + L_P), {slip} slip"
        yield f"NIG per unit of {name} error grows like (1 + L_P)^H", "this project", measure, off, NEAR
        measure = f"largest relative growth of NIG / bound from one H to the next, {slip} slip"
        yield "the MFC-ADV bound is ever looser with H", "this project", measure, here["mfc_rise"].max(), -ROUNDING


def _frontier(frontier, growth):
    where, over = "this project", "over all games, horizons and errors"
    below = (frontier["family"] - frontier["frontier"]).max()
    yield "the frontier is above the family of slips", where, f"largest family less frontier, {over}", below, ROUNDING
    above = (frontier["frontier"] - frontier["bound"]).max()
    yield "the frontier is below the theorems", "Section 4", f"largest frontier less bound, {over}", above, ROUNDING
    infeasible = (frontier["reached"] / frontier["error"] - 1).max()
    yield (
        "the frontier is feasible",
        where,
        "largest (proxy - e) / e, measured again by the engine",
        infeasible,
        ROUNDING,
    )
    power = growth.loc[growth["proxy"] == "mfc_adv", "power"].max()
    measure = "2 less the largest power of H by which the MFC-ADV frontier of a game grows"
    yield "the quadratic growth of the MFC-ADV bound is needed", where, measure, QUADRATIC - power, NEAR


def _tightest(worst_games):
    for (interaction, slope), group in worst_games.groupby(["interaction", SWEPT], sort=False):
        reward = "a reward that depends on the population" if interaction == "free" else "L_r = 0"
        longest = group.loc[group["horizon"].idxmax()]
        measure = f"share of the bound left unused by the game found, H = {longest['horizon']}"
        yield (
            f"a search uses the MFC-ADV bound up, {reward}, L_P = {slope:g}",
            "this project",
            measure,
            1 - longest["ratio"],
            TIGHT,
        )
