"""The bridge: its bounds are used up, its constants are exact, its proof holds; and an oracle in plain NumPy."""

import itertools

import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.bridge import SLIPS, bridge, growth, proved_share

GRID = {SWEPT: [0, 0.5, 1], "reward_lipschitz": [0, 0.5, 2], "horizon": [5, 10, 20]}
TIGHT, FALL = 2e-5, 2e-5


@pytest.fixture(scope="module")
def file(game_files):
    return GameFile.read(game_files / "bridge.yaml")


@pytest.fixture(scope="module")
def tables(file):
    return bridge(file, {**GRID, "amplified_error": [TIGHT, 0.5, 8], "fall": [FALL]})


def test_all_three_bounds_are_used_up_constants_included(tables):
    table = tables[0]
    tight = table[table["amplified_error"] == TIGHT]
    assert len(tight) == 3 * 27 and set(tight["proxy"]) == {"bc", "vanilla_adv", "mfc_adv"}
    assert tight["ratio"].between(0.9998, 1).all() and (tight["proved"] >= 0.9995).all()
    assert (table["exploitability"] <= 1e-12).all()


def test_every_step_of_the_proof_holds_and_so_does_the_theorem(tables):
    table, proof = tables
    assert (proof["excess"] <= 1e-9).all() and set(proof["step"].str[0]) == set("1234567")
    assert (table["proved"] <= table["ratio"]).all()
    assert (table.loc[table["theta"] >= 1, "proved"] == 0).all() and (table["theta"] > 1).any()


def test_what_is_proved_is_the_product_of_its_four_factors():
    assert proved_share(0.25, 0.5, 0.01, 11, 2.0) == pytest.approx(0.75 * 0.5 * 0.9 * 0.01)
    assert proved_share(0.0, 0.5, 0.01, 11, 0.0) == pytest.approx(0.5 * 0.9)
    assert proved_share(0.0, 1.5, 0.01, 11, 1.0) == proved_share(0.0, 0.5, 0.2, 11, 1.0) == 0


@pytest.mark.parametrize(("slope", "reward_slope"), [*itertools.product([0, 0.5, 1, 4], [0, 0.5, 2])])
@pytest.mark.parametrize("attraction", [0, 0.3, 1])
def test_its_lipschitz_constants_are_exact(file, slope, reward_slope, attraction):
    point = {SWEPT: slope, "reward_lipschitz": reward_slope, "attraction": attraction, "horizon": 3}
    game = file.load(**point)
    near = np.array([[1 - 1e-5, 1e-5, 0, 0, 0]])  # where the bridge still leads to heaven
    found = lipschitz_estimate(game, near, n_samples=5)
    np.testing.assert_allclose((found.transition, found.reward), (slope, reward_slope), rtol=1e-12, atol=1e-15)
    assert file.lipschitz(**point) == (slope, reward_slope)


def gap(slope, reward_slope, attraction, fall, horizon, slips):
    """NIG of one who slips with probability slips[n] at step n, in plain NumPy; states in the file's order."""

    def kernel(m):
        table = np.zeros((5, 3, 5))
        drawn, saved = min(1, attraction * slope * m), min(fall, slope * m)
        table[0, 0, :2] = 1 - drawn, drawn
        table[0, 1, 1] = table[0, 2, 2] = 1
        table[2, :, 2:] = 1 - fall, saved, fall - saved
        for state in (1, 3, 4):
            table[state, :, state] = 1
        return table

    def reward(n, m):
        here = 0.5 * (2 * (1 - fall) ** (horizon - 1 - n) - 1)
        at_home = [here - 2 * reward_slope * m, -0.5, here + 2 * reward_slope * m]
        elsewhere = np.array([-0.5, 0.5, 0.5, -0.5]) + 2 * reward_slope * m * np.array([-1, 1, 1, 1])
        return np.concatenate([[at_home], np.repeat(elsewhere[:, None], 3, axis=1)])

    mu, joints = np.eye(5)[0], []
    for n in range(horizon):
        joints.append(mu[:, None] * [1 - slips[n], slips[n], 0])
        mu = np.einsum("sa,sat->t", joints[-1], kernel(mu[1]))
    best, lost = np.zeros(5), 0.0
    for n in reversed(range(horizon)):
        share = joints[n][1].sum()
        q = reward(n, share) + kernel(share) @ best
        best = q.max(axis=1)
        lost += np.sum(joints[n] * (best[:, None] - q))
    return lost


@pytest.mark.parametrize("slip", SLIPS)
def test_the_game_of_the_file_is_that_of_the_text(file, slip):
    point = {SWEPT: 0.7, "reward_lipschitz": 0.4, "fall": 0.03, "attraction": SLIPS[slip].attraction}
    game = file.load(**point, horizon=6)
    for alpha in (1e-6, 0.01, 0.4):
        slips = alpha * (np.ones(6) if slip == "steady" else np.eye(6)[0])
        policy = np.stack([1 - slips, slips, 0 * slips], axis=-1)[:, None] * np.ones((6, 5, 1))
        wanted = gap(0.7, 0.4, SLIPS[slip].attraction, 0.03, 6, slips)
        assert float(mfg.nash_imitation_gap(game, policy)) == pytest.approx(wanted, rel=1e-9)


def test_the_pit_grows_as_said():
    np.testing.assert_allclose(growth("steady", 4, 0.5), [0, 1, 2.5, 4.75])
    np.testing.assert_allclose(growth("single", 4, 0.5), [0, 1, 1.5, 2.25])
    np.testing.assert_allclose(growth("calm", 4, 0.5), [0, 1, 1, 1])
