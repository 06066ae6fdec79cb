"""The scorecard of common noise, on tables whose verdicts are known."""

import pandas as pd
import pytest

from mfg_imitation.claims.claim import scorecard

GAME = {"horizon": 2, "reward_range": 1.0, "nodes": 6, "histories": 4, "relative_exploitability": 0.0, "value": 2.0}
GAMES = [
    {"game": "storm", "floor_aware": 0.0, "floor_noise_aware": 0.05, "floor_unaware": 0.1, "nash_found": 0},
    {"game": "control", "floor_aware": 0.0, "floor_noise_aware": 0.0, "floor_unaware": 0.0, "nash_found": 0},
    {
        "game": "coin",
        "floor_aware": 0.0,
        "floor_noise_aware": 0.0,
        "floor_unaware": 0.5,
        "nash_found": 3,
        "nash_value": 1.0,
    },
]
WORTH = {"algorithm": "bc", "seeds": 20, "demonstrations": 10_000, "slope_aware": -0.5}


@pytest.fixture
def tables():
    rows = [
        {"game": "storm", "share_high": 0.1, "slope_unaware": 0.0, "price": None, "sharing": 100, "crowd_worth": 0.1},
        {"game": "control", "share_high": 2.0, "slope_unaware": -0.5, "price": 3.0},
        {"game": "coin", "share_high": 0.1, "slope_unaware": -0.01, "price": None},
    ]
    steps = pd.DataFrame([{"step": "Lemma 5", "checks": 10, "games": 2, "violations": 0}])
    return {
        "games": pd.DataFrame([GAME | game for game in GAMES]),
        "worth": pd.DataFrame([WORTH | row for row in rows]),
        "steps": steps,
    }


def verdicts(tables) -> dict:
    return scorecard("noise", tables).set_index("claim")["verdict"].to_dict()


def test_what_is_measured_so_holds(tables):
    found = verdicts(tables)
    assert set(found.values()) == {"holds"}
    assert "control, bc: the aware lose less than half" not in found
    assert "control: awareness costs fewer samples than there are histories" in found


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "claim"),
    [
        ("games", 0, "relative_exploitability", 1e-3, "storm: the expert is an equilibrium"),
        ("games", 0, "floor_aware", 0.05, "storm: no data close the gap of unaware cloning; aware cloning has none"),
        ("worth", 0, "share_high", 0.6, "storm, bc: the aware lose less than half"),
        ("worth", 0, "slope_aware", -0.1, "storm: the gap of aware cloning falls"),
        ("worth", 0, "slope_unaware", -0.4, "storm: that of unaware cloning hardly does"),
        ("worth", 0, "crowd_worth", 0.9, "storm: trajectories that share histories teach the aware less"),
        ("worth", 1, "price", 5.0, "control: awareness costs fewer samples than there are histories"),
        ("games", 2, "nash_value", 2.0, "coin: a correlated equilibrium is better than every symmetric one found"),
        ("games", 2, "floor_noise_aware", 0.3, "coin: unaware imitators fail, signal-aware ones do not"),
        ("steps", 0, "violations", 1, "Lemma 5"),
    ],
)
def test_what_is_measured_otherwise_fails(tables, table, row, column, value, claim):
    tables[table].loc[row, column] = value
    assert verdicts(tables)[claim] == "fails"
