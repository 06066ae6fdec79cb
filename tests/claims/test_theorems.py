"""The theorems' scorecard: verdicts follow from the numbers, and a wrong number turns them."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.claims.claim import scorecard
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.frontier_growth import frontier_growth


@pytest.fixture
def tables():
    frontier = pd.DataFrame(
        [
            {
                "game": "g",
                "horizon": h,
                "proxy": proxy,
                "error": e,
                "reached": e,
                "family": e,
                "frontier": h**power * e,
            }
            for proxy, power in (("mfc_adv", 2), ("deviation", 1))
            for h in (4, 8)
            for e in (0.1, 1.0)
        ]
    )
    frontier = frontier.assign(bound=2 * frontier["frontier"], frontier_precision=0.01 * frontier["frontier"])
    slips = pd.DataFrame(
        {"slip": ["steady", "single"], SWEPT: 1.0, "fitted": 0.7, "theory": np.log(2), "mfc_rise": -0.5}
    )
    found = {"ratio": [0.999, 0.3], "ratio_precision": [1e-3, 0.1]}
    worst = pd.DataFrame({"interaction": ["free", "none"], SWEPT: 1.0, "horizon": 8, **found})
    steps = {"step": ["Theorem, BC", "Lemma 1", "x (ours)"], "games": 3, "checks": 9, "violations": 0}
    return {
        "steps": pd.DataFrame({**steps, "sharpness": 0.2}),
        "biting_steps": pd.DataFrame({**steps, "sharpness": 0.999}),
        "bridge": pd.DataFrame({"proxy": ["bc", "bc"], "amplified_error": [1e-5, 1.0], "ratio": [0.9999, 0.1]}),
        "bridge_proof": pd.DataFrame({"slip": ["calm"], "step": ["1. y"], "points": 4, "excess": [1e-15]}),
        "proof": pd.DataFrame({"slip": ["steady"], "step": ["1. x"], "points": 4, "excess": [1e-15]}),
        "exponents": slips,
        "frontier": frontier,
        "growth": frontier_growth(frontier),
        "worst_games": worst,
    }


def test_what_hangs_on_a_search_is_as_precise_as_the_search(tables):
    """Two horizons of a factor 2: the power is off by twice 1% over log 2 at most."""
    precision = scorecard("theorems", tables).set_index("claim")["measured_precision"]
    assert precision.filter(regex="quadratic|linear").tolist() == [pytest.approx(0.02 / np.log(2))] * 2
    assert precision.filter(like="search uses").tolist() == [1e-3, 0.1]
    assert (precision.drop(precision.filter(regex="quadratic|linear|search uses").index) == 0).all()


def test_every_verdict_follows_from_its_number(tables):
    table = scorecard("theorems", tables)
    np.testing.assert_array_equal(table["verdict"], np.where(table["measured"] <= table["threshold"], "holds", "fails"))
    assert list(table.loc[table["verdict"] == "fails", "claim"]) == [
        "a search uses the MFC-ADV bound up, L_r = 0, L_P = 1"
    ]
    assert not table.duplicated(["claim", "measure"]).any()


@pytest.mark.parametrize(
    ("name", "column", "value", "claim"),
    [
        ("steps", "violations", 1, "Theorem, BC"),
        ("biting_steps", "violations", 1, "Lemma 1"),
        ("biting_steps", "sharpness", 0.97, "2% less"),
        ("bridge", "ratio", 0.998, "the bridge uses the bc bound up"),
        ("bridge_proof", "excess", 0.1, "calm slip, step 1. y"),
        ("proof", "excess", 0.1, "step 1. x"),
        ("exponents", "fitted", 1.0, "grows like"),
        ("exponents", "mfc_rise", 0.1, "ever looser"),
        ("frontier", "family", 1e9, "above the family"),
        ("frontier", "bound", 0.0, "below the theorems"),
        ("frontier", "reached", 9.0, "feasible"),
        ("growth", "power", 0.8, "quadratic growth"),
        ("growth", "power", 0.8, "linear growth"),
        ("worst_games", "ratio", 0.5, "bound up, a reward"),
    ],
)
def test_a_wrong_number_turns_a_verdict(tables, name, column, value, claim):
    tables[name] = tables[name].assign(**{column: value})
    table = scorecard("theorems", tables)
    exactly = table["claim"] == claim
    asked = exactly if exactly.any() else table["claim"].str.contains(claim, regex=False)
    assert asked.any() and (table.loc[asked, "verdict"] == "fails").all()


def test_what_the_grid_leaves_out_is_not_measured(tables):
    tables["growth"] = frontier_growth(tables["frontier"].query("horizon == 4"))
    table = scorecard("theorems", tables).set_index("claim")
    for name in ("quadratic growth of the MFC-ADV", "linear growth of the deviation"):
        assert table.loc[f"the {name} bound is needed", "verdict"] == "not measured"


def test_random_games_and_those_that_bite_are_counted_together(tables):
    table = scorecard("theorems", tables).set_index("claim")
    assert table.loc["Lemma 1", "measure"].startswith("violations in 18 checks, 3 random games and 3 that bite")
    assert table.loc[["Theorem, BC", "Lemma 1", "x (ours)"], "where"].tolist() == [
        "Section 4 (constants re-derived)",
        "Appendix B",
        "this project",
    ]
