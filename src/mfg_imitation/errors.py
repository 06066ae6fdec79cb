"""The one error that a user is meant to read."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """A mistake in what the user supplied; its message is one line, fit to be shown without a traceback."""


def first_line(error: BaseException) -> str:
    """What another library's error says, cut to one line; its kind when it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def shown(value: object) -> str:
    """A value as a message shows it: on one line, and never long."""
    text = one_line(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A hint at the known name that is closest to a mistaken one, for the middle of a message; empty if none is."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def one_line(text: object) -> str:
    return " ".join(str(text).split())
