"""The figures of a game's page: what is drawn for every kind of game, its words, its bytes."""

from itertools import pairwise, product

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, to_rgba
from matplotlib.figure import Figure

from mfg_imitation.figures.flow import MAPS, MEASURES, flow_figure
from mfg_imitation.figures.game import convergence_figure, paths_figure
from mfg_imitation.figures.save import save_figure
from mfg_imitation.figures.style import FONTS, STATES, STYLE, TEXT_WIDTH

FLOOR_PLAN = ("S.#.", "..#.", "....")

PROXIES = pd.DataFrame({"name": ["bc", "vanilla_adv", "mfc_adv"], "label": ["BC", "vanilla-ADV", "MFC-ADV"]})


def flow(states, horizon: int = 12, places: dict | None = None) -> pd.DataFrame:
    """A population that moves from all in the first state to all states equally, and rewards that differ."""
    share = np.linspace(0, 1, horizon)[:, None]
    population = (1 - share) * np.eye(len(states))[0] + share / len(states)
    reward = -np.arange(len(states)) - population
    steps, index = np.indices(population.shape)
    frame = pd.DataFrame({"step": steps.ravel(), "state": np.asarray(states)[index.ravel()]})
    frame = frame.assign(population=population.ravel(), reward=reward.ravel())
    return frame.assign(**{axis: np.tile(places[axis], horizon) for axis in places or {}})


def grid_flow() -> pd.DataFrame:
    cells = np.argwhere(np.array([list(line) for line in FLOOR_PLAN]) != "#")
    return flow([f"{y},{x}" for y, x in cells], places={"row": cells[:, 0], "column": cells[:, 1]})


def building_flow() -> pd.DataFrame:
    cells = np.array(list(product(range(3), range(2), range(4))))
    names = [",".join(map(str, cell)) for cell in cells]
    return flow(names, horizon=5, places=dict(zip(("floor", "row", "column"), cells.T, strict=True)))


def paths_table(towards=("declared", "uniform", "random")) -> pd.DataFrame:
    alpha = np.linspace(0, 1, 41)
    parts = []
    for scale, path in enumerate(towards, start=1):
        columns = {
            "towards": path,
            "alpha": alpha,
            "bc": alpha,
            "vanilla_adv": 1.5 * alpha,
            "mfc_adv": 2 * alpha,
        }
        gaps = {"nash_imitation_gap": scale * alpha, "population_value_gap": scale * alpha**2 - 0.1 * alpha}
        parts.append(pd.DataFrame({**columns, **gaps}))
    return pd.concat(parts).sample(frac=1, random_state=0)


def solver(exploitability, tolerance: float = 1e-3) -> pd.DataFrame:
    columns = {
        "iteration": range(len(exploitability)),
        "exploitability": exploitability,
        "tolerance": tolerance,
    }
    return pd.DataFrame(columns)


FIGURES = {
    "2 states": lambda: flow_figure(flow(["s0", "s1"])),
    "5 states": lambda: flow_figure(flow(["healthy", "light", "moderate", "heavy", "broken"])),
    "20 states": lambda: flow_figure(flow([f"{i}" for i in range(20)])),
    "grid": lambda: flow_figure(grid_flow()),
    "building": lambda: flow_figure(building_flow()),
    "paths": lambda: paths_figure(paths_table(), PROXIES),
    "solver": lambda: convergence_figure(solver(1 / np.arange(1, 2000))),
    "closed form": lambda: convergence_figure(solver([0.0], tolerance=1e-9)),
}


def texts(figure: Figure) -> set[str]:
    drawn = figure.findobj(matplotlib.text.Text)
    return {text.get_text() for text in drawn if text.get_visible() and text.get_text()}


def images(figure: Figure) -> list:
    return [axes.images[0] for axes in figure.axes if axes.images]


@pytest.mark.parametrize("name", FIGURES)
def test_every_word_is_on_the_page_in_the_projects_font(name):
    figure = FIGURES[name]()
    assert figure.get_size_inches()[0] == TEXT_WIDTH and figure.get_size_inches()[1] < 8
    with matplotlib.rc_context(STYLE):
        drawn = figure.get_tightbbox(FigureCanvasAgg(figure).get_renderer())
    assert drawn.x0 >= 0 and drawn.x1 <= TEXT_WIDTH and drawn.y0 >= 0 and drawn.y1 <= figure.get_size_inches()[1]
    assert {text.get_fontname() for text in figure.findobj(matplotlib.text.Text)} == {FONTS[0]}


@pytest.mark.parametrize("name", ["5 states", "grid", "closed form"])
def test_equal_figures_give_equal_bytes(name, tmp_path):
    names = [f"figure.{suffix}" for suffix in ("pdf", "png", "svg")]
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        save_figure(FIGURES[name](), [tmp_path / folder / name for name in names])
    for name in names:
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("first", "second"))
        assert first == second and len(first) < 500_000


def test_paths_are_drawn_as_in_figure_2():
    frame = paths_table()
    figure = paths_figure(frame, PROXIES)
    titles = ["towards the declared slip", "towards uniform", "towards random"]
    assert [axes.get_title() for axes in figure.axes[:3]] == titles
    assert {"Nash imitation gap", "population value gap"} <= texts(figure)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["BC", "vanilla-ADV", "MFC-ADV"]
    pairs = product(("nash_imitation_gap", "population_value_gap"), ("declared", "uniform", "random"))
    for axes, (gap, path) in zip(figure.axes, pairs, strict=True):
        here = frame[frame.towards == path].sort_values("alpha")
        for line, proxy in zip(axes.lines, PROXIES["name"], strict=True):
            np.testing.assert_array_equal(line.get_xydata(), here[[proxy, gap]])
    assert len(paths_figure(paths_table(["random", "uniform"]), PROXIES).axes) == 4


@pytest.mark.parametrize("states", [["s0", "s1"], ["healthy", "light", "moderate", "heavy", "broken"]])
def test_few_states_are_lines_with_names(states):
    frame = flow(states)
    figure = flow_figure(frame)
    assert [len(axes.lines) for axes in figure.axes] == [len(states)] * 2
    for axes, measure in zip(figure.axes, MEASURES, strict=True):
        for line, state, color in zip(axes.lines, states, STATES, strict=False):
            np.testing.assert_array_equal(line.get_ydata(), frame.loc[frame.state == state, measure])
            assert to_rgba(line.get_color()) == to_rgba(color)
        names = [text.get_text() for text in axes.texts]
        assert names == ([f"$s_{{{i}}}$" for i in range(2)] if len(states) == 2 else states)
    # The shares end in one point: their names do not. (An annotation's own extent has its arrow in it.)
    with matplotlib.rc_context(STYLE):
        canvas, extent = FigureCanvasAgg(figure), matplotlib.text.Text.get_window_extent
        canvas.draw()
        lows = sorted(extent(text, canvas.get_renderer()).y0 for text in figure.axes[0].texts)
    assert all(upper - lower > 7 / 72 * figure.dpi for lower, upper in pairwise(lows))


def test_names_of_every_kind():
    names = ["price: 5$ or 6$", "a_b", "ill & \\alpha {x}", "l" * 80, "100 %", "two\nlines"]
    figure = flow_figure(flow(names))
    FigureCanvasAgg(figure).draw()
    assert {"a b", "100 %", "two lines", "l" * 21 + "…", r"price: 5\$ or 6\$"} <= texts(figure)
    assert figure.axes[0].get_position().width > 0.5


@pytest.mark.parametrize("horizon", [1, 2])
def test_a_short_horizon_shows_its_steps(horizon):
    lines = flow_figure(flow(["s0", "s1"], horizon=horizon)).axes[0].lines
    assert all(line.get_marker() == "o" and len(line.get_xdata()) == horizon for line in lines)


def test_many_states_are_a_map_of_states_by_steps():
    frame = flow(range(20))
    figure = flow_figure(frame)
    assert {"population, share", "reward of the expert", "state", "step", "19"} <= texts(figure)
    for image, measure in zip(images(figure), MEASURES, strict=True):
        np.testing.assert_array_equal(image.get_array(), frame[measure].to_numpy().reshape(12, 20).T)
    names = [text.get_text() for text in flow_figure(flow(range(100))).axes[0].get_yticklabels()]
    assert 10 < len(names) <= 30 and names[0] == "0"


def test_a_grid_is_its_map_at_some_steps():
    frame = grid_flow()
    figure = flow_figure(frame)
    drawn, walls = images(figure), np.array([[mark == "#" for mark in line] for line in FLOOR_PLAN])
    assert len(drawn) == 2 * MAPS and len(figure.axes) == 2 * MAPS + 2
    for block, measure in enumerate(MEASURES):
        here = drawn[block * MAPS : (block + 1) * MAPS]
        assert len({(image.norm.vmin, image.norm.vmax, image.cmap.name) for image in here}) == 1
        for image in here:
            step = int(image.axes.get_title().split()[1])
            cells = image.get_array()
            np.testing.assert_array_equal(cells.mask, walls)
            np.testing.assert_array_equal(cells.compressed(), frame.loc[frame.step == step, measure])
    assert {"step 0", "step 11"} <= texts(figure)


def test_floors_stand_one_above_the_other():
    frame = building_flow()
    figure = flow_figure(frame)
    drawn = images(figure)
    assert len(drawn) == 2 * 5 * 3
    assert {"floor 0", "floor 1", "floor 2"} <= texts(figure)
    top, middle, ground = drawn[:3]
    heights = [image.axes.get_position().y0 for image in (top, middle, ground)]
    assert heights == sorted(heights, reverse=True)
    first = frame[(frame.step == 0) & (frame.floor == 0)]
    np.testing.assert_array_equal(ground.get_array().ravel(), first.population)


def test_the_colours_of_a_crowd_that_spreads_are_logarithmic():
    spread, even = flow(range(40)), flow(range(40))
    even["population"] = 1 / 40
    norm = images(flow_figure(spread))[0].norm
    assert isinstance(norm, LogNorm) and norm.vmin < 1 / 40 and norm.vmax == 1
    norm = images(flow_figure(even))[0].norm
    assert not isinstance(norm, LogNorm) and (norm.vmin, norm.vmax) == (0, 1 / 40)


def test_a_corridor_is_no_map():
    frame = flow(range(20), places={"row": np.zeros(20, int), "column": np.arange(20)})
    assert len(images(flow_figure(frame))) == 2


def test_the_solvers_curve():
    frame = solver(1 / np.arange(1, 2000))
    axes = convergence_figure(frame.sample(frac=1, random_state=0)).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), frame[["iteration", "exploitability"]])
    assert axes.get_yscale() == "log" and axes.get_xlim() == (0, 1998)
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["0", "1", "10", "100", "$10^{3}$"]
    labels = [text.get_text() for text in axes.texts]
    assert labels == [r"$5 \times 10^{-4}$", "tolerance 0.001"]
    without = convergence_figure(frame.assign(tolerance=np.nan)).axes[0]
    assert [text.get_text() for text in without.texts] == labels[:1]


@pytest.mark.parametrize("exploitability", [0.0, -1e-17, 3e-12])
def test_an_expert_known_in_closed_form_is_one_point(exploitability):
    axes = convergence_figure(solver([exploitability], tolerance=1e-9)).axes[0]
    (x, y), (low, high) = axes.lines[1].get_xydata()[0], axes.get_ylim()
    assert x == 0 and axes.get_xlim()[0] < 0 < axes.get_xlim()[1]
    assert low <= y < 1e-9 < high
    assert axes.lines[1].get_marker() == ("o" if exploitability > 0 else "v")
    assert "tolerance $10^{-9}$" in {text.get_text() for text in axes.texts}


def test_mistakes_are_named(one_line):
    assert "'reward'" in one_line(flow_figure, grid_flow().drop(columns="reward"))
    assert "'mfc_adv'" in one_line(paths_figure, paths_table().drop(columns="mfc_adv"), PROXIES)
    assert "'sideways'" in one_line(paths_figure, paths_table(["sideways"]), PROXIES)
    assert "'tolerance'" in one_line(convergence_figure, solver([1.0]).drop(columns="tolerance"))
    for function, frame in (
        (flow_figure, grid_flow()),
        (lambda frame: paths_figure(frame, PROXIES), paths_table()),
        (convergence_figure, solver([1])),
    ):
        assert "no rows" in one_line(function, frame.iloc[:0])
