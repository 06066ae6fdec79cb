"""Figure 2 and the files of figures: what is drawn, in which look, with which bytes."""

from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image

from mfg_imitation.figures.save import DOTS, save_figure
from mfg_imitation.figures.style import FONTS, STYLE, TEXT_WIDTH, labelled, looks
from mfg_imitation.figures.sweep import SMALLEST, sweep_figure

PROXIES = pd.DataFrame({"name": ["bc", "vanilla_adv", "mfc_adv"], "label": ["BC", "vanilla-ADV", "MFC-ADV"]})
CURVES = labelled(PROXIES)
LIPSCHITZ, HORIZONS = (0.0, 0.1, 5.0), (5, 50)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """The attractor's sweep from its closed forms, in shuffled order."""
    alpha = np.union1d(np.linspace(0, 1, 201), np.logspace(-12, 0, 121))
    parts = []
    for lipschitz in LIPSCHITZ:
        for horizon in HORIZONS:
            away = attracted = gap = nash_gap = last = np.zeros_like(alpha)
            for _ in range(horizon):
                gap, nash_gap, last = gap + away, nash_gap + away - attracted, away
                pull = np.minimum(1, lipschitz * away)
                attracted = attracted + (1 - attracted) * pull
                away = away + (1 - away) * (alpha + (1 - alpha) * pull)
            columns = {
                "transition_lipschitz": lipschitz,
                "horizon": horizon,
                "alpha": alpha,
                "bc": 2 * alpha,
                "vanilla_adv": 2 * (1 - (1 - alpha) ** horizon),
                "mfc_adv": 2 * (1 - (1 - alpha) * (1 - last)),
                "nash_imitation_gap": nash_gap,
                "population_value_gap": gap,
            }
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=0)


def panel(figure: Figure, row: int, column: int, n_columns: int = len(HORIZONS)):
    return figure.axes[row * n_columns + column]


def texts(figure: Figure) -> set[str]:
    drawn = figure.findobj(matplotlib.text.Text)
    return {text.get_text() for text in drawn if text.get_visible() and text.get_text()}


def test_a_panel_for_every_pair(frame):
    figure = sweep_figure(frame, PROXIES, gap="population_value_gap")
    assert len(figure.axes) == len(LIPSCHITZ) * len(HORIZONS)
    assert figure.get_size_inches()[0] == TEXT_WIDTH
    assert [axes.get_title() for axes in figure.axes[:2]] == ["$H = 5$", "$H = 50$"]
    assert {"$L_P = 0$", "$L_P = 0.1$", "$L_P = 5$", "population value gap"} <= texts(figure)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["BC", "vanilla-ADV", "MFC-ADV"]
    assert all(axes.get_xlim() == (0, 2) for axes in figure.axes)
    top = frame.groupby(["transition_lipschitz", "horizon"]).population_value_gap.max()
    for axes, highest in zip(figure.axes, top, strict=True):
        assert axes.get_ylim()[0] == 0 and highest <= axes.get_ylim()[1] <= 2 * highest


def test_curves_follow_alpha(frame):
    axes = panel(sweep_figure(frame, PROXIES, gap="nash_imitation_gap"), row=1, column=1)
    here = frame[(frame.transition_lipschitz == 0.1) & (frame.horizon == 50)].sort_values("alpha")
    for line, (proxy, look) in zip(axes.lines, CURVES.items(), strict=True):
        drawn, whole = line.get_xydata(), here[[proxy, "nash_imitation_gap"]].to_numpy()
        assert line.get_label() == look["label"] and to_hex(line.get_color()).upper() == look["color"]
        np.testing.assert_array_equal(drawn[[0, -1]], whole[[0, -1]])
        assert {tuple(point) for point in drawn} <= {tuple(point) for point in whole}
        # No point that was left out is farther from one that was kept than 1/1000 of the panel.
        apart = np.abs(whole[:, None] - drawn) / np.ptp(whole, axis=0)
        assert apart.max(axis=-1).min(axis=1).max() < 1e-3
        assert len(drawn) < len(whole)


def test_the_looks_differ_without_colour():
    assert len({str(look["linestyle"]) for look in CURVES.values()}) == len(CURVES)
    many = looks(["bc", "new", "vanilla_adv", "newer", "mfc_adv", "newest"])
    assert len({look["color"] for look in many.values()}) == len(many)
    assert all(many[name].items() <= look.items() for name, look in CURVES.items()), "the paper's look as always"


def test_a_game_without_the_parameter_has_one_row(frame):
    blank = frame[frame.transition_lipschitz == 0].assign(transition_lipschitz=np.nan)
    figure = sweep_figure(blank, PROXIES, gap="nash_imitation_gap")
    assert len(figure.axes) == len(HORIZONS)
    assert not any("L_P" in text or "nan" in text for text in texts(figure))
    assert all(len(line.get_xydata()) > 10 for axes in figure.axes for line in axes.lines)


def test_logarithmic_axes_drop_zeros(frame):
    figure = sweep_figure(frame, PROXIES, gap="population_value_gap", scale="log")
    smallest = SMALLEST * frame.population_value_gap.max()
    for axes in figure.axes:
        assert axes.get_xscale() == axes.get_yscale() == "log"
        assert axes.get_ylim() == figure.axes[0].get_ylim()
        for line in axes.lines:
            assert (line.get_xdata() > 0).all() and (line.get_ydata() > smallest * (1 - 1e-9)).all()
    assert panel(figure, 0, 0).get_xlim() == panel(figure, 2, 0).get_xlim()


def test_gaps_that_are_zero_or_negative(frame):
    flat = sweep_figure(frame.assign(nash_imitation_gap=0.0), PROXIES, gap="nash_imitation_gap")
    assert all(axes.get_ylim() == (0, 1) for axes in flat.axes)
    sunk = sweep_figure(frame.assign(population_value_gap=-frame.alpha), PROXIES, gap="population_value_gap")
    assert all(axes.get_ylim()[0] == -1 for axes in sunk.axes)
    assert sweep_figure(frame.assign(nash_imitation_gap=0.0), PROXIES, gap="nash_imitation_gap", scale="log")


def test_a_pair_that_was_not_swept_stays_empty(frame):
    figure = sweep_figure(
        frame[(frame.horizon == 5) | (frame.transition_lipschitz == 0)], PROXIES, gap="nash_imitation_gap"
    )
    assert [bool(axes.lines) for axes in figure.axes] == [True, True, True, False, True, False]


def test_mistakes_are_named(frame, one_line):
    assert "nash_imitation_gap" in one_line(sweep_figure, frame, PROXIES, gap="nash_gap")
    assert "'logarithmic'" in one_line(sweep_figure, frame, PROXIES, gap="nash_imitation_gap", scale="logarithmic")
    assert "'mfc_adv'" in one_line(sweep_figure, frame.drop(columns="mfc_adv"), PROXIES, gap="nash_imitation_gap")
    assert "no rows" in one_line(sweep_figure, frame.iloc[:0], PROXIES, gap="nash_imitation_gap")


def test_equal_figures_give_equal_bytes(frame, tmp_path):
    names = ["figure.pdf", "figure.png", "figure.svg"]
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        figure = sweep_figure(frame, PROXIES, gap="nash_imitation_gap")
        save_figure(figure, [tmp_path / folder / name for name in names])
    save_figure(figure, [str(tmp_path / f"again{Path(name).suffix}") for name in names])
    for name in names:
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("first", "second"))
        again = (tmp_path / f"again{Path(name).suffix}").read_bytes()
        assert first == second == again
        assert len(first) < 500_000
    pdf, png, svg = ((tmp_path / "first" / name).read_bytes() for name in names)
    assert b"/CreationDate" not in pdf and b"/Producer" not in pdf and b"/Type3" not in pdf
    assert b"Software" not in png and b"dc:date" not in svg and b"<text" not in svg


def test_a_file_appears_whole_or_not_at_all(tmp_path, one_line, monkeypatch):
    figure, kept = Figure(), tmp_path / "kept.png"
    assert ".pdf, .png, .svg" in one_line(save_figure, figure, [tmp_path / "a.pdf", tmp_path / "b.jpg"])
    assert not list(tmp_path.iterdir())

    def broken(path, **_):
        path.write_bytes(b"half")
        raise OSError("disk full")

    kept.write_bytes(b"old")
    monkeypatch.setattr(figure, "savefig", broken)
    with pytest.raises(OSError, match="disk full"):
        save_figure(figure, [kept])
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_no_font_of_the_system_and_no_global_style(frame):
    before = dict(matplotlib.rcParams)
    figure = sweep_figure(frame, PROXIES, gap="nash_imitation_gap")
    assert dict(matplotlib.rcParams) == before
    bundled = Path(matplotlib.get_data_path())
    fonts = {text.get_fontname() for text in figure.findobj(matplotlib.text.Text)}
    assert fonts == {FONTS[0]}
    assert all(Path(findfont(font)).is_relative_to(bundled) for font in fonts)


def test_a_png_has_its_colours(frame, tmp_path):
    """A palette is smaller, and may not give one curve the colour of another."""
    figure, whole = sweep_figure(frame, PROXIES, gap="nash_imitation_gap"), tmp_path / "whole.png"
    with matplotlib.rc_context(STYLE):
        figure.savefig(whole, dpi=DOTS)
    save_figure(figure, [tmp_path / "palette.png"])
    before, after = (np.asarray(Image.open(file).convert("RGB"), int) for file in (whole, tmp_path / "palette.png"))
    assert np.abs(after - before).max() <= 16  # of 255
