"""Rewards that follow the share of the population at one's own place, found from a few of their values."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

#: The shares at which a reward is asked for. Only at 0 does a tiny number beside the share in a logarithm show.
SHARES = np.array([0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1])

#: How exactly the formula has to give back the values asked for, beside the largest of them or 1.
TOLERANCE = 1e-11

#: Rounds until the number beside the share is found. If it is at most 1e-3, a round divides its error by ten and more.
ROUNDS = 40


class OwnShare(NamedTuple):
    """constant + slope x + weight log(x + smallest), of the share x; an entry for each reward."""

    constant: Float[np.ndarray, " N"]
    slope: Float[np.ndarray, " N"]
    weight: Float[np.ndarray, " N"]
    smallest: Float[np.ndarray, " N"]

    def at(self, shares: Float[np.ndarray, " K"]) -> Float[np.ndarray, "N K"]:
        """The rewards at these shares."""
        constant, slope, weight, smallest = (part[:, None] for part in self)
        return constant + slope * shares + weight * np.log(shares + smallest)


def fit_own_share(values: Float[np.ndarray, "N K"]) -> tuple[OwnShare, Bool[np.ndarray, " N"]]:
    """The formula behind rewards that are known at `SHARES`, and where there is none: it misses by over `TOLERANCE`.

    Least squares give constant, slope and weight for a smallest share, and the value at 0 gives the smallest share.
    """
    scale = np.maximum(1, np.abs(values).max(axis=1))
    constant, slope, weight = _least_squares(values[:, 1:], np.zeros(len(values)))
    logarithmic = np.abs(weight) > TOLERANCE * scale
    smallest = np.where(logarithmic, 0.0, 1.0)
    for _ in range(ROUNDS):
        exponent = (values[:, 0] - constant) / np.where(logarithmic, weight, 1)
        smallest = np.where(logarithmic, np.exp(np.clip(exponent, -700, 0)), 1.0)
        constant, slope, weight = _least_squares(values[:, 1:], np.where(logarithmic, smallest, 0))
    found = OwnShare(constant, slope, np.where(logarithmic, weight, 0), smallest)
    return found, np.abs(found.at(SHARES) - values).max(axis=1, initial=0) > TOLERANCE * scale


def _least_squares(values, smallest):
    """Constant, slope and weight of the logarithm, [3, N], from the values at all shares but 0."""
    shares = np.broadcast_to(SHARES[1:], values.shape)
    terms = np.stack([np.ones_like(values), shares, np.log(shares + smallest[:, None])], axis=-1)
    return np.moveaxis(np.linalg.pinv(terms) @ values[..., None], 1, 0)[..., 0]
