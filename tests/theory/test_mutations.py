"""Verification that can refute: a bound or a step of a proof that is 2% too small, or lacks a term, is found out."""

import itertools

import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.biting_games import biting_games
from mfg_imitation.theory.bounds import upper_bounds
from mfg_imitation.theory.bridge import bridge
from mfg_imitation.theory.examination import summary

R = 0.5
GRID = {SWEPT: [0, 0.5, 1], "reward_lipschitz": [0, 0.5, 2], "horizon": [5, 10, 20]}
TIGHT = 2e-5


def terms(proxy, slope, reward_slope, horizon):
    """The terms of the bound on NIG per unit of a small error, by hand."""
    n, (c, g) = np.arange(horizon), amplification(horizon, slope)
    pairs = (horizon - 1) * (horizon - 2) / 2
    return {
        "bc": [2 * reward_slope * c.sum(), R * np.sum(n + 1), 2 * R * np.sum(c - n)],
        "vanilla_adv": [2 * reward_slope * g.sum(), R * horizon, 2 * R * np.sum(g[1:] - 1)],
        "mfc_adv": [2 * reward_slope * (horizon - 1), R * horizon, R * slope * pairs],
        "deviation": [2 * reward_slope * (horizon - 1), 2 * R * horizon],
    }[proxy]


@pytest.fixture(scope="module")
def slips(game_files):
    """What small slips on the bridge gain, with their error by the proxy whose bound they use up."""
    file = GameFile.read(game_files / "bridge.yaml")
    table = bridge(file, {**GRID, "amplified_error": [TIGHT], "fall": [TIGHT]})[0]
    equal = []  # calm slips where both errors that the fourth takes the larger of are equal
    for horizon, reward_slope in itertools.product(GRID["horizon"], GRID["reward_lipschitz"]):
        slope = 2 * horizon / ((horizon - 1) * (horizon - 2))
        game = file.load(
            horizon=horizon, transition_lipschitz=slope, reward_lipschitz=reward_slope, attraction=0, fall=TIGHT
        )
        policy = np.array(game.known_expert())
        policy[0] = [1 - TIGHT, TIGHT, 0]
        error = mfg.proxies(game, game.known_expert(), policy).deviation
        point = {SWEPT: slope, "reward_lipschitz": reward_slope, "horizon": horizon}
        gap = mfg.nash_imitation_gap(game, policy)
        equal.append({"proxy": "deviation", **point, "error": float(error), "nash_imitation_gap": float(gap)})
    return pd.concat([table, pd.DataFrame(equal)], ignore_index=True)


MUTANTS = {
    **{f"term {k}, 2% less": (k, 0.98) for k in range(3)},
    **{f"term {k} dropped": (k, 0.0) for k in range(3)},
}
CASES = [
    (proxy, mutant)
    for proxy in Proxies._fields
    for mutant in MUTANTS
    if MUTANTS[mutant][0] < len(terms(proxy, 1.0, 1.0, 5))
]


def refuted(slips, proxy, factor_of):
    """Whether some slip gains more than the sum of the terms, each times its factor."""
    here = slips[slips["proxy"] == proxy]
    for row in here.itertuples():
        of_one = terms(proxy, row.transition_lipschitz, row.reward_lipschitz, row.horizon)
        bound = row.error * sum(factor_of(k) * term for k, term in enumerate(of_one))
        if row.nash_imitation_gap > bound * (1 + 1e-9):
            return True
    return False


@pytest.mark.parametrize(("proxy", "mutant"), CASES)
def test_every_mutant_is_refuted_and_the_bound_is_not(slips, proxy, mutant):
    wrong, factor = MUTANTS[mutant]
    assert refuted(slips, proxy, lambda k: factor if k == wrong else 1.0)
    assert not refuted(slips, proxy, lambda k: 1.0)


@pytest.mark.parametrize("proxy", ["bc", "vanilla_adv", "mfc_adv"])
def test_bounds_without_interaction_are_refuted_where_there_is_one(slips, proxy):
    here = slips[(slips["proxy"] == proxy) & (slips[SWEPT] > 0)]
    bounds = [row.error * sum(terms(proxy, 0.0, row.reward_lipschitz, row.horizon)) for row in here.itertuples()]
    assert (here["nash_imitation_gap"] > bounds).all()


@pytest.mark.parametrize("proxy", Proxies._fields)
def test_the_terms_are_those_of_the_bounds(proxy):
    """Otherwise the mutants would not be mutants of them."""
    for point in itertools.product([0.0, 0.5, 2.0], [0.0, 0.5, 2.0], [2, 5, 20]):
        bound = getattr(upper_bounds(Proxies(*[1e-15] * 4), point[2], *point[:2], R), proxy)
        assert bound / 1e-15 == pytest.approx(sum(terms(proxy, *point)), rel=1e-12)


def test_every_step_of_every_proof_is_used_up_somewhere(game_files):
    """A right side that is 2% smaller is refuted: the largest left / right is above 0.98. Steep kernels included."""
    bridge_grid = {SWEPT: [0.833333333333, 2], "reward_lipschitz": [2], "fall": [TIGHT], "attraction": [0, 1]}
    spec = {
        "games": {"bridge": {**bridge_grid, "horizon": [5]}},
        "amplified_error": [TIGHT],
        "alpha": [0.01, 1],
        "taxed": 1,
        "tolerance": 1e-10,
    }
    games, steps = biting_games([GameFile.read(game_files / "bridge.yaml")], spec, seed=0)
    table = summary(steps)
    assert steps["violations"].sum() == 0 and len(games) == 8 and games["game"].str.contains("taxed").sum() == 4
    assert table["sharpness"].between(0.999, 1 + 1e-6).all(), table
    again = biting_games([GameFile.read(game_files / "bridge.yaml")], spec, seed=0)
    assert games.equals(again[0]) and steps.equals(again[1])


def test_a_game_without_constants_is_one_line(game_files, one_line):
    spec = {"games": {"sir": {"horizon": [2]}}, "amplified_error": [], "alpha": [1], "taxed": 0, "tolerance": 1e-3}
    file = GameFile.read(game_files / "sir.yaml")
    bare = GameFile(file.path, {**file.declaration, "lipschitz": {}})
    assert "sir.yaml: declares no lipschitz constants" in one_line(biting_games, [bare], spec, 0)


def test_an_expert_that_is_not_known_is_solved_for(game_files):
    grid = {"seed": [0], "states": [3], "actions": [2], "branches": [2], "horizon": [3], "reward_lipschitz": [2]}
    spec = {"games": {"random_garnet": grid}, "amplified_error": [], "alpha": [0.1], "taxed": 0, "tolerance": 1e-10}
    games, _ = biting_games([GameFile.read(game_files / "random_garnet.yaml")], spec, seed=0)
    assert len(games) == 1 and games["exploitability"].item() <= 1e-10
    assert games[["transition_lipschitz", "reward_lipschitz"]].to_numpy().tolist() == [[0.5, 2.0]]
