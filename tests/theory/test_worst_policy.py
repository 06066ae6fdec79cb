"""The worst case at a given error: between the family of slips and the theorem, and feasible."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.theory.bounds import BOUNDED
from mfg_imitation.theory.frontier_growth import frontier_growth
from mfg_imitation.theory.worst_policy import (
    Direction,
    ascend,
    frontier,
    largest,
    policy_of,
    slips,
    starts,
)

SPEC = {"horizon": [3, 6], "error": {"smallest": 1e-4, "largest": 1, "values": 3}, "starts": 2, "iterations": 60}


@pytest.mark.parametrize("name", ["decoy", "bridge"])
def test_one_frontier_is_quadratic_and_the_other_linear(game_files, name):
    """The decoy's are known while errors are small: e (H - 1)(H - 2) / 4 by MFC-ADV, and e H / 2 by its deviation."""
    file = GameFile.read(game_files / f"{name}.yaml")
    spec = {"horizon": [6, 12], "error": {"smallest": 1e-5, "largest": 1e-4, "values": 2}, "starts": 1}
    growth = frontier_growth(frontier(file, known_expert(file.load()), {**spec, "iterations": 60}, seed=0))
    mfc, linear = (growth[growth["proxy"] == proxy].iloc[0] for proxy in ("mfc_adv", "deviation"))
    assert linear["power"] <= 1.01 and linear["frontier_last"] >= 0.99 * 6
    if name == "decoy":
        assert mfc["frontier_last"] == pytest.approx(11 * 10 / 4, rel=1e-3)
        assert linear["frontier_last"] == pytest.approx(6, rel=1e-2)
        assert mfc["power"] == pytest.approx(mfc["pairs_power"], rel=1e-3)
    else:
        assert mfc["share"] >= 0.98 and mfc["power"] == pytest.approx(mfc["bound_power"], abs=0.02)


@pytest.fixture(scope="module")
def decoy(game_files):
    file = GameFile.read(game_files / "decoy.yaml")
    return frontier(file, known_expert(file.load()), SPEC, seed=0)


def test_the_frontier_lies_between_the_family_and_the_theorem(decoy):
    assert len(decoy) == 2 * 3 * len(BOUNDED)
    assert (decoy["family"] <= decoy["frontier"] + 1e-9).all()
    assert (decoy["frontier"] <= decoy["bound"] + 1e-9).all()
    assert (decoy["reached"] <= decoy["error"] * (1 + 1e-9)).all()
    ordered = decoy.sort_values("error").groupby(["horizon", "proxy"])["frontier"]
    assert ordered.apply(lambda gaps: gaps.is_monotonic_increasing).all()


def test_the_decoy_reaches_what_its_closed_form_says(decoy):
    """The single slip alone: NIG = sum of 1 - (1 - L_P alpha)^(n - 1), at the MFC-ADV error 2 alpha."""
    row = decoy[(decoy["proxy"] == "mfc_adv") & (decoy["horizon"] == 6)].sort_values("error").iloc[0]
    alpha = row["error"] / 2
    assert row["frontier"] >= (1 - 0.06) * sum(1 - (1 - alpha) ** (n - 1) for n in range(1, 6))


def test_growth_of_a_power_is_that_power(decoy):
    table = decoy.assign(frontier=decoy["error"] * decoy["horizon"] ** 2.0)
    np.testing.assert_allclose(frontier_growth(table)["power"], 2)
    np.testing.assert_allclose(frontier_growth(table)["pairs_power"], np.log((5 * 4) / (2 * 1)) / np.log(2))
    two = table.assign(horizon=table["horizon"] // 3 + 1)
    assert frontier_growth(two)["pairs_power"].isna().all(), "(H - 1)(H - 2) is 0 at H = 2"
    assert frontier_growth(decoy[decoy["horizon"] == 3]).empty


def test_ascent_improves_on_its_starts_and_stays_feasible(attractor):
    expert = attractor.known_expert()
    found = ascend(attractor, expert, np.array([0.01]), starts(attractor, 1, 0), 60)
    assert found.shape == (len(BOUNDED), 1, 4, *attractor.policy_shape)
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-12)
    for index, errors in enumerate(zip(*mfg.proxies(attractor, expert, found), strict=True)):
        assert (errors[index] <= 0.01 * (1 + 1e-9)).all()


def test_a_direction_leads_from_a_policy_to_the_expert(attractor, rng):
    expert = attractor.known_expert()
    logits = jnp.asarray(rng.normal(size=(*attractor.policy_shape[:2], 3)))
    near, far = (policy_of(Direction(logits, jnp.asarray(shift)), expert) for shift in (60.0, -60.0))
    np.testing.assert_allclose(near, expert, atol=1e-20)
    np.testing.assert_allclose(far, np.exp(logits[..., 1:]) / np.exp(logits[..., 1:]).sum(axis=-1, keepdims=True))


def test_slips_hold_the_expert_and_every_single_step(attractor):
    expert = attractor.known_expert()
    policies = np.asarray(slips(attractor, expert, None))
    assert policies.shape == (122 * 5, *attractor.policy_shape)
    np.testing.assert_array_equal(policies[0], expert)
    np.testing.assert_allclose(policies[-5], attractor.uniform_policy())
    np.testing.assert_array_equal(policies[-1][:-1], expert[:-1])


def test_the_largest_gap_is_among_those_allowed():
    candidates = np.array([[0.1, 1.0], [0.2, 3.0], [0.3, 2.0]])
    assert largest(candidates, 0.2) == (0.2, 3.0)
    assert largest(candidates, 0.1) == (0.1, 1.0)
    assert largest(candidates, 0.05) == (0.0, 0.0)
