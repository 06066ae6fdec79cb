"""Settings that are stated once, as a dataclass: schema, documentation and the words of pages follow from it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def setting(default: Any, description: str, *, words: str, kind: type, **limits: float) -> Any:
    """A field of a dataclass of settings, optional in a file.

    Args:
        description: what it means, with its unit.
        words: what a page says where it differs from its default, with {} for the value.
        kind: bool, int, float or str.
        limits: `minimum` and `maximum`, both allowed.
    """
    schema = {"type": _TYPES[kind], "description": description, **limits}
    return dataclasses.field(default=default, metadata={"schema": schema, "words": words})


def schema_of(settings: type) -> dict[str, Any]:
    """The closed JSON schema of a dataclass of settings."""
    fields = {field.name: dict(field.metadata["schema"]) for field in dataclasses.fields(settings)}
    return {"type": "object", "additionalProperties": False, "properties": fields}


def in_words(settings: type, given: Mapping[str, Any], nothing: str) -> str:
    """What a file's settings differ in from the defaults, in words; `nothing` where they do not."""
    parts = [
        field.metadata["words"].format(given[field.name])
        for field in dataclasses.fields(settings)
        if given.get(field.name, field.default) != field.default
    ]
    return "; ".join(parts) or nothing
