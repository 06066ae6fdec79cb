"""The verdicts on the paper's claims: they follow from the numbers, and a wrong number turns them."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.claims.claim import CLAIMS, scorecard
from mfg_imitation.claims.grid_dependence import with_grid_dependence
from mfg_imitation.claims.panel_curves import (
    corner,
    curve,
    decades,
    distance,
    error_allowed,
    growth,
    nearness_to_bc,
    panels,
    rise,
)
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import JUDGED_GAPS, SWEPT
from mfg_imitation.studies.attractor_induction import attractor_induction
from mfg_imitation.studies.attractor_properties import properties
from mfg_imitation.studies.long_horizons import long_horizons
from mfg_imitation.studies.sweep import sweep
from mfg_imitation.theory.certificates import certificates

NIG, VALUE = JUDGED_GAPS
NAMES = ("sweep", "properties", "long_horizons", "certificates")
GRID = {
    SWEPT: [0, 1],
    "horizon": [3, 6],
    "alpha": {"linear": 101, "smallest": 1e-6, "logarithmic": 61, "resolution": 0.5},
}


ONE_PANEL = {
    **GRID,
    SWEPT: [1],
    "horizon": [3],
}  # most of a panel's time is compilation: properties of one will do


@pytest.fixture(scope="module")
def tables(game_files):
    file = GameFile.read(game_files / "attractor.yaml")
    swept = sweep(file, GRID)
    return swept, properties(file, ONE_PANEL, seed=0), long_horizons([1]), certificates(file, swept)


def judged(*tables):
    return scorecard("section_5", dict(zip(NAMES, tables, strict=True)))


@pytest.fixture(scope="module")
def card(tables):
    return judged(*tables)


def verdict(card, claim, gap=None):
    asked = card["gap"].isna() if gap is None else card["gap"] == gap
    (row,) = card[(card["claim"] == claim) & asked].itertuples()
    return row.verdict


def test_every_claim_is_asked_once_of_each_gap_it_speaks_of(card):
    assert not card.duplicated(["claim", "gap"]).any()
    for _, asked in card.groupby("claim")["gap"]:
        assert list(asked) == list(JUDGED_GAPS) or asked.isna().tolist() == [True]
    assert card["claim"].nunique() == sum(claim.card == "section_5" for claim in CLAIMS.values())
    assert card.drop(columns="gap").notna().all(axis=None)
    text = card[["claim", "where", "statement", "measure"]]
    assert (text.map(str.strip) == text).all(axis=None) and (text != "").all(axis=None)


def test_every_verdict_follows_from_its_number(card):
    wanted = np.where(card["measured"] <= card["threshold"], "holds", "fails")
    np.testing.assert_array_equal(card["verdict"], wanted)


@pytest.mark.parametrize(
    "claim",
    [
        "Lipschitz constant",
        "expert is Nash",
        "expert stays in s0",
        "expert is a social optimum",
        "BC error",
        "errors by induction",
        "equal at L_P = 0",
    ],
)
def test_what_is_true_of_the_game_holds(card, claim):
    assert verdict(card, claim) == "holds"


def test_the_induction_gives_the_value_gap_but_not_definition_7(card):
    """The discrepancy with the paper: its Eq. 33 sums the value that the population loses."""
    assert verdict(card, "gap by induction", VALUE) == "holds"
    assert verdict(card, "gap by induction", NIG) == "fails"


def test_observations_hold_for_the_value_gap(card):
    for claim in ("bound on the gap", "pi_1 is worst", "no choice in s1", "BC is worst", "BC worsens with L_P",
                  "BC worsens with H", "MFC-ADV is best", "vanilla-ADV beats BC"):  # fmt: skip
        assert verdict(card, claim, VALUE) == "holds", claim


@pytest.mark.parametrize(
    ("claim", "gap", "table", "column", "change"),
    [
        ("BC error", None, 0, "bc", lambda x: x * 1.001),
        ("equal at L_P = 0", None, 0, "mfc_adv", lambda x: x + 1e-6),
        ("BC is worst", VALUE, 0, "vanilla_adv", lambda x: x / 10),
        ("MFC-ADV is best", VALUE, 0, "mfc_adv", lambda x: x / 10),
        ("expert is Nash", None, 1, "expert_exploitability", lambda x: x + 1e-6),
        ("Lipschitz constant", None, 1, "lipschitz_error", lambda x: x + 0.1),
        ("expert stays in s0", None, 1, "expert_drift", lambda x: x + 0.1),
        ("expert is a social optimum", None, 1, "social_improvement", lambda x: x + 0.1),
        ("errors by induction", None, 1, "induction_errors", lambda x: x + 0.1),
        ("gap by induction", VALUE, 1, f"{VALUE}_induction", lambda x: x + 0.1),
        ("gap by induction", NIG, 1, f"{NIG}_induction", lambda x: 0 * x),
        ("bound on the gap", VALUE, 1, f"{VALUE}_above_bound", lambda x: x + 10),
        ("like BC when H is large enough", VALUE, 2, "horizon", lambda x: np.inf * x),
        ("MFC-ADV certifies most", None, 3, "over_mfc_adv", lambda x: 1 + 0 * x),
    ],
)
def test_a_wrong_table_turns_the_verdict(tables, card, claim, gap, table, column, change):
    changed = [one.copy() for one in tables]
    changed[table][column] = change(changed[table][column])
    before, after = verdict(card, claim, gap), verdict(judged(*changed), claim, gap)
    assert {before, after} == {"holds", "fails"}


def test_a_verdict_that_hangs_on_one_value_of_the_grid_says_so(tables):
    """Without L_P = 0 nothing is known of it; and of every value named, the verdict does turn without it."""
    sweep, properties, long, certified = tables
    card = with_grid_dependence("section_5", dict(zip(NAMES, tables, strict=True)))
    rows = card.set_index("claim")["hangs_on"]
    assert rows["equal at L_P = 0"] == "L_P = 0" and rows["BC error"] == ""
    for place, row in card.iterrows():
        for said in filter(None, row["hangs_on"].split(", ")):
            column, value = (SWEPT if said.startswith("L_P") else "horizon"), float(said.split(" = ")[1])
            left = (sweep[sweep[column] != value], properties, long, certified[certified[column] != value])
            without = judged(*left)
            assert without["verdict"].iloc[place] != row["verdict"]


def test_the_order_of_the_errors_that_no_gap_can_refute(tables):
    """The best-approach claims say that they cannot fail: the path alone orders the errors."""
    sweep = tables[0]
    assert (sweep["bc"] <= sweep["vanilla_adv"] + 1e-12).all()
    assert (sweep["vanilla_adv"] <= sweep["mfc_adv"] + 1e-12).all()
    card = judged(*tables)
    said = card["measure"].str.contains("cannot fail")
    assert set(card.loc[said, "claim"]) == {"BC is worst", "MFC-ADV is best", "vanilla-ADV beats BC"}


def test_what_the_grid_leaves_out_is_not_judged(tables):
    sweep, *others = tables
    card = judged(sweep[sweep[SWEPT] > 0], *others)
    assert verdict(card, "equal at L_P = 0") == "not measured"
    assert verdict(card, "BC error") == "holds"


def test_a_number_that_is_missing_is_not_judged(tables):
    sweep, properties, *others = tables
    card = judged(sweep, properties.assign(expert_drift=np.nan), *others)
    assert verdict(card, "expert stays in s0") == "not measured"


def test_a_grid_of_one_panel_is_judged_as_far_as_it_goes(tables):
    """What compares panels with one another has nothing to compare; nothing breaks."""
    sweep, *others = tables
    card = judged(sweep[(sweep[SWEPT] == 1) & (sweep["horizon"] == 3)], *others)
    assert verdict(card, "BC worsens with L_P", VALUE) == "not measured"
    assert verdict(card, "BC worsens with H", VALUE) == "not measured"
    assert verdict(card, "BC is worst", VALUE) == "holds"


def test_a_grid_without_interaction_is_judged_as_far_as_it_goes(tables):
    sweep, *others = tables
    card = judged(sweep[sweep[SWEPT] == 0], *others)
    assert verdict(card, "equal at L_P = 0") == "holds"
    assert verdict(card, "alike when small", VALUE) == "not measured"
    assert verdict(card, "like BC when both are large", VALUE) == "not measured"


def test_same_seed_same_numbers(tables, game_files):
    again = properties(GameFile.read(game_files / "attractor.yaml"), ONE_PANEL, seed=0)
    pd.testing.assert_frame_equal(again, tables[1], check_exact=True)


def test_induction_by_hand():
    """Two steps, L_P = 1, alpha = 1/2: m = 0, 1/2."""
    found = attractor_induction(1, 2, np.array([0.5]))
    assert found[VALUE] == pytest.approx(0.5)
    assert found[NIG] == pytest.approx(0.5), "nobody is drawn before the last step"
    assert found["vanilla_adv"] == pytest.approx(2 * (1 - 1 / 4))
    assert found["mfc_adv"] == pytest.approx(2 * (1 - 1 / 4))


# --- The measures of curves, on curves drawn by hand ----------------------------------------------------------------


def panel(slope=1.0, horizon=2, power=1.0, scale=2.0):
    """gap = scale * alpha against three proxies: bc = 2 alpha, vanilla_adv = 2 alpha^power, mfc_adv = 2 alpha^(1/2)."""
    alpha = np.linspace(0, 1, 4001)
    return pd.DataFrame(
        {
            SWEPT: slope,
            "horizon": horizon,
            "alpha": alpha,
            "bc": 2 * alpha,
            "vanilla_adv": 2 * alpha**power,
            "mfc_adv": 2 * alpha**0.5,
            VALUE: scale * alpha,
        }
    )


def test_a_curve_is_the_gap_at_given_errors():
    errors = np.arange(2000) / 1000
    np.testing.assert_allclose(curve(panel(), "bc", VALUE), errors / 2, atol=1e-6)
    np.testing.assert_allclose(curve(panel(), "mfc_adv", VALUE), (errors / 2) ** 2, atol=1e-4)


def test_rise_and_distance_between_known_curves():
    # x - x^2 rises to 1/4 and has the area 1/6
    assert rise(panel(), "bc", "mfc_adv", VALUE) == pytest.approx(0.25, abs=1e-4)
    assert rise(panel(), "mfc_adv", "bc", VALUE) == pytest.approx(0, abs=1e-4)
    assert distance(panel(), "bc", "mfc_adv", VALUE) == pytest.approx(1 / 6, abs=1e-3)
    assert distance(panel(), "bc", "vanilla_adv", VALUE) == pytest.approx(0, abs=1e-12)


def test_the_error_that_a_gap_allows():
    assert error_allowed(panel(), "bc", VALUE, 0.5) == pytest.approx(0.5)
    assert error_allowed(panel(), "mfc_adv", VALUE, 0.5) == pytest.approx(2 * 0.25**0.5, abs=1e-6)
    assert error_allowed(panel(), "bc", VALUE, 2.1) == np.inf


def test_growth_and_decades_between_panels():
    # the same gap is reached at half of the error in the panel with the larger slope: it shrinks by a half
    both = pd.concat([panel(slope=1, scale=2), panel(slope=2, scale=4)])
    assert growth(both, "bc", VALUE, along=SWEPT) == pytest.approx(-0.5, abs=1e-3)
    assert decades(both, "bc", VALUE) == pytest.approx(np.log10(2), abs=1e-3)
    swapped = pd.concat([panel(slope=2, scale=2), panel(slope=1, scale=4)])
    assert growth(swapped, "bc", VALUE, along=SWEPT) == pytest.approx(1, abs=1e-3)
    # once halved and once doubled: one step that grows is what contradicts the paper
    mixed = pd.concat([panel(slope=1, scale=2), panel(slope=2, scale=4), panel(slope=3, scale=2)])
    assert growth(mixed, "bc", VALUE, along=SWEPT) == pytest.approx(1, abs=1e-3)
    assert list(panels(both)) == [(1, 2), (2, 2)]


POWERS = {(1, 2): 0.9, (1, 3): 0.8, (2, 2): 0.7, (2, 3): 0.6}


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("alike_when_small", (1, 2)),
        ("like_bc_when_h_is_large", (1, 3)),
        ("like_bc_when_l_p_is_large", (2, 2)),
        ("like_bc_when_both_are_large", (2, 3)),
    ],
)
def test_every_claim_reads_its_own_panel(claim, place):
    """With vanilla_adv = 2 alpha^p the curve over x is x^(1/p), whose area is p / (p + 1); no two panels have one p."""
    table = pd.concat([panel(*at, power=p) for at, p in POWERS.items()] + [panel(0, h, power=1) for h in (2, 3)])
    area = POWERS[place] / (POWERS[place] + 1)
    to_bc, to_mfc = 1 / 2 - area, area - 1 / 3
    wanted = to_mfc if claim.startswith("alike") else to_bc / (to_bc + to_mfc)
    (row,) = [row for row in CLAIMS[claim].rows({"sweep": table.assign(**{NIG: np.nan})}) if row["gap"] == VALUE]
    assert row["measured"] == pytest.approx(wanted, abs=2e-3)


def test_corners():
    table = pd.concat([panel(slope, horizon) for slope in (0, 1, 2) for horizon in (2, 3)])
    assert corner(table, amplified=False, long=False)[[SWEPT, "horizon"]].iloc[0].tolist() == [1, 2]
    assert corner(table, amplified=True, long=True)[[SWEPT, "horizon"]].iloc[0].tolist() == [2, 3]


# --- Beside the observations ----------------------------------------------------------------------------------------


def test_both_gaps_of_the_induction_are_the_engines(tables):
    for (slope, horizon), panel in tables[0].groupby([SWEPT, "horizon"]):
        found = attractor_induction(slope, horizon, panel["alpha"].to_numpy())
        for name in ("bc", "vanilla_adv", "mfc_adv", NIG, VALUE):
            np.testing.assert_allclose(found[name], panel[name], atol=1e-12)


def test_from_the_horizon_found_on_vanilla_adv_is_nearer_to_bc():
    """At L_P = 1: not one step before, and then at every horizon that is looked at; by the other gap, at none."""
    rows = long_horizons([0, 1]).set_index("gap")
    horizon = int(rows.loc[VALUE, "horizon"])
    alpha = np.concatenate([[0], np.geomspace(1e-100, 1, 2001)])

    def share(horizon):
        return nearness_to_bc(pd.DataFrame(attractor_induction(1, horizon, alpha)), VALUE)

    assert share(horizon - 1) > 0.5
    assert max(map(share, range(horizon, 201, 16))) <= 0.5
    assert rows.loc[VALUE, "share"] == pytest.approx(share(horizon), abs=1e-3)
    assert rows.loc[NIG, "horizon"] == np.inf and rows.loc[NIG, "share"] > 0.5
    assert long_horizons([0]).empty and SWEPT in long_horizons([0])


def test_certificates_by_hand(tables):
    """At L_P = 1, H = 6, R = 1/2: c = 0, 1, 3, 7, 15, 31, and small alpha, where nothing is cut at 2.

    BC: R sum (n + 1 + 2 (c_n - n)) 2 alpha = (21 + 2 (57 - 15)) alpha = 105 alpha. MFC-ADV's error is 2 (m_5 + alpha),
    m_5 = 31 alpha, times R (6 + 10).
    """
    table = tables[3].set_index([SWEPT, "horizon"])
    assert table.loc[(1, 6), "over_mfc_adv"] == pytest.approx(64 * 8 / 105, rel=1e-4)
    assert table.loc[(1, 6), "over_bc"] == 1
