"""The best point of a descent: the least value, and between values that rounding makes differ the first."""

import jax.numpy as jnp
import pytest

from mfg_imitation.imitation.ascent import advance, begin


def kept_of(values, start):
    """What a descent keeps that meets these values one after the other: number of the step, 0 for the start."""
    values = jnp.asarray(values)

    def look(point, iteration, done):
        return values[iteration], jnp.zeros(()), iteration + 1

    state = begin(jnp.zeros(()), jnp.asarray(start), jnp.asarray(0))
    return int(advance(look, state, jnp.asarray(0), jnp.asarray(len(values)), jnp.asarray(len(values)), 0.1).best.kept)


@pytest.mark.parametrize(
    ("values", "start", "kept"),
    [
        ([3.0, 1.0, 2.0], 4.0, 2),
        ([1.0, 1.0 - 1e-12], 2.0, 1),  # the second is smaller by rounding only
        ([1.0, 1.0 - 1e-6], 2.0, 2),
        ([1e6 - 1e-5, 1e6 - 1.0], 1e6, 2),  # rounding is relative
        ([-1.0, -1.0 - 1e-12], 0.0, 1),
        ([1.0], 1.0, 0),
        ([1.0], jnp.inf, 1),  # a start of infinite loss is beaten by any other
        ([jnp.inf, jnp.nan], jnp.inf, 0),
        ([1e-30, 0.0], 1.0, 2),
    ],
)
def test_the_first_of_the_least_values_is_kept(values, start, kept):
    assert kept_of(values, start) == kept
