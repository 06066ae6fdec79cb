"""Figures of common noise: what they draw, and what they refuse."""

import pandas as pd
import pytest

from mfg_imitation.errors import InputError
from mfg_imitation.figures.common_noise import CLASSES, awareness_figure, histories_figure


@pytest.fixture
def histories():
    rows = []
    for policy, shift in (("expert", 0.0), ("unaware", 0.1)):
        for step, paths in ((0, [("",)]), (1, [("calm",), ("storm",)])):
            for (before,) in paths:
                for noise in ("calm", "storm"):
                    history = f"{before} > {noise}" if before else noise
                    share = 0.2 + shift + 0.3 * (before == "storm")
                    for state, population in (("in", share), ("out", 1 - share)):
                        row = {"policy": policy, "step": step, "history": history, "before": before, "noise": noise}
                        rows.append({**row, "probability": 0.5 ** (step + 1), "state": state, "population": population})
    return pd.DataFrame(rows)


def test_a_line_for_every_history(histories):
    drawn = histories_figure(histories)
    assert [axes.get_title() for axes in drawn.axes] == ["in", "out"]
    lines = drawn.axes[0].lines
    assert len(lines) == 4  # two histories before step 1, of experts and of imitators
    ends = sorted(line.get_ydata()[1] for line in lines)
    assert ends == pytest.approx([0.2, 0.3, 0.5, 0.6])
    assert len({line.get_color() for line in lines}) == 3


@pytest.fixture
def gaps():
    rows = [
        {"game": game, "algorithm": "bc", "sharing": crowd, "awareness": kind, "demonstrations": size}
        | {"nash_imitation_gap": crowd / size}
        for game in ("one", "two")
        for crowd in (1, 10)
        for kind in CLASSES
        for size in (10, 100)
    ]
    frame = pd.DataFrame(rows)
    frame = frame.assign(nash_imitation_gap_low=frame["nash_imitation_gap"] / 2, nash_imitation_gap_high=0.5)
    games = pd.DataFrame([{"game": game, **{f"floor_{kind}": 0.0 for kind in CLASSES}} for game in ("one", "two")])
    return frame, games


def test_a_panel_for_every_game(gaps):
    drawn = awareness_figure(*gaps)
    assert len(drawn.axes) == 2 and all(len(axes.lines) == 7 for axes in drawn.axes)
    assert list(drawn.axes[0].lines[-1].get_ydata()) == [1, 0.1]


def test_missing_columns_are_named(histories, gaps):
    with pytest.raises(InputError, match="no column 'before'"):
        histories_figure(histories.drop(columns="before"))
    with pytest.raises(InputError, match="no column 'floor_unaware'"):
        awareness_figure(gaps[0], gaps[1].drop(columns="floor_unaware"))
