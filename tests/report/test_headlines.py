"""The findings of the first page say what their tables say, and nothing where these cannot tell."""

import pandas as pd
import pytest

from mfg_imitation.figures.registry import FIGURES
from mfg_imitation.report.front import main_claims
from mfg_imitation.report.headline import HEADLINES
from mfg_imitation.report.page import PAGES


@pytest.mark.parametrize("name", HEADLINES)
def test_every_finding_has_a_picture_and_a_page(name):
    entry = HEADLINES[name]
    assert entry.figure in FIGURES and entry.page[0] in PAGES and entry.question.endswith("?")


def card(value: str, nash: str) -> pd.DataFrame:
    rows = [
        ("x", "first observation", gap, verdict)
        for gap, verdict in (("population_value_gap", value), ("nash_imitation_gap", nash))
    ]
    return pd.DataFrame(rows, columns=["claim", "where", "gap", "verdict"])


def test_figure_2_is_judged_by_the_scorecard():
    say = HEADLINES["figure_2"].say
    assert say(card("holds", "fails")).startswith(
        "**For what the population loses, yes; for the gap that the paper defines, only"
    )
    assert "loses, only in part" in say(card("fails", "holds"))
    assert say(card("holds", "fails").iloc[:1]) == ""


@pytest.mark.parametrize(("ratio", "violations", "sharp"), [(0.9999, 0, True), (0.5, 0, False), (0.9999, 1, False)])
def test_bounds_are_called_attained_only_where_they_are(ratio, violations, sharp):
    bridge = pd.DataFrame({"amplified_error": [1e-5], "proxy": ["bc"], "ratio": [ratio], "proved": [ratio]})
    steps = pd.DataFrame({"checks": [1000], "violations": [violations]})
    said = HEADLINES["bounds"].say(bridge, steps, steps)
    assert (
        "cannot be avoided" in said
    ) == sharp and f"Of 2,000 inequalities of the theorems and their proofs, {2 * violations}" in said


@pytest.mark.parametrize(("likelihood", "praised"), [(0.0, True), (2.0, False)])
def test_who_models_the_noise_is_praised_only_where_it_helps(likelihood, praised):
    rows = [
        ("g", "label_noise", 10, name, gap) for name, gap in (("bc", 5.0), ("mfc_adv", 1.0), ("likelihood", likelihood))
    ]
    frame = pd.DataFrame(rows, columns=["game", "experiment", "demonstrations", "algorithm", "nash_imitation_gap"])
    labels = pd.DataFrame({"name": ["bc", "mfc_adv", "likelihood"], "label": ["BC", "MFC-ADV", "likelihood"]})
    said = HEADLINES["noise"].say(frame, labels)
    assert said.startswith("**Only to those") == praised and "BC 5; MFC-ADV 1" in said
    assert HEADLINES["noise"].say(frame.assign(experiment="clean"), labels) == ""


def test_main_claims_have_a_verdict_with_its_number_for_either_gap():
    rows = [
        ("BC is worst", "said", gap, measured, 0.01, verdict)
        for gap, measured, verdict in (("nash_imitation_gap", 0.5, "fails"), ("population_value_gap", 0.0, "holds"))
    ]
    table = main_claims(pd.DataFrame(rows, columns=["claim", "statement", "gap", "measured", "threshold", "verdict"]))
    assert (
        len(table) == 1
        and "✓ holds</span> 0 ≤ 0.01" in table.iloc[0, 1]
        and "✗ fails</span> 0.5 &gt; 0.01" in table.iloc[0, 2]
    )
