"""The table behind Figure 2: which policies it has, whose its numbers are, that it repeats byte by byte."""

import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.names import SWEPT
from mfg_imitation.studies.slip_paths import alpha_grid, games_on_grid, resolved_path
from mfg_imitation.studies.sweep import sweep

COLUMNS = ["game", SWEPT, "horizon", "alpha", *mfg.Proxies._fields, *mfg.Gaps._fields]
MEASURES = COLUMNS[4:]
GRID = {
    SWEPT: [0, 2],
    "horizon": [2, 4],
    "alpha": {"linear": 5, "smallest": 1e-6, "logarithmic": 7, "resolution": 0.2},
}


@pytest.fixture(scope="module")
def table(game_files):
    return sweep(GameFile.read(game_files / "attractor.yaml"), GRID)


@pytest.fixture
def still_game(tmp_path):
    """A game without a slope to sweep, without a target, and with an expert."""
    file = tmp_path / "still_game.yaml"
    file.write_text(
        "{title: t, source: s, horizon: 9, states: [x, y], actions: [go, stop], initial: {x: 1},"
        " transition: {every: {stop: {stay: 1}, go: {x: 1/2, y: 1/2}}},"
        " reward: {every: {stop: 1, go: 0}}, expert: {policy: {every: stop}}}"
    )
    return file


def test_alpha_grid_is_linear_and_logarithmic():
    grid = alpha_grid(5, 1e-6, 7)
    wanted = sorted({0, 0.25, 0.5, 0.75, 1, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1})
    np.testing.assert_allclose(grid, wanted, rtol=1e-12)
    assert (np.diff(grid) > 0).all() and (grid[0], grid[-1]) == (0, 1)


def test_every_panel_is_there_and_in_order(table):
    assert list(table.columns) == COLUMNS
    assert set(table["game"]) == {"attractor"}
    panels = table.groupby([SWEPT, "horizon"], sort=False)
    assert list(panels.groups) == [(0, 2), (0, 4), (2, 2), (2, 4)]
    first = alpha_grid(5, 1e-6, 7)
    for _, panel in panels:
        assert (panel["alpha"].diff().dropna() > 0).all()
        assert set(first) <= set(panel["alpha"])
    assert table.notna().all(axis=None) and np.isfinite(table[MEASURES]).all(axis=None)


def test_numbers_are_the_engines(table, game_files):
    """Every row again, by itself, from the public functions."""
    for (slope, horizon), panel in table.groupby([SWEPT, "horizon"]):
        game = mfg.load_game(game_files / "attractor.yaml", transition_lipschitz=slope, horizon=int(horizon))
        expert, target = game.known_expert(), GameFile.read(game_files / "attractor.yaml").slip(game)
        np.testing.assert_array_equal(target[..., 1], 1)
        for alpha in panel["alpha"].iloc[[0, len(panel) // 2, -1]]:
            policy = (1 - alpha) * expert + alpha * target
            wanted = [*mfg.proxies(game, expert, policy), *mfg.gaps(game, expert, policy)]
            row = panel.loc[panel["alpha"] == alpha, MEASURES].to_numpy()[0]
            np.testing.assert_allclose(row, wanted, rtol=0, atol=1e-12)


def test_curves_are_resolved(game_files):
    """Between neighbours nothing jumps by more than the resolution, although the first grid is far too coarse."""
    game = mfg.load_game(game_files / "attractor.yaml", transition_lipschitz=5, horizon=4)
    expert, target = game.known_expert(), GameFile.read(game_files / "attractor.yaml").slip(game)
    coarse = np.array([0, 1e-6, 1])
    path = resolved_path(game, expert, target, coarse, resolution=0.1)
    values = path[MEASURES]
    assert set(coarse) <= set(path["alpha"]) and len(path) > 30
    assert ((values.diff().abs() / values.abs().max()).iloc[1:] <= 0.1).all(axis=None)
    assert (path["alpha"].diff().iloc[1:] > 0).all()


def test_a_game_without_a_slope_gets_one_row_of_panels(still_game):
    table = sweep(GameFile.read(still_game), GRID)
    assert list(table.columns) == COLUMNS and table[SWEPT].isna().all()
    assert list(table["horizon"].unique()) == GRID["horizon"]
    games = list(games_on_grid(GameFile.read(still_game), GRID))
    assert [point for point, _ in games] == [{"horizon": 2}, {"horizon": 4}]
    assert [game.horizon for _, game in games] == [2, 4]
    # no target is named: the path leads to the uniform policy, which plays `go` half of the time
    last = table[table["alpha"] == 1].iloc[0]
    assert last["bc"] == pytest.approx(1) and last["nash_imitation_gap"] == pytest.approx(0.5 * 2)
    np.testing.assert_allclose(table["vanilla_adv"], table["mfc_adv"], rtol=0, atol=1e-12)


def test_the_same_grid_gives_the_same_bytes(still_game, tmp_path):
    for name in ("one.csv", "two.csv"):
        write_table(tmp_path / name, sweep(GameFile.read(still_game), GRID))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    again = sweep(GameFile.read(still_game), GRID)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "one.csv").iloc[:, 2:], again.iloc[:, 2:])


def test_an_expert_that_is_no_equilibrium_is_refused(still_game, one_line):
    still_game.write_text(still_game.read_text().replace("policy: {every: stop}", "policy: {every: go}"))
    message = one_line(lambda: sweep(GameFile.read(still_game), GRID))
    assert message.startswith(f"{still_game}: expert.policy: its exploitability is 2")
    assert "horizon = 2" in message


def test_no_expert_is_said_plainly(still_game, one_line):
    still_game.write_text(still_game.read_text().replace(", expert: {policy: {every: stop}}", ""))
    message = one_line(lambda: sweep(GameFile.read(still_game), GRID))
    assert message.startswith(f"{still_game}: ") and "expert" in message


def test_a_target_that_is_no_policy_is_refused(still_game, one_line):
    still_game.write_text(still_game.read_text().replace("expert:", "sweep: {towards: {every: run}}, expert:"))
    message = one_line(lambda: sweep(GameFile.read(still_game), GRID))
    assert message == f"{still_game}: sweep.towards.every: unknown action 'run'; the actions are go, stop"
