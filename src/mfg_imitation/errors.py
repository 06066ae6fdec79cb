"""The one error that a user is meant to read."""


class InputError(ValueError):
    """A mistake in what the user supplied; its message is one line, fit to be shown without a traceback."""


def first_line(error: BaseException) -> str:
    """What another library's error says, cut to one line; its kind when it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def shown(value: object) -> str:
    """A value as a message shows it: on one line, and never long."""
    text = one_line(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_line(text: object) -> str:
    return " ".join(str(text).split())
