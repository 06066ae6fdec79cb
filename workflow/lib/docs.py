"""The documentation that follows from the code: tables between markers in README.md and config/README.md.

python -m workflow.lib.docs    (or: make docs) writes them; a test compares them.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mfg_imitation.data.declaration import data_set_schema
from mfg_imitation.engine.proxies import PROXIES
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.games.families.family import FAMILIES, Parameter
from mfg_imitation.games.families.table import TableParameter
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.io.tables import read_table
from mfg_imitation.report.headline import HEADLINES
from mfg_imitation.report.page import PAGES
from workflow.lib.config_checks import config_schema

#: The files that have such tables.
FILES = ("README.md", "config/README.md")

#: What the JSON types of settings are called.
_KINDS = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "text",
    "object": "mapping",
}


def generated(text: str) -> str:
    """A document with what lies between its markers made anew."""

    def fill(match: re.Match) -> str:
        return f"{match['begin']}\n{TABLES[match['name']]()}\n{match['end']}"

    return re.sub(r"(?P<begin><!-- (?P<name>\w+): .*? -->)\n.*?(?P<end><!-- end -->)", fill, text, flags=re.DOTALL)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def _configuration() -> str:
    return _table(("key", "value", "meaning"), list(_keys(config_schema())))


def _keys(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The keys of a schema, those above first: key, value in words, meaning."""
    definitions = schema["$defs"]

    def resolved(node: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return dict(node)
        return {**resolved(definitions[node["$ref"].rpartition("/")[2]]), **node}

    def walk(node: Mapping[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
        required = node.get("required", [])
        for name, below in node.get("properties", {}).items():
            below = resolved(below)
            optional = "" if name in required else ", optional"
            yield f"`{place}{name}`", _value(below, resolved) + optional, below["description"]
            yield from walk(below, f"{place}{name}.")
            if isinstance(inside := below.get("additionalProperties"), Mapping):
                yield from walk(resolved(inside), f"{place}{name}.NAME.")
            if below.get("type") == "array":
                yield from walk(resolved(below["items"]), f"{place}{name}.")

    return walk(schema, "")


def _value(node: Mapping[str, Any], resolved) -> str:
    """What a value is, in words."""
    if node.get("type") == "array":
        items = resolved(node["items"])
        return f"list of different values: {_value(items, resolved)}"
    if isinstance(node.get("additionalProperties"), Mapping):
        inside = resolved(node["additionalProperties"])
        return f"mapping from names: {_value(inside, resolved)}"
    kind = node["title"] if "title" in node else _KINDS[node["type"]]
    return ", ".join(filter(None, [kind, _limits(node)]))


def _limits(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"{low:g} to {high:.10g}"
    lower = f"{low:g} or more" if low is not None else f"above {above:g}" if above is not None else ""
    upper = f"at most {high:.10g}" if high is not None else f"below {below:g}" if below is not None else ""
    return ", ".join(filter(None, [lower, upper]))


def _data_sets() -> str:
    return _table(("key", "value", "meaning"), list(_keys(data_set_schema())))


def _families() -> str:
    """A section for every family: what is played, and its parameters."""
    sections = []
    for name, family in FAMILIES.items():
        told = " ".join(inspect.getdoc(family).partition("\n\n")[0].split())
        rows = [row for key, parameter in family.parameters.items() for row in _rows(key, parameter)]
        table = _table(("parameter", "type", "default", "range", "meaning"), rows)
        sections.append(f"#### `{name}`\n\n{told}\n\n{table}")
    return "\n\n".join(sections)


def _rows(name: str, parameter: Parameter | TableParameter) -> list[tuple[str, ...]]:
    """What there is to say of a parameter; of a table also of each column, which has no default."""
    if not isinstance(parameter, TableParameter):
        return [_parameter(name, parameter)]
    columns = [_parameter(f"{name}: {key}", column) for key, column in parameter.columns.items()]
    default, rows = ("an example", "one row or more") if parameter.required else ("none", "any")
    table = (f"`{name}`", "path of a [table](#tables)", default, rows, parameter.description)
    return [table, *((key, kind, "", allowed, meaning) for key, kind, _, allowed, meaning in columns)]


def _parameter(name: str, parameter: Parameter) -> tuple[str, ...]:
    kinds = {int: "whole number", float: "number", str: "text", tuple: "list of text"}
    lines = isinstance(parameter.default, tuple)
    default = (", ".join(parameter.default) or "none") if lines else str(parameter.default)
    numbers = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    limits = {key: value for key, value in numbers.items() if abs(value) < float("inf")}
    allowed = ", ".join(parameter.choices) or _limits(limits) or "any"
    return f"`{name}`", kinds[type(parameter.default)], default, allowed, parameter.description


def _algorithms() -> str:
    rows = [
        (f"`{name}`", entry.label, entry.summary, ", ".join(entry.needs) or "nothing else")
        for name, entry in ALGORITHMS.items()
    ]
    return _table(("algorithm", "label", "what it does", "beside the recorded actions it needs"), rows)


def _proxies() -> str:
    rows = [
        (f"`{name}`", entry.label, entry.summary, "yes" if entry.bound else "no") for name, entry in PROXIES.items()
    ]
    return _table(("proxy", "label", "what it does", "bounds the Nash imitation gap"), rows)


def _solvers() -> str:
    return _table(("solver", "what it does"), [(f"`{name}`", entry.summary) for name, entry in SOLVERS.items()])


def _pages() -> str:
    rows = [(f"`report/{re.sub('{.*}', 'NAME', name)}.html`", entry.summary) for name, entry in PAGES.items()]
    rows.append(("`report/api/index.html`", "Every public function, with an example that runs"))
    rows.append(("`figures/index.html`", "All figures at a glance, each with its vector files"))
    return _table(("page", "what it answers"), rows)


#: The findings that README begins with, of those of the first page: read off the tables of the reference.
FOUND = ("figure_2", "bounds", "growth")


def _findings() -> str:
    lines = []
    for name in FOUND:
        entry = HEADLINES[name]
        said = entry.say(*(read_table(Path("data/reference") / f"{table}.csv") for table in entry.tables))
        lines.append(f"- *{entry.question}* {said}")
    return "\n".join(lines)


#: What a marker's name stands for.
TABLES = {
    "findings": _findings,
    "configuration": _configuration,
    "data_sets": _data_sets,
    "families": _families,
    "algorithms": _algorithms,
    "proxies": _proxies,
    "solvers": _solvers,
    "pages": _pages,
}


def main() -> None:
    """Write every table anew."""
    for file in map(Path, FILES):
        file.write_text(generated(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
