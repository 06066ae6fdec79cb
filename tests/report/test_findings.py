"""What pages say in sentences is read off tables: small tables, and what is true of them."""

import pandas as pd
import pytest

from mfg_imitation.report import findings


@pytest.fixture
def imitators() -> pd.DataFrame:
    """Two games with one experiment each; the smaller sample says the opposite of the larger one."""
    rows = [
        ("maze", "clean", 10, "bc", 0.0, 1.0),
        ("maze", "clean", 10, "mfc_adv", 9.0, 2.0),
        ("maze", "clean", 100, "bc", 5.0, 3.0),
        ("maze", "clean", 100, "mfc_adv", 2.0, 4.0),
        ("sis", "clean", 100, "bc", 1e-12, 0.0),
        ("sis", "clean", 100, "mfc_adv", 1e-10, 0.0),
    ]
    columns = ["game", "experiment", "demonstrations", "algorithm", "nash_imitation_gap", "objective"]
    return pd.DataFrame(rows, columns=columns)


def test_only_the_largest_sample_of_a_game_speaks(imitators):
    found = findings.with_most_demonstrations(imitators)
    assert found["demonstrations"].tolist() == [100] * 4


def test_a_gap_below_rounding_is_none(imitators):
    most = findings.with_most_demonstrations(imitators)
    assert findings.wide(most, ["bc", "mfc_adv"]).loc[("maze", "clean")].tolist() == [5.0, 2.0]
    assert findings.exact(most, "bc", "clean") == (1, 2)
    assert findings.exact(most, "bc", "noise") == (0, 0)


def test_what_more_demonstrations_were_worth(imitators):
    found = findings.ends(imitators, "maze", "clean")
    assert found == {"bc": (10, 0.0, 100, 5.0), "mfc_adv": (10, 9.0, 100, 2.0)}


def test_the_least_gap_of_a_crowd_that_is_lost_is_named(imitators):
    ranked = imitators.assign(near=[True, True, True, False, True, True], worse_than_bc=[False] * 3 + [True] * 3)
    lost = findings.lost_crowds(findings.with_most_demonstrations(imitators), ranked)
    assert lost[["game", "algorithm"]].to_numpy().tolist() == [["maze", "mfc_adv"]]
    assert findings.behind_cloning(ranked, "mfc_adv")["game"].tolist() == ["maze", "sis"]
    assert findings.behind_cloning(ranked, "bc")["game"].tolist() == ["sis"]


def test_two_optima_are_reported_where_the_gap_is_not_nothing(imitators):
    apart = findings.optima_apart(findings.with_most_demonstrations(imitators), "bc", "mfc_adv")
    assert apart.index.tolist() == [("maze", "clean")]
    assert apart["objective"].loc[("maze", "clean")].tolist() == [3.0, 4.0]
    assert findings.optima_apart(imitators, "bc", "not fitted").empty


def test_verdicts_are_counted_by_gap():
    card = pd.DataFrame(
        [("a", "nig", "fails"), ("a", "value", "holds"), ("b", "nig", "not measured"), ("c", None, "holds")],
        columns=["claim", "gap", "verdict"],
    )
    counts = findings.verdicts(card)
    assert counts.loc["nig"].tolist() == [0, 1, 1]
    assert counts.loc["value"].tolist() == counts.loc[""].tolist() == [1, 0, 0]
    assert findings.failing(card, "nig") == ["a"] and findings.failing(card, "value") == []


def test_the_largest_gap_of_every_path():
    paths = pd.DataFrame({"towards": ["uniform", "uniform", "worst"], "gap": [1.0, 3.0, 2.0]})
    assert findings.largest_gaps(paths, ["gap"])["gap"].to_dict() == {"uniform": 3.0, "worst": 2.0}


def test_the_last_answers_and_the_most_simulations_speak():
    asked = pd.DataFrame(
        [("g", "bc", s, q, gap) for s, q, gap in ((0, 10, 9.0), (0, 20, 1.0), (1, 20, 3.0))],
        columns=["game", "method", "seed", "queries", "nash_imitation_gap"],
    )
    assert findings.after_all_answers(asked).to_numpy().tolist() == [["g", 20, 2.0]]
    steps = [("bc", 0, 5.0), ("mfc_adv", 0, 2.0), ("mfc_adv_simulated", 10, 8.0), ("mfc_adv_simulated", 100, 2.2)]
    unknown = pd.DataFrame([("g", 0, *row) for row in steps])
    unknown.columns = ["case", "seed", "algorithm", "player_steps", "nash_imitation_gap"]
    found = findings.without_kernel(unknown).iloc[0]
    assert found[["player_steps", "bc", "mfc_adv", "mfc_adv_simulated"]].tolist() == [100, 5.0, 2.0, 2.2]
    assert found["apart"] == pytest.approx(0.1)


def test_rules_say_what_is_left_to_every():
    declaration = {
        "states": ["here.", "there"],
        "actions": ["stay put", "go"],
        "transition": {"every": {"stay put": {"stay": 1}, "go": {"here.": "mu[there]", "there": "rest"}}},
        "reward": {"here.": {"stay put": "n", "every": 0}, "there": {"stay put": 1, "go": 2}},
    }
    table = findings.rules(declaration)
    assert table[["state", "action"]].agg("/".join, axis=1).tolist() == [
        "here./stay put",
        "here./go",
        "there/stay put",
        "there/go",
    ]
    assert table["by every"].tolist() == ["transition", "transition and reward", "transition", "transition"]
    assert table.loc[1, "goes to"] == "here.: mu[there], there: rest" and table.loc[0, "reward"] == "n"
