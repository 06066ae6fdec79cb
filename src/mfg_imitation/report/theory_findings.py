"""What the page on the theorems says of its tables in sentences."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.names import ROUNDING, SYMBOLS


def _values(column: pd.Series) -> str:
    return ", ".join(f"{value:g}" for value in sorted(column.unique()))


def random_games_said(games: pd.DataFrame) -> str:
    """What the random games are."""
    left = games["exploitability"]
    return (
        f"{len(games)} random games (Garnets, from {games['states'].min()} to {games['states'].max()} states, horizons "
        f"{_values(games['horizon'])}, L_P from {games['transition_lipschitz'].min():g} to "
        f"{games['transition_lipschitz'].max():g}, L_r from "
        f"{games['reward_lipschitz'].min():g} to {games['reward_lipschitz'].max():g}), {games['policies'].max()} "
        f"policies in each at several "
        f"distances from its expert. The experts are solved for; what is left of their exploitability (median "
        f"{left.median():.1g}; below 1e-6 "
        f"in {(left < 1e-6).mean():.0%} of the games, {left.max():.2g} at most) is subtracted from their gaps. "
        f"Bounds for all games are far "
        "from equality on such games: they could be many times smaller, and no random game would say so. What tests "
        "them is a game that "
        "uses them up."
    )


def biting_games_said(games: pd.DataFrame, steps: pd.DataFrame, random_steps: pd.DataFrame) -> str:
    """What the games are that use bounds up, and how many inequalities were violated."""
    checks, violations = ((random_steps[name].sum() + steps[name].sum()) for name in ("checks", "violations"))
    return (
        f"{len(games)} games bite: the bridge (below), the sheltered attractor and the decoy, with L_P up to "
        f"{games['transition_lipschitz'].max():g} (kernels steeper than 1 are clipped), each as it is and with "
        f"random taxes on what the "
        f"expert does not play; and games with mixed experts, known or solved for to "
        f"{games['exploitability'].max():.1g} at most. Of "
        f"{checks:,} inequalities in all **{violations}** are violated by more than 1e-9 of the right side and "
        f"1e-12. *Sharpness* is the "
        "largest left / right over n ≥ 1 and games with L_P > 0: the right side could be smaller by what is missing "
        "from 1, and no game here "
        "would refute it."
    )


def steps_table(random_steps: pd.DataFrame, biting_steps: pd.DataFrame) -> pd.DataFrame:
    """Theorems and steps of their proofs, on random games and on those that bite."""
    shared = ["step", "checks", "violations", "sharpness"]
    where = biting_steps["sharpest"].replace(SYMBOLS, regex=True)
    biting = biting_steps[shared].assign(sharpest=where)
    return random_steps[shared].merge(biting, on="step", suffixes=("_random", "_biting"))


def shares_reached(bridge: pd.DataFrame) -> pd.DataFrame:
    """Of every bound the least and the largest share that the bridge reaches at its smallest amplified error, and the
    least that is proved: indexed by proxy, columns ratio_low, ratio_high, proved_low."""
    tight = bridge[bridge["amplified_error"] == bridge["amplified_error"].min()]
    return tight.groupby("proxy", sort=False).agg(
        ratio_low=("ratio", "min"), ratio_high=("ratio", "max"), proved_low=("proved", "min")
    )


def bridge_said(bridge: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """How much of the bounds the bridge uses up."""
    words = ", ".join(
        f"{labels[name]} {row.ratio_low:.5f} to {row.ratio_high:.5f} (proved {row.proved_low:.5f})"
        for name, row in shares_reached(bridge).iterrows()
    )
    return (
        f"Measured at L_P = {_values(bridge['transition_lipschitz'])}, L_r = {_values(bridge['reward_lipschitz'])}, "
        f"H = {_values(bridge['horizon'])}, w = {_values(bridge['fall'])}, θ up to "
        f"{bridge['amplified_error'].min():g}: NIG / bound is {words}. "
        f"The expert's exploitability is {bridge['exploitability'].max():.1g} at most."
    )


def shares_table(bridge: pd.DataFrame) -> pd.DataFrame:
    """Shares of the bounds that are reached, and proved, by slip and amplified error."""
    frame = bridge.groupby(["slip", "amplified_error"], sort=False)[["ratio", "proved"]].agg(["min", "max"])
    frame.columns = [f"{name} {end}" for name, end in frame.columns]
    return frame.reset_index()


def with_verdict(proof: pd.DataFrame) -> pd.DataFrame:
    """The steps of a proof, and whether they hold."""
    return proof.assign(verdict=proof["excess"].le(ROUNDING).map({True: "holds", False: "fails"}))


def exponents_said(tightness: pd.DataFrame, exponents: pd.DataFrame) -> str:
    """How fast the gap grows per unit of error, beside what the theorem says."""
    amplified = exponents[exponents["transition_lipschitz"] > 0]
    off = (amplified["fitted"] / amplified["theory"] - 1).abs().max()
    return (
        f"At the smallest amplified error (θ up to {tightness['amplified_error'].min():g}) and H = "
        f"{_values(tightness['horizon'])}: fitted is "
        f"the slope of log(NIG / error) on H over the longer horizons, beside log(1 + L_P); they differ by at most "
        f"{off:.1%}. The ratios of "
        "NIG to the tight bound lie just above the constant 1/2 and come down to it; NIG over the MFC-ADV bound "
        "falls from "
        f"H = {tightness['horizon'].min()} (mfc first) to H = {tightness['horizon'].max()} (mfc last); mfc power is "
        f"the power of H by which NIG "
        "per unit of MFC-ADV error still grows."
    )


def frontiers_said(growth: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """How the frontiers of the two smallest errors grow with the horizon."""
    lines = []
    for proxy in ("mfc_adv", "deviation"):
        here = growth[growth["proxy"] == proxy].sort_values("power")
        if len(here):
            seen = ", ".join(
                f"{row.game.replace('_', ' ')} $H^{{{row.power:.3f}}}$ (its bound $H^{{{row.bound_power:.3f}}}$)"
                for row in here.itertuples()
            )
            lines.append(
                f"**How does the {labels[proxy]} frontier grow?** From H = {here['shortest'].min()} to H = "
                f"{here['longest'].max()}: {seen}."
            )
    if len(growth):
        lines.append(
            "Short horizons are no powers: over them $(H - 1)(H - 2)$ itself grows like "
            f"$H^{{{growth['pairs_power'].max():.3f}}}$, which is what the decoy's MFC-ADV frontier is made of; to "
            f"be compared with that, and "
            "not with 2. The bridge's grows as its bound does. By the deviation error, the decoy's is $H / 2$ per "
            "unit of error, which is "
            "linear. The bridge's adds to that what imitators lose who slip late, when it changes little for "
            "deviators: about the square "
            "root of H, so that it is linear for long horizons only."
        )
    return lines


def worst_games_said(games: pd.DataFrame) -> list[str]:
    """Which shares of the MFC-ADV bound the search for a worst game reached."""
    lines = []
    for (interaction, slope), group in games.groupby(["interaction", "transition_lipschitz"], sort=False):
        reward = (
            "a reward that may depend on the population"
            if interaction == "free"
            else "a reward that does not (L_r = 0)"
        )
        ratios = ", ".join(f"{row.ratio:.4f} (H = {row.horizon})" for row in group.itertuples())
        lines.append(f"L_P = {slope:g}, {reward}: {ratios}")
    return lines
