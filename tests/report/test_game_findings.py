"""What pages of games say in sentences is read off small tables."""

import pandas as pd
import pytest

from mfg_imitation.report import front
from mfg_imitation.report.crowd_findings import crowds_said, fitted_table
from mfg_imitation.report.game_cells import floor_plans, plan_said
from mfg_imitation.report.game_findings import others_said, policy_said, population_said, social_said


def plays(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["step", "state", "action", "probability", "population"])


def test_what_all_do_always_and_where_nobody_is():
    table = plays(
        (0, "home", "stay", 1.0, 1.0),
        (1, "home", "stay", 1.0, 1.0),
        (0, "pit", "stay", 1.0, 0.0),
        (1, "pit", "stay", 1.0, 0),
    )
    assert policy_said(table) == [
        "In *home*: everybody plays *stay* at all steps, 0 to 1.",
        "In *pit* there is never anybody.",
    ]


def test_a_change_of_mind_is_told_with_its_step_and_share():
    table = plays(
        (0, "home", "stay", 1.0, 1.0),
        (1, "home", "stay", 1.0, 1.0),
        (2, "home", "go", 0.74, 1.0),
        (2, "home", "stay", 0.26, 1.0),
    )
    assert policy_said(table) == [
        "In *home*: everybody plays *stay* from step 0 to 1; at step 2 74% play *go*, 26% play *stay*."
    ]


def test_many_states_are_spoken_of_together():
    rows = [(step, f"cell {i}", "right" if step == 0 else "stay", 1.0, 0.1) for step in (0, 1) for i in range(10)]
    first, *_, last, pure = policy_said(plays(*rows))
    assert first == "At step 0, over all states: *right* 100%." and "*stay* 100%" in last and pure.startswith("100%")


def test_nobody_leaves_before_a_step():
    shares = {"home": [1.0, 1.0, 0.4, 0.3], "bar": [0.0, 0.0, 0.6, 0.7]}
    rows = [(step, state, share) for state, column in shares.items() for step, share in enumerate(column)]
    home, bar = population_said(pd.DataFrame(rows, columns=["step", "state", "population"]))
    assert home == (
        "*home*: 100.0% begin here, nobody leaves before step 2; half of them have left by step 2; 30.0% at the last "
        "step."
    )
    assert bar == "*bar*: nobody before step 2; 60.0% then; 70.0% at the last step."


def test_the_fullest_state_at_any_step_and_at_the_end():
    shares = {f"cell {i}": (0.01, 0.02) for i in range(20)} | {"bar": (0.7, 0.2), "home": (0.1, 0.4)}
    rows = [(step, state, share) for state, column in shares.items() for step, share in enumerate(column)]
    said, _ = population_said(pd.DataFrame(rows, columns=["step", "state", "population"]))
    assert "The fullest state is *bar* at step 0, with 70.0%" in said
    assert "At the last step it is *home*, with 40.0%; somebody is then in 22 of 22 states." in said


def others(*equilibria) -> pd.DataFrame:
    rows = [(f"start {i}", one, 5.0 + one, 0.5) for i, one in enumerate(equilibria)]
    return pd.DataFrame(rows, columns=["start", "equilibrium", "value", "distance"])


def test_other_equilibria_are_counted_once_and_early_ends_are_said():
    assert "**no other equilibrium**: 2 of the 2" in others_said(others(0, 0), 5.0)
    said = others_said(others(0, 1, 1, -1), 5.0)
    assert "**1 other**" in said and "*start 1* one in which everyone earns 6" in said and "1 were stopped" in said


@pytest.mark.parametrize(("gain", "said"), [(1e-7, "as good as a social optimum"), (3.0, "**3 more**")])
def test_a_gain_of_nothing_is_not_said(gain, said):
    facts = {
        "reward_range": 1.0,
        "horizon": 10,
        "price_of_anarchy": gain,
        "equilibrium_value": 6.0,
        "social_status": "converged",
    }
    assert said in social_said(facts)


@pytest.fixture
def crowds() -> pd.DataFrame:
    rows = [("expert", 0, "home", 1.0, 1.0), ("expert", 1, "home", 1.0, 1.0)]
    rows += [("bc", 0, "home", 1.0, 1.0), ("bc", 1, "home", 0.9, 0.2), ("bc", 1, "pit", 0.1, 0.8)]
    rows += [("likelihood", 0, "home", 1.0, 1.0), ("likelihood", 1, "home", 1.0, 1.0)]
    return pd.DataFrame(rows, columns=["algorithm", "step", "state", "predicted", "own"])


def test_crowds_that_stray_are_told_apart_from_those_that_do_not(crowds):
    bc, likelihood = crowds_said(crowds, {"bc": "BC"})
    assert bc.startswith("**BC**: when all imitate, 80.0%") and "(step 1)" in bc and bc.endswith("10.0%.")
    assert likelihood == "**likelihood**: the crowd is where the experts are, at every step."


def test_crowds_that_move_have_every_step_of_every_policy(crowds):
    html = front.moving_crowds(crowds, {"bc": "BC"}, "<a game>")
    assert '"label":"BC","shares":[[1.0,0.0],[0.2,0.8]]' in html and "<a game>" not in html


def test_the_largest_sample_fills_the_table_of_imitators():
    rows = [("clean", 10, "bc", 9.0), ("clean", 100, "bc", 1.0), ("label_noise", 100, "bc", 2.0)]
    frame = pd.DataFrame(rows, columns=["experiment", "demonstrations", "algorithm", "nash_imitation_gap"])
    table = fitted_table(frame, {"bc": "BC"})
    assert table.to_dict("records") == [{"imitator": "BC", "clean": 1.0, "label noise": 2.0}]


def test_a_map_shows_walls_starts_and_goals():
    rows = [(0, 0, 0, 1.0), (0, 0, 1, 0.0), (0, 1, 1, 0.0)]
    flow = pd.DataFrame(rows, columns=["step", "row", "column", "population"])
    declaration = {"parameters": {"map": ["S.", "#G"]}}
    html = floor_plans(flow, declaration)
    assert html.count("<rect") == 4 and html.count("★") == 1
    assert plan_said(flow, declaration).endswith("Grey: walls.") and "goal." in plan_said(flow, declaration)
