"""What the paper says of earlier work in Section 3, in our words, held against numbers.

The tables are methods (`studies.earlier_work.all_demonstrations`), population (`estimated_population`) and temperatures
(`studies.temperature.quantal_responses`), each behind a column case.
"""

import numpy as np
import scipy

from mfg_imitation.claims.claim import claim
from mfg_imitation.names import ROUNDING

#: Losses, in units of the reward's range times the horizon: what is plain, and what is as good as none.
PLAIN, NONE = 1e-3, 1e-3

#: A slope within so much of what is said, and the level of the tests.
NEAR, LEVEL = 0.1, 0.05

#: Two policies that are farther apart are two (1-norm at a step and a state).
APART = 1e-6


@claim("earlier_work")
def control_is_biased(tables):
    """Section 3 on Yang et al. (2017)."""
    table = tables["methods"]
    for (case, features), group in table.groupby(["case", "features"], sort=False):
        losses = (group.set_index("method")["loss"] / group["unit"].iloc[0]).to_dict()
        if "control" not in losses:
            continue
        gain, of = group["social_gain"].iloc[0] / group["unit"].iloc[0], f"rewards of the class {features}"
        if gain > ROUNDING:
            measure = (
                f"{of}, all demonstrations: loss of MFIRL less that of Yang et al., in units of the reward's range "
                f"times the horizon; the best policy found for the whole population earns {gain:.2g} more"
            )
            says = "experts taken for a social optimum, though they are none: the reward is biased"
            yield _row(says, case, measure, losses["margin"] - losses["control"], -PLAIN)
        else:
            says = "experts taken for a social optimum, which they are: the reduction works"
            measure = f"{of}, all demonstrations: loss of Yang et al., in the same units"
            yield _row(says, case, measure, losses["control"], NONE)


@claim("earlier_work")
def population_is_estimated(tables):
    """Section 3 on MFIRL (Chen et al. 2022) and, point (i), on MF-AIRL (Chen et al. 2021)."""
    for case, group in tables["population"].groupby("case", sort=False):
        medians = group.groupby("demonstrations")["population_error"].median()
        if medians.iloc[0] <= ROUNDING:
            continue  # nobody ever moves: there is nothing to estimate
        slope = scipy.stats.linregress(np.log(medians.index), np.log(medians)).slope
        measure = "distance of the slope of the median error of the population in M, both in logarithms, from -1/2"
        yield _row(
            "the population is estimated from samples, with an error like 1/sqrt(M)",
            case,
            measure,
            abs(slope + 0.5),
            NEAR,
        )
        few = group[group["demonstrations"] == medians.index.min()]
        for method, name in (("margin", "MFIRL"), ("entropy", "MF-AIRL")):
            rows = few[few["method"] == method]
            more = rows["loss_estimated"] - rows["loss_known"]
            more = more.where(more.abs() > ROUNDING * rows["unit"], 0.0)
            chance = scipy.stats.wilcoxon(more, alternative="greater").pvalue if (more != 0).any() else 1.0
            medians = {name: (rows[f"loss_{name}"] / rows["unit"]).median() for name in ("known", "estimated")}
            measure = (
                f"p of Wilcoxon's one-sided test, {len(rows)} samples of {few['demonstrations'].iloc[0]}; median loss "
                f"{medians['known']:.2g} of the unit with the population known, {medians['estimated']:.2g} estimated"
            )
            yield _row(f"{name} loses by estimating the population", case, measure, chance, LEVEL)


@claim("earlier_work")
def entropy_makes_unique(tables):
    """Section 3: the entropy "guarantees that the MFG has a unique equilibrium"."""
    for case, group in tables["temperatures"].groupby("case", sort=False):
        several = group[group["apart"] > APART]
        upto = f"; apart up to {several['share'].max():g} of the reward's range" if len(several) else ""
        measure = "largest 1-norm between two quantal responses, over all temperatures" + upto
        yield _row("with the entropy the equilibrium is unique", case, measure, group["apart"].max(), APART)


@claim("earlier_work")
def quantal_responses_approach_nash(tables):
    for case, group in tables["temperatures"].groupby("case", sort=False):
        measure = "largest exploitability / (temperature H log A)"
        yield _row(
            "the exploitability of a quantal response is at most its temperature times H log A",
            case, measure, (group["exploitability"] / group["bound"]).max(), 1 + ROUNDING, where="ours",
        )  # fmt: skip


@claim("earlier_work")
def they_do_so_at_a_rate(tables):
    for case, group in tables["temperatures"].groupby("case", sort=False):
        seen = group[group["exploitability"] > ROUNDING]
        if len(seen) < 2:
            continue
        rate = scipy.stats.linregress(np.log(seen["temperature"]), np.log(seen["exploitability"])).slope
        measure = f"fitted power of the temperature, from {seen['share'].min():g} of the reward's range on, negative"
        says = "the exploitability of quantal responses falls to 0 at least linearly in the temperature"
        yield _row(says, case, measure, -rate, NEAR - 1, where="ours")


@claim("earlier_work")
def rewards_of_the_steps_suffice(tables):
    """Section 3, last paragraph: in the experts' population a reward that does not look at it suffices."""
    table = tables["methods"]
    for row in table[(table["features"] == "steps") & (table["method"] == "entropy")].itertuples():
        measure = "vanilla-ADV error of MF-AIRL's policy, all demonstrations, a reward r_n(s, a)"
        says = "in the experts' population, rewards of step, state and action explain all that experts do"
        yield _row(says, row.case, measure, row.vanilla_adv, PLAIN)


@claim("earlier_work")
def the_experts_population_does_not_suffice(tables):
    """Section 3, point (ii) on MF-AIRL: what it guarantees is an error in the experts' population."""
    table = tables["methods"]
    near = table[(table["method"] == "entropy") & (table["vanilla_adv"] <= PLAIN)]
    if near.empty:
        return
    worst = near.loc[(near["loss"] / near["unit"]).idxmax()]
    measure = (
        f"largest loss of MF-AIRL's policy where its vanilla-ADV error is at most {PLAIN:g}, all demonstrations, in "
        f"units of the reward's range times the horizon, negative; there the error is {worst['vanilla_adv']:.2g}"
    )
    says = "near the experts in their population is not near them in the own one"
    yield _row(says, worst["case"], measure, -worst["loss"] / worst["unit"], -PLAIN)


def _row(says, case, measure, measured, threshold, where="Section 3"):
    return {
        "claim": says,
        "where": where,
        "case": case,
        "measure": measure,
        "measured": measured,
        "threshold": threshold,
    }
