"""Reading YAML files and checking them against closed schemas, with one clear line for every mistake.

A schema is JSON Schema (draft 2020-12) written in YAML. Three conventions serve the messages: an object
states ``additionalProperties: false``, so that a misspelt key is an error; a ``title`` says what a value is,
in words that fit after "must be"; an integer is written as one (``5.0`` is not a number of steps). One keyword
is our own: ``legible: true`` asks of a name that a reader sees all of it.
"""

import math
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mfg_imitation.errors import InputError, did_you_mean, one_line, shown

# Where jsonschema finds this package it builds grammars that no schema here uses: over a second in every job.
_grammars = sys.modules.setdefault("rfc3987_syntax", None)
import jsonschema  # noqa: E402

if _grammars is None:
    del sys.modules["rfc3987_syntax"]


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "null": "empty",
}

#: Characters that Unicode counts as printable, and that leave no ink.
_INKLESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}


def _legible(validator, wanted: bool, value: Any, schema: Mapping[str, Any]) -> Iterator[jsonschema.ValidationError]:
    """Names that differ must look different: none holds what nobody sees, or blanks that nobody counts."""
    if not wanted or not isinstance(value, str):
        return
    unseen = next((char for char in value if not char.isprintable() or char in _INKLESS), None)
    if unseen is not None:
        name = unicodedata.name(unseen, "a control or unassigned character")
        yield jsonschema.ValidationError(f"nobody sees the character U+{ord(unseen):04X} ({name}) in it")
    elif value != " ".join(value.split()):
        yield jsonschema.ValidationError("a blank (U+0020) may only stand between words, and alone")


# An unknown key goes first, because the key it was meant to be is then missing, too; a missing key goes last.
_PRIORITY = {"additionalProperties": 0, "required": 2}
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    validators={"legible": _legible},
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


class Problem(NamedTuple):
    """The first mistake in a document: where it is (keys and indices from the root) and what is wrong."""

    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        return f"{key_path(self.path)} {self.message}" if self.path else f"the document {self.message}"


def key_path(path: tuple[str | int, ...]) -> str:
    """Write a path as a user reads it: ``("sweep", "horizon", 0)`` becomes ``sweep.horizon[0]``."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def validate(document: Any, schema: Mapping[str, Any], file: str | Path) -> None:
    """Raise `InputError` for the first mistake of `document`: ``file: key is value, but must be ...``."""
    problem = find_problem(document, schema)
    if problem is not None:
        raise InputError(f"{file}: {problem}")


def find_problem(document: Any, schema: Mapping[str, Any]) -> Problem | None:
    """The first mistake of `document` under `schema`, or None when there is none."""
    return next(iter(find_problems(document, schema)), None)


def find_problems(document: Any, schema: Mapping[str, Any]) -> list[Problem]:
    """All mistakes of `document` under `schema`, the first one first."""
    unreadable = list(_unreadable(document, ()))
    errors = [] if unreadable else sorted(_Validator(schema).iter_errors(document), key=_priority)
    return unreadable or list(dict.fromkeys(problem for error in errors for problem in _explain(error)))


def _unreadable(value: Any, path: tuple) -> Iterator[Problem]:
    """What YAML can write and no schema can judge: keys that are not text, infinities and NaN."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                yield Problem(path, f"has the key {_show(key)}, which YAML does not read as text: quote it")
            yield from _unreadable(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unreadable(item, (*path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path, f"is {value}, but must be a finite number")


def _priority(error: jsonschema.ValidationError) -> int:
    return _PRIORITY.get(error.validator, 1)


def _explain(error: jsonschema.ValidationError) -> list[Problem]:
    """A validation error as lines that name the value and what is allowed: one for each unknown or missing key."""
    path, schema, value = tuple(error.absolute_path), error.schema, error.instance
    match error.validator:
        case "additionalProperties" if "propertyNames" not in error.relative_schema_path:
            known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
            unknown = [k for k in value if k not in known and not any(re.search(p, k) for p in patterns)]
            return [Problem((*path, key), _unknown(key, known, patterns)) for key in unknown]
        case "required":
            return [Problem((*path, key), "is missing") for key in error.validator_value if key not in value]
    return [_explain_value(error)]


def _unknown(key: str, known: Mapping[str, Any], patterns: Mapping[str, Any]) -> str:
    allowed = ", ".join([*known, *(s.get("title", p) for p, s in patterns.items() if s)])
    return f"is an unknown key{did_you_mean(key, known)}; allowed: {allowed or 'no key'}"


def _explain_value(error: jsonschema.ValidationError) -> Problem:
    """An error of a value in one line."""
    path, schema, value = tuple(error.absolute_path), error.schema, error.instance
    is_key = "propertyNames" in error.relative_schema_path
    if error.validator == "legible":
        return Problem(path, f"{'has the key' if is_key else 'is'} {_show(value)}, but {error.message}")
    if is_key:
        return Problem(path, f"has the key {_show(value)}, but a key here must be {_allowed(schema)}")
    match error.validator:
        case "anyOf" | "oneOf" if error.context:
            branches: dict[int, list[jsonschema.ValidationError]] = {}
            for inner in error.context:
                branches.setdefault(inner.schema_path[0], []).append(inner)
            fitting = [  # the branches meant by the user: those whose type is the value's
                errors
                for errors in branches.values()
                if not any(e.validator == "type" and not e.relative_path for e in errors)
            ]
            if len(fitting) == 1:
                return _explain(min(fitting[0], key=_priority))[0]
            if "title" not in schema:
                words = [_allowed(errors[0].schema) for errors in branches.values()]
                return Problem(path, f"is {_show(value)}, but must be {' or '.join(words)}")
        case "minItems" | "maxItems" | "minProperties" | "maxProperties":
            bound = "at least" if error.validator.startswith("min") else "at most"
            return Problem(path, f"has {len(value)} entries, but must have {bound} {error.validator_value}")
        case "uniqueItems":
            return Problem(path, f"is {_show(value)}, but its entries must differ")
    if _allowed(schema) == "":
        return Problem(path, f"is {_show(value)}, but {one_line(error.message)}")
    return Problem(path, f"is {_show(value)}{_number_in_text(value)}, but must be {_allowed(schema)}")


def _number_in_text(value: Any) -> str:
    """Why a text that looks like a number is none."""
    try:
        if not isinstance(value, str) or not math.isfinite(float(value)):
            return ""
    except ValueError:
        return ""
    return " (text)" if yaml.safe_load(value) != value else " (text: YAML 1.1 reads 1.0e-3 as a number, but not 1e-3)"


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a schema allows, in words that follow "must be"; empty when the schema has no such words."""
    if "title" in schema:
        return schema["title"]
    if "const" in schema:
        return _show(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(_show(value) for value in schema["enum"])
    types = schema.get("type", "number" if any("imum" in key.lower() for key in schema) else [])
    words = " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
    limits = {
        "minimum": "of at least",
        "exclusiveMinimum": "above",
        "maximum": "of at most",
        "exclusiveMaximum": "below",
    }
    ranges = " and ".join(f"{word} {schema[key]}" for key, word in limits.items() if key in schema)
    pattern = f"matching {schema['pattern']}" if "pattern" in schema else ""
    return " ".join(part for part in (words, ranges, pattern) if part)


def _show(value: Any) -> str:
    """A value, quoted, on one line and never long."""
    return "empty" if value is None else shown(dict(value) if isinstance(value, Mapping) else value)
