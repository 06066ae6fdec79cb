"""The state diagram of a declared game (the paper's Figure 1): who goes where, by which action, how likely.

Everything drawn comes from the game's declaration: the file of a new game is all that its diagram needs.
"""

import re
from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyArrowPatch
from matplotlib.path import Path
from matplotlib.text import Text

from mfg_imitation.figures.mathtext import name_math, pretty, title
from mfg_imitation.figures.registry import figure
from mfg_imitation.figures.style import styled

# Lengths in points, the unit of the whole drawing: a node's radius, how far a self-loop and the arrow at the
# start reach out of it, how far opposite arrows bend apart, the free space beside and above a label.
_RADIUS, _LOOP, _START, _BEND, _FREE = 13.0, 20.0, 22.0, 24.0, np.array([4.0, 2.5])

#: What a label belongs to: (state, successor) a move, (None, state) the start, (state, None) the rewards.
Key = tuple[str | None, str | None]

#: The control points [4, 2] of an arrow, and where its label may stand: points, each with a side of it.
Arrow = tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]


@figure(
    "figure_1",
    declaration="{paper}",
    caption="The paper's Figure 1: the game {paper}, its states, its actions, and the probability of every move.",
    alt="State diagram of the game {paper}",
)
@figure(
    "games/{game}/diagram",
    games="drawn",
    declaration="{game}",
    caption="The game {game}: its states, its actions, and the probability of every move.",
    alt="State diagram of the game {game}",
)
def state_diagram(declaration: Mapping) -> Figure:
    """Draw a declared game: a node per state, an arrow per possible move, the rewards and the start.

    Args:
        declaration: what a game's file says, with `every` written out; at best of up to eight states.

    Returns:
        a Figure just large enough for its 8-point text. Its only axes measures points and holds an Ellipse
        for every state and a FancyArrowPatch for every move.
    """
    states = tuple(declaration["states"])
    with styled():
        figure = Figure(dpi=72)  # a pixel is a point
        axes = figure.add_axes((0, 0, 1, 1), frameon=False, xticks=[], yticks=[])
        renderer = FigureCanvasAgg(figure).get_renderer()

        def write(text: str, **look) -> tuple[Text, np.ndarray]:
            artist = axes.text(0, 0, text, ha="center", va="center", linespacing=1.3, zorder=4, **look)
            box = artist.get_window_extent(renderer)
            return artist, np.array([box.width, box.height]) / 2 + _FREE

        names = [write(title(state), fontsize=9) for state in states]
        labels = {key: write("\n".join(lines)) for key, lines in _labels(declaration).items()}
        sizes = {key: half for key, (_, half) in labels.items()}
        node = np.array([max(_RADIUS, *(1.15 * half[0] for _, half in names)), _RADIUS])
        # Labels keep their size and collide in a small drawing: it grows until each finds a free place.
        for spread in (2 * node[0] + 40) * 1.06 ** np.arange(40):
            centers, curves, places, is_clear = _arrange(states, sizes, node, spread)
            if is_clear:
                break
        ink = {"edgecolor": "0.15", "linewidth": 0.8}
        for center, (name, _) in zip(centers, names, strict=True):
            name.set_position(center)
            axes.add_patch(Ellipse(center, *2 * node, facecolor="0.96", zorder=3, **ink))
        for curve in curves.values():
            path = Path(curve, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
            axes.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=7, facecolor="0.15", **ink))
        for key, (label, _) in labels.items():
            label.set_position(places[key])
        corners = [places[key] + sign * sizes[key] for key in places for sign in (-1, 1)]
        drawn = np.concatenate([corners, _ink(centers, node, curves)])
        low, high = drawn.min(axis=0) - 1, drawn.max(axis=0) + 1
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        figure.set_size_inches((high - low) / 72)
    return figure


def _labels(declaration: Mapping) -> dict[Key, list[str]]:
    """The lines of every label, in the order in which they choose their places."""
    states, actions = tuple(declaration["states"]), tuple(declaration["actions"])
    parameters, initial = declaration.get("parameters", {}), declaration["initial"]

    def by_text(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """(the actions that share a text, in words; the text)"""
        for text in dict.fromkeys(texts.values()):
            sharing = [action for action in texts if texts[action] == text]
            yield "every action" if len(sharing) == len(actions) > 1 else ", ".join(map(title, sharing)), text

    starts, rewards, moves = {}, {}, {}
    for state in states:
        share = pretty(initial.get(state, initial.get("every", 0)), parameters, state)
        if share != "$0$":
            line = r"$\mu_0$" if share == "$1$" else rf"$\mu_0({name_math(state)})$ = {share}"
            starts[None, state] = [line]
    for state, row in declaration["reward"].items():
        entries = list(by_text({action: pretty(entry, parameters, state) for action, entry in row.items()}))
        equal = len(entries) == 1
        rewards[state, None] = [f"$r$ = {text}" if equal else f"{who}: $r$ = {text}" for who, text in entries]
    for state, row in declaration["transition"].items():
        for action, entry in row.items():
            for successor, probability in _successors(entry, state, parameters).items():
                moves.setdefault((state, successor), {})[action] = probability
    for move, texts in moves.items():
        moves[move] = [who if text == "$1$" else f"{who}: {text}" for who, text in by_text(texts)]
    loops = {(state, state): moves.pop((state, state)) for state in states if (state, state) in moves}
    # What belongs to a node chooses first, to stay close; the arrows between nodes grow with the drawing.
    return loops | starts | rewards | moves


def _successors(entry: Mapping[str, str | float], state: str, parameters: Mapping) -> dict[str, str]:
    """The possible successors with their probabilities as mathtext; `rest` is spelt out as 1 - the others."""
    others = [str(probability) for probability in entry.values() if probability != "rest"]
    try:
        rest = round(1 - sum(map(float, others)), 12)
    except ValueError:
        complement = re.fullmatch(r"1 *- *([\w.]+|mu\[\w+\])", others[0]) if len(others) == 1 else None
        rest = complement[1] if complement else "1" + "".join(f" - ({probability})" for probability in others)
    written = {}
    for successor, probability in entry.items():
        text = pretty(rest if probability == "rest" else probability, parameters, state)
        if text != "$0$":
            written[state if successor == "stay" else successor] = text
    return written


def _arrange(
    states: tuple[str, ...], sizes: Mapping[Key, np.ndarray], node: np.ndarray, spread: float
) -> tuple[np.ndarray, dict[Key, np.ndarray], dict[Key, np.ndarray], bool]:
    """Centres of the nodes [S, 2], control points of the arrows, centres of the labels; is everything apart?

    The states stand clockwise on a circle, neighbours `spread` apart, the first at the left; two on a line.
    """
    on_line, quarter = len(states) < 3, np.pi / 2
    angles = np.pi * (1 - 2 * np.arange(len(states)) / len(states))
    centers = _toward(angles) * (spread / 2 / np.sin(np.pi / len(states)) if len(states) > 1 else 0)
    at, outward = dict(zip(states, centers, strict=True)), dict(zip(states, angles, strict=True))
    loop = {state: quarter if on_line else quarter * np.round(outward[state] / quarter) for state in states}

    curves, spots = {}, {}
    for key in sizes:
        origin, target = key
        if target is None:  # rewards go opposite the loop, or outward
            turns = [180, 150, -150, 120, -120] if on_line else [0, 30, -30, 60, -60, 90, -90, 180]
            sides = _toward(loop[origin] + np.radians(turns))
            spots[key] = [(at[origin] + node * side, side) for side in sides]
            continue
        if origin is None:  # outward, or, on a circle, beside the loop that is there
            turn = 0 if on_line or (target, target) not in sizes else np.radians(70)
            angle = outward[target] + (turn if outward[target] >= loop[target] else -turn)
            curve, spots[key] = _entry(at[target], node, angle)
        elif origin == target:
            curve, spots[key] = _self_loop(at[origin], node, loop[origin])
        else:
            both_ways = (target, origin) in sizes
            curve, spots[key] = _edge(at[origin], at[target], min(0.2 * spread, _BEND) if both_ways else 0)
        curves[key] = _clip(curve, [at[state] for state in set(key) if state is not None], node)

    ink, places, is_clear = _ink(centers, node, curves), {}, True
    for key, half in sizes.items():
        reaches = (0,) if None not in key and key[0] != key[1] else (0, 6, 12, 18, 24)
        candidates = [
            point + side * (0.3 + reach + share * np.abs(side) @ half)
            for reach in reaches
            for point, side in spots[key]
            for share in (0.4, 0.6, 0.8, 1.0)  # from touching the point to clear of it
        ]

        def is_free(center: np.ndarray, half: np.ndarray = half) -> bool:
            apart = all((np.abs(center - places[other]) >= half + sizes[other]).any() for other in places)
            return apart and (np.abs(ink - center) > half).any(axis=1).all()

        free = next(filter(is_free, candidates), None)
        places[key], is_clear = (candidates[0], False) if free is None else (free, is_clear)
    return centers, curves, places, is_clear


def _entry(center: np.ndarray, node: np.ndarray, angle: float) -> Arrow:
    side = _toward(angle)
    tail = side * (node + _START)
    return center + np.outer([1, 2 / 3, 1 / 3, 0], tail), [(center + tail, side)]


def _self_loop(center: np.ndarray, node: np.ndarray, angle: float) -> Arrow:
    half_opening = np.radians(32)
    length = (node + _LOOP) / (0.75 * np.cos(half_opening))  # a cubic reaches 3/4 of the way to its handles
    handles = _toward(angle + np.array([half_opening, -half_opening])) * length
    curve = center + np.array([(0, 0), *handles, (0, 0)])
    return curve, [(_bezier(curve, 0.5), _toward(angle))]


def _edge(start: np.ndarray, end: np.ndarray, bend: float) -> Arrow:
    chord = end - start
    left = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
    curve = start + np.outer([0, 1 / 3, 2 / 3, 1], chord) + np.outer([0, bend, bend, 0], left)
    outer_first = sorted((left, -left), key=lambda side: -side @ (start + end))
    times = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
    return curve, [(_bezier(curve, t), side) for t in times for side in ([left] if bend else outer_first)]


def _toward(angle: np.ndarray | float) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _bezier(control: np.ndarray, *at: np.ndarray | float) -> np.ndarray:
    """Points of a cubic at t [...]; at three different t its blossom: the control points of a part of it."""
    for t in at * 3 if len(at) == 1 else at:
        control = control[..., :-1, :] + np.asarray(t)[..., None, None] * np.diff(control, axis=-2)
    return control[..., 0, :]


def _clip(curve: np.ndarray, ends: list[np.ndarray], node: np.ndarray) -> np.ndarray:
    """The part of the curve that is outside the nodes at its ends."""
    times = np.linspace(0, 1, 401)
    points = _bezier(curve, times)
    outside = times[np.all([np.hypot(*((points - end) / (node + 0.8)).T) > 1 for end in ends], axis=0)]
    first, last = outside[0], outside[-1]
    return np.array([_bezier(curve, *[first] * (3 - i), *[last] * i) for i in range(4)])


def _ink(centers: np.ndarray, node: np.ndarray, curves: Mapping[Key, np.ndarray]) -> np.ndarray:
    """Points [M, 2] all over the nodes and along the arrows, so close together that no label fits between."""
    disk = np.concatenate([share * _toward(np.linspace(0, 2 * np.pi, 60)) for share in (0.25, 0.5, 0.75, 1)])
    lines = [_bezier(curve, np.linspace(0, 1, 80)) for curve in curves.values()]
    return np.concatenate([(centers[:, None] + node * disk).reshape(-1, 2), *lines])
