"""What the page of a game shows of its file: parameters, rules, and a map."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.names import SYMBOLS
from mfg_imitation.report.formulas import symbol
from mfg_imitation.report.literal import linked, literal

#: A map is drawn so wide, in pixels, with cells between these.
WIDTH, SMALLEST, LARGEST = 560, 10, 48

#: What marks a goal on a map of a game's file.
GOAL = "G"


def parameters_table(declaration: Mapping, has_map: bool) -> tuple[pd.DataFrame, str]:
    """A game's parameters, columns symbol and description HTML, and a caption; no rows where it has none.

    Args:
        has_map: whether the page draws what is given as a map.
    """
    given = declaration.get("parameters", {})
    if "family" in declaration:
        from mfg_imitation.games.families.family import FAMILIES  # takes longer than the rest of the page

        known = FAMILIES[declaration["family"]].parameters.items()
        rows = [
            (
                key,
                parameter.symbol,
                _value(given[key], has_map) if key in given else f"{_value(parameter.default, has_map)} (default)",
                parameter.description,
            )
            for key, parameter in known
            if key in given or parameter.default != ()
        ]
        caption = f"Parameters of the family {declaration['family']}"
    else:
        specs = ((key, spec if isinstance(spec, dict) else {"value": spec}) for key, spec in given.items())
        rows = [
            (key, spec.get("symbol", ""), _value(spec["value"], has_map), spec.get("description", ""))
            for key, spec in specs
        ]
        caption = "Parameters"
    frame = pd.DataFrame(rows, columns=["name", "symbol", "value", "description"])
    shown = [symbol(one or SYMBOLS.get(name, "")) for name, one in zip(frame["name"], frame["symbol"], strict=True)]
    frame = frame.assign(symbol=shown, description=frame["description"].map(linked))
    return frame.loc[:, (frame != "").any()] if rows else frame, caption


def _value(value: object, has_map: bool) -> str:
    if isinstance(value, dict):  # a table's columns
        return "an example"
    if isinstance(value, list | tuple):
        return "drawn below" if has_map and isinstance(value[0], str) else ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def floor_plans(flow: pd.DataFrame, declaration: Mapping) -> str:
    """HTML: a drawing of every floor of a game with a map: walls, where the population begins, and goals.

    Args:
        flow: columns step, row, column, population, and floor where there are several.
    """
    cells = flow[flow["step"] == flow["step"].min()]
    floors = cells.groupby("floor") if "floor" in cells else [(None, cells)]
    drawn = []
    for floor, places in floors:
        caption = "" if floor is None else f"<figcaption>floor {floor}</figcaption>"
        drawn.append(f"<div>{_plan(places, flow, declaration, len(floors))}{caption}</div>")
    return f'<figure class="plans">{"".join(drawn)}</figure>'


def plan_said(flow: pd.DataFrame, declaration: Mapping) -> str:
    """How to read the drawing."""
    begins = flow.loc[flow["step"] == flow["step"].min(), "population"]
    goals = _goals(declaration)
    said = ["Blue: where the population begins." if (begins == 0).any() else "Everyone begins anywhere."]
    if goals:
        said.append(f"{'Green with a star: the goal' if len(goals) == 1 else 'Green with stars: the goals'}.")
    if any("#" in line for line in _map(declaration)):
        said.append("Grey: walls.")
    return " ".join(said)


def _map(declaration: Mapping) -> list[str]:
    drawing = declaration.get("parameters", {}).get("map", ())
    return [line for line in drawing if isinstance(line, str)] if isinstance(drawing, list | tuple) else []


def _goals(declaration: Mapping) -> set[tuple[int, int]]:
    return {(y, x) for y, line in enumerate(_map(declaration)) for x, mark in enumerate(line) if mark == GOAL}


def _plan(places: pd.DataFrame, flow: pd.DataFrame, declaration: Mapping, floors: int) -> str:
    rows, columns = places["row"] - flow["row"].min(), places["column"] - flow["column"].min()
    height, width = (int(flow[axis].max() - flow[axis].min() + 1) for axis in ("row", "column"))
    size = min(LARGEST, max(SMALLEST, WIDTH // width // min(floors, 3)))
    goals, squares = _goals(declaration), []
    for y, x, begins in zip(rows, columns, places["population"] > 0, strict=True):
        fill = (
            "#cfe8dc" if (y, x) in goals else "#56a0d3" if begins and not places["population"].gt(0).all() else "#fff"
        )
        squares.append(
            f'<rect x="{size * x}" y="{size * y}" width="{size}" height="{size}" fill="{fill}" stroke="#bbb"/>'
        )
        if (y, x) in goals:
            look = f'x="{size * (x + 0.5)}" y="{size * (y + 0.5)}" font-size="{0.7 * size:.0f}"'
            squares.append(f'<text {look} text-anchor="middle" dominant-baseline="central" fill="#00533a">★</text>')
    begins = f"the population begins in {(places['population'] > 0).sum()} of them"
    about = literal(f"{len(places)} cells, {begins}{f', {len(goals)} of them goals' if goals else ''}")
    wide, high = size * width, size * height
    box = f'viewBox="-1 -1 {wide + 2} {high + 2}" width="{wide + 2}" height="{high + 2}"'
    walls = f'<rect width="{wide}" height="{high}" fill="#9a9a9a"/>'
    return f'<svg role="img" aria-label="{about}" {box}>{walls}{"".join(squares)}</svg>'


def constants_table(facts: Mapping) -> pd.DataFrame:
    """The Lipschitz constants of a game, declared and sampled; the column `of` is HTML."""
    kinds = {"transition": f"kernel, {symbol('L_P')}", "reward": f"reward, {symbol('L_r')}"}
    columns = {"declared": "declared", "sampled, at least": "estimate"}
    constants = {name: [facts[f"{kind}_lipschitz_{how}"] for kind in kinds] for name, how in columns.items()}
    return pd.DataFrame({"of": list(kinds.values()), **constants})
