"""What code of a user's stumbles over, as one line."""

import jax

from mfg_imitation.errors import InputError, first_line


def blamed(place: str, error: BaseException) -> InputError:
    """The error to raise in place of one that code of a user's has raised.

    Args:
        place: what to call the code.
    """
    if isinstance(error, jax.errors.JAXTypeError):
        remedy = "use jax.numpy in place of numpy, jax.numpy.where in place of if"
        return InputError(f"{place}: JAX traces this code: {remedy} ({first_line(error)})")
    return InputError(f"{place} fails: {type(error).__name__}: {first_line(error)}")
