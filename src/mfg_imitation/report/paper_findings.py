"""What the page on the paper says of its tables in sentences."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.claims.section_5_observations import LONGEST
from mfg_imitation.names import GAPS, JUDGED_GAPS, SWEPT
from mfg_imitation.report.findings import failing, verdicts

#: The gaps that Section 5 may speak of, in words.
NAMES = {gap: GAPS[gap] for gap in JUDGED_GAPS}

#: What the scorecard calls the claim by which the two gaps are told apart.
INDUCTION = "gap by induction"


def imitators_said(sweep: pd.DataFrame) -> str:
    """Which policies a sweep measures."""
    count = sweep.groupby([SWEPT, "horizon"]).size()
    smallest = sweep.loc[sweep["alpha"] > 0, "alpha"].min()
    return (
        f"Each gap against each proxy along the policies pi_alpha, between {count.min()} and {count.max()} values of "
        f"alpha in a "
        f"panel, from {smallest:.0e} to 1."
    )


def induction_said(scorecard: pd.DataFrame) -> str:
    """Which gap the induction of Section 5 computes."""
    rows = scorecard[scorecard["claim"] == INDUCTION].set_index("gap")
    value, nash = (rows.loc[gap] for gap in ("population_value_gap", "nash_imitation_gap"))
    return (
        "Section 5 says that the NIG follows directly from the induction over the occupancies (Eq. 33, inferred), as "
        "the value that the "
        f"population loses. That sum {'is' if value['verdict'] == 'holds' else 'is not'} the population value gap "
        f"(largest deviation "
        f"{value['measured']:.1e}), and it {'is' if nash['verdict'] == 'holds' else 'is **not**'} the Nash imitation "
        f"gap of Definition 7 "
        f"(largest deviation {nash['measured']:.3g}): a best response is drawn into s1 by the same population, so "
        f"deviating gains less "
        "than the population has lost."
    )


def observations_said(scorecard: pd.DataFrame) -> list[str]:
    """How many checks of the three observations hold, for either gap, and what fails."""
    counts = verdicts(scorecard[scorecard["where"].str.contains("observation")])
    return [
        f"Of the three observations' {counts.loc[gap].sum()} checks, {counts.loc[gap, 'holds']} hold for the {name}. "
        f"Failing among all "
        f"claims: {', '.join(failing(scorecard, gap)) or 'none'}."
        for gap, name in NAMES.items()
    ]


def horizons_table(horizons: pd.DataFrame) -> pd.DataFrame:
    """From which horizon on vanilla-ADV is more like BC: a row for every L_P, a column for either gap."""
    words = horizons["horizon"].map(lambda h: f"none up to {LONGEST}" if h == float("inf") else f"{h:.0f}")
    shown = horizons.assign(horizon=words).set_index([SWEPT, "gap"])["horizon"].unstack()[list(NAMES)]  # noqa: PD010
    return shown.rename(columns=NAMES).rename_axis("L_P", columns=None).reset_index()


def largest_table(sweep: pd.DataFrame, gap: str) -> pd.DataFrame:
    """The largest gap on the path: a row for every L_P, a column for every horizon."""
    frame = sweep.pivot_table(index=SWEPT, columns="horizon", values=gap, aggfunc="max")
    return frame.rename(columns="H = {}".format).rename_axis("L_P", columns=None).reset_index()


def one_policy_said(sweep: pd.DataFrame, slope: float = 1, horizon: int = 10, alpha: float = 0.1) -> str:
    """One policy in numbers; empty where the sweep has none at this point."""
    point = sweep[(sweep["horizon"] == horizon) & (sweep[SWEPT] == slope)]
    if point.empty:
        return ""
    row = point.loc[(point["alpha"] - alpha).abs().idxmin()]
    return (
        f"One policy in numbers: at L_P = {slope:g}, H = {horizon} and α = {row['alpha']:.3g} the population value "
        f"gap is "
        f"{row['population_value_gap']:.3f} and the Nash imitation gap {row['nash_imitation_gap']:.4f}."
    )


def claims_table(scorecard: pd.DataFrame) -> pd.DataFrame:
    """The scorecard as readers see it: with the condition of every claim, without its short name."""
    return scorecard.assign(gap=scorecard["gap"].map(NAMES).fillna("")).drop(columns="claim")


def fixed_parameters(declaration: Mapping, swept: pd.DataFrame) -> str:
    """The parameters of a game that a sweep does not change, with their values, as plain text; empty without any."""
    given = declaration.get("parameters", {}).items()
    fixed = [f"{spec.get('symbol', key)} = {spec['value']}" for key, spec in given if key not in swept]
    return f", with {', '.join(fixed)}" if fixed else ""
