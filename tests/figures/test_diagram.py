"""The state diagram: its words, what it draws, and that nothing lies on anything else."""

import string
from itertools import combinations

import matplotlib
import pytest
import yaml
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.mathtext import MathTextParser
from matplotlib.patches import Ellipse, FancyArrowPatch

from mfg_imitation.figures import diagram
from mfg_imitation.figures.mathtext import name_math, pretty, title
from mfg_imitation.figures.save import save_figure
from mfg_imitation.games.declaration import written_out


def state_diagram(declaration):
    return diagram.state_diagram(written_out(declaration))


PARAMETERS = {
    "transition_lipschitz": {"value": 1, "symbol": "L_P"},
    "reward_lipschitz": {"value": 1, "symbol": "$L_r$"},
    "shelter_cost": {"value": 0, "symbol": "δ"},
    "rate": {"value": 1},
    "broken": {"value": 1, "symbol": "L_{"},
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (1, "$1$"),
        (-0.5, "$-0.5$"),
        (0.1 + 0.2, "$0.3$"),
        ("1e-7", "$10^{-7}$"),
        ("2.5e-7 * n", r"$2.5 \cdot 10^{-7}\,n$"),
        ("min(1, transition_lipschitz * mu[s1])", r"$\min(1, L_P\,\mu(s_{1}))$"),
        ("2 * reward_lipschitz * mu[s1] - shelter_cost", r"$2\,L_r\,\mu(s_{1}) - δ$"),
        ("mu[here]**2 / horizon", r"$\mu(s_{0})^{2} / H$"),
        ("rate * mu[very_ill]", r"$\text{rate}\,\mu(\text{very ill})$"),
        ("1 - (1 - mu[s])", r"$1 - (1 - \mu(s))$"),
        ("(a + b) * c", r"$(a + b)\,c$"),
        ("a / (b * c)", r"$a / (b\,c)$"),
        ("a / b * c", r"$(a / b)\,c$"),
        ("(-a) ** 2", "$(-a)^{2}$"),
        ("-(a + b) ** 2", "$-(a + b)^{2}$"),
        ("a - -b", "$a - (-b)$"),
        ("x * 2", r"$x \cdot 2$"),
        ("exp(-rate * n)", r"$\exp(-\text{rate}\,n)$"),
        ("sqrt(abs(x))", r"$\sqrt{|x|}$"),
        ("where(n >= 3, 0, 1)", r"$\text{where}(n \geq 3, 0, 1)$"),
        # what has no notation stays as it is, with nothing that matplotlib would take for mathematics
        ("a b", "a b"),
        ("x.real", "x.real"),
        ("True", "True"),
        ("broken * 2", "broken * 2"),
        ("__import__('os')", "__import__('os')"),
        ("$", r"\$"),
    ],
)
def test_pretty(expression, expected):
    assert pretty(expression, PARAMETERS, here="s0") == expected


def test_titles():
    assert [title(name) for name in ("s0", "x", "go_left", "5$")] == ["$s_{0}$", "$x$", "go left", r"5\$"]


@pytest.mark.parametrize("mark", string.punctuation.replace("_", ""))  # which is written as a blank
def test_marks_in_names_are_drawn_as_they_are(mark):
    name = f"US{mark}5 {mark}{mark} A{mark}"
    for text, drawn in ((rf"{title(name)}: $r$", f"{name}: r"), (f"$({name_math(name)})$", f"({name})")):
        glyphs = MathTextParser("path").parse(text).glyphs
        assert "".join(chr(code) for _, _, code, *_ in glyphs).replace(" ", "") == drawn.replace(" ", "")


def test_deep_nesting_is_not_an_error():
    assert pretty("-" * 5000 + "1", {}) == "-" * 5000 + "1"


def ring(size: int) -> dict:
    states = [f"s{i}" for i in range(size)]
    steps = {
        state: {
            "left": {states[i - 1]: 0.9, "stay": "rest"},
            "wait": {"stay": 1},
            "right": {states[(i + 1) % size]: 0.9, "stay": "rest"},
        }
        for i, state in enumerate(states)
    }
    return {
        "states": states,
        "actions": ["left", "wait", "right"],
        "initial": {"every": f"1 / {size}"},
        "transition": steps,
        "reward": {"every": {"every": "-log(mu[here])", "wait": 0}},
    }


EPIDEMIC = {
    "states": ["susceptible", "infected", "recovered"],
    "actions": ["go_out", "isolate"],
    "initial": {"susceptible": "1 - share", "infected": "share"},
    "parameters": {"share": {"value": 0.01}, "rate": {"value": 1, "symbol": "β"}},
    "transition": {
        "susceptible": {"go_out": {"infected": "1 - mu[infected]", "stay": "rest"}, "isolate": {"stay": 1}},
        "infected": {"every": {"recovered": 0.3, "stay": "rest"}},
        "recovered": {"every": {"susceptible": "rate", "infected": "rate * mu[infected]", "stay": "rest"}},
    },
    "reward": {"every": {"every": 0}, "infected": {"every": -1}},
}

CROWD = {
    "states": list("ABCD"),
    "actions": ["a"],
    "initial": {"A": 1},
    "transition": {"every": {"every": {state: 0.25 for state in "ABCD"}}},
    "reward": {"every": {"every": "-mu[here]"}},
}

ALONE = {
    "states": ["s"],
    "actions": ["a", "b"],
    "initial": {"s": 1},
    "transition": {"s": {"every": {"stay": 1}}},
    "reward": {"s": {"a": 1, "b": "mu[s]"}},
}


def labels(figure) -> set[str]:
    return {text.get_text() for text in figure.axes[0].texts}


def shipped(folder, name: str) -> dict:
    return yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))


def test_attractor(game_files):
    figure = state_diagram(shipped(game_files, "attractor"))
    assert labels(figure) == {
        "$s_{0}$",
        "$s_{1}$",
        r"$\mu_0$",
        r"$a_{0}$: $1 - \min(1, L_P\,\mu(s_{1}))$",
        r"$a_{0}$: $\min(1, L_P\,\mu(s_{1}))$" + "\n$a_{1}$",
        "every action",
        "$r$ = $0$",
        "$r$ = $-1$",
    }
    patches = figure.axes[0].patches
    assert sum(isinstance(patch, Ellipse) for patch in patches) == 2
    assert sum(isinstance(patch, FancyArrowPatch) for patch in patches) == 4  # the start, two loops, one move


def test_sheltered_attractor(game_files):
    figure = state_diagram(shipped(game_files, "sheltered_attractor"))
    assert r"$a_{0}$: $1 - \min(1, L_P\,\mu(s_{1}))$" + "\nshelter" in labels(figure)
    assert "$a_{0}$, $a_{1}$: $r$ = $0$\nshelter: $r$ = " + r"$2\,L_r\,\mu(s_{1}) - δ$" in labels(figure)


def test_the_words_of_a_larger_game():
    drawn = labels(state_diagram(EPIDEMIC))
    assert {
        r"$\mu_0(\text{susceptible})$ = $1 - \text{share}$",
        r"$\mu_0(\text{infected})$ = $\text{share}$",
        r"go out: $1 - \mu(\text{infected})$",
        "go out: $\\mu(\\text{infected})$\nisolate",  # the rest of 1 - x is x
        "every action: $0.7$",
        r"every action: $1 - β - β\,\mu(\text{infected})$",
        "$r$ = $-1$",
    } <= drawn
    assert "left, right: $0.1$\nwait" in labels(state_diagram(ring(3)))


def test_an_impossible_move_has_no_arrow():
    still = {
        "states": ["s", "t"],
        "actions": ["a"],
        "initial": {"s": 1, "t": 0},
        "transition": {"s": {"every": {"stay": 1, "t": 0}}, "t": {"every": {"stay": "rest", "s": 0.0}}},
        "reward": {"every": {"every": 0}},
    }
    arrows = [patch for patch in state_diagram(still).axes[0].patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 3  # the start and two loops


@pytest.mark.parametrize(
    "game", ["attractor", "sheltered_attractor", EPIDEMIC, CROWD, ALONE, ring(2), ring(4), ring(6)]
)
def test_nothing_overlaps(game, game_files):
    figure = state_diagram(shipped(game_files, game) if isinstance(game, str) else game)
    renderer = FigureCanvasAgg(figure).get_renderer()
    axes, page = figure.axes[0], figure.bbox
    outlines = [patch.get_path().transformed(patch.get_transform()).cleaned() for patch in axes.patches]
    drawn = [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts]
    for (text, box), (other, other_box) in combinations(drawn, 2):
        assert not box.overlaps(other_box), (text, other)
    for text, box in drawn:
        assert page.x0 <= box.x0 < box.x1 <= page.x1 and page.y0 <= box.y0 < box.y1 <= page.y1
        for outline in outlines:
            assert not any(box.contains(*point) for point in outline.vertices), text


def test_equal_bytes(tmp_path):
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        of_the_user = {"text.usetex": True, "lines.linewidth": 5} if folder == "second" else {}
        with matplotlib.rc_context(of_the_user):  # as a matplotlibrc sets them
            save_figure(state_diagram(ALONE), [tmp_path / folder / f"d.{kind}" for kind in ("pdf", "png", "svg")])
    for kind in ("pdf", "png", "svg"):
        assert (tmp_path / "first" / f"d.{kind}").read_bytes() == (tmp_path / "second" / f"d.{kind}").read_bytes()


def test_the_caller_keeps_their_style(game_files):
    before = dict(matplotlib.rcParams)
    state_diagram(ALONE)
    assert dict(matplotlib.rcParams) == before
