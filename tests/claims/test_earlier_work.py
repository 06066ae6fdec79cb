"""What the paper says of earlier work: verdicts follow from numbers, and other numbers turn them."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.claims.claim import scorecard


@pytest.fixture
def tables():
    methods = pd.DataFrame(
        {
            "case": ["apart"] * 3 + ["together"] * 3,
            "features": ["table", "table", "steps"] * 2,
            "method": ["control", "margin", "entropy"] * 2,
            "loss": [5.0, 1.0, 3.0, 0.0, 0.0, 0.0],
            "vanilla_adv": [1.0, 1.0, 1e-5, 0.0, 0.0, 1e-5],
            "social_gain": [2.0] * 3 + [0.0] * 3,
            "unit": 10.0,
        }
    )
    rows = [
        {
            "case": "apart",
            "seed": seed,
            "demonstrations": m,
            "method": method,
            "population_error": (1 + 0.01 * seed) / np.sqrt(m),
            "loss_known": 0.1,
            "loss_estimated": 0.1 + (0.1 if method == "margin" else -0.05),
            "unit": 10.0,
        }
        for seed in range(8)
        for m in (10, 1000)
        for method in ("margin", "entropy")
    ]
    temperatures = pd.DataFrame(
        {"share": [0.01, 1.0], "exploitability": [0.01, 1.0], "bound": [0.1, 10.0], "apart": [np.nan, 0.0]}
    ).assign(case="apart", temperature=[0.02, 2.0])
    return {"methods": methods, "population": pd.DataFrame(rows), "temperatures": temperatures}


def verdicts(tables):
    return scorecard("earlier_work", tables).set_index(["claim", "case"])["verdict"].to_dict()


def test_what_these_numbers_say(tables):
    suffices = "in the experts' population, rewards of step, state and action explain all that experts do"
    assert verdicts(tables) == {
        ("experts taken for a social optimum, though they are none: the reward is biased", "apart"): "holds",
        ("experts taken for a social optimum, which they are: the reduction works", "together"): "holds",
        ("the population is estimated from samples, with an error like 1/sqrt(M)", "apart"): "holds",
        ("MFIRL loses by estimating the population", "apart"): "holds",
        ("MF-AIRL loses by estimating the population", "apart"): "fails",
        ("with the entropy the equilibrium is unique", "apart"): "holds",
        ("the exploitability of a quantal response is at most its temperature times H log A", "apart"): "holds",
        ("the exploitability of quantal responses falls to 0 at least linearly in the temperature", "apart"): "holds",
        ("near the experts in their population is not near them in the own one", "apart"): "holds",
        (suffices, "apart"): "holds",
        (suffices, "together"): "holds",
    }


@pytest.mark.parametrize(
    ("table", "column", "value", "claim"),
    [
        ("methods", "loss", 0.2, "experts taken for a social optimum, which"),
        ("methods", "loss", 0.2, "experts taken for a social optimum, though"),
        ("methods", "vanilla_adv", 0.1, "in the experts' population, rewards"),
        ("methods", "loss", 1e-3, "near the experts in their population"),
        ("population", "population_error", 0.5, "the population is estimated"),
        ("population", "loss_estimated", 0.1, "MFIRL loses"),
        ("temperatures", "apart", 0.1, "with the entropy"),
        ("temperatures", "exploitability", 11.0, "the exploitability of a quantal response"),
    ],
)
def test_another_number_turns_the_verdict(tables, table, column, value, claim):
    before = verdicts(tables)
    tables[table] = tables[table].assign(**{column: value})
    after = verdicts(tables)
    turned = {name for name, case in before if before[name, case] == "holds" and after.get((name, case)) == "fails"}
    assert any(name.startswith(claim) for name in turned)
