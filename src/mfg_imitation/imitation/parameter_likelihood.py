"""Unknown parameters of a declared kernel from trajectories: maximum likelihood, profile intervals, identification."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from mfg_imitation.checks import check_choice, check_probability, checked
from mfg_imitation.errors import InputError
from mfg_imitation.games.declared import DeclaredGame
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.crowd_records import crowd_records
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.imitation.parameter_profile import Profile

#: Points that the search starts from, the game's own values among them.
STARTS = 4

#: A search has come to its end where the likelihood can rise by no more, in nats, as its slope and curvature say.
TOLERANCE = 1e-2

#: Ends within so many nats of the best are the same end.
SAME = 0.1

#: Steps of differences, and accuracy of an interval's ends, in shares of a parameter's range and of its standard error.
STEP, FINE = 1e-4, 1e-3

#: What there is to say of a parameter: its interval lies inside its range, reaches one of its ends, or is all of it.
INSIDE, BELOW, ABOVE, NOT_IDENTIFIED = "identified", "open below", "open above", "not identified"


class ParameterEstimate(NamedTuple):
    """What the moves say of one parameter, in its own unit.

    Attributes:
        estimate: of the largest likelihood; NaN where the parameter is not identified, as are the next three.
        standard_error: of the estimate, from the curvature of the profile and the design effect.
        low, high: of the profile interval: what no likelihood-ratio test rejects, with the design effect.
        status: "identified"; "open below" or "open above" where the interval ends with the range; "not identified"
            where it is all of the range: the moves do not tell the parameter.
        minimum, maximum: the range that was searched.
        design_effect: by how much the variance is larger than without the uncertainty of mu-hat, as a factor.
    """

    name: str
    estimate: float
    standard_error: float
    low: float
    high: float
    status: str
    minimum: float
    maximum: float
    design_effect: float


class ParameterFit(NamedTuple):
    """What `estimate_parameters` found.

    Attributes:
        parameters: every parameter's own.
        label_noise: kappa, found with them or given.
        log_likelihood: of the records, in nats.
        status: "converged", or "not converged" where the likelihood may rise by more than `TOLERANCE`.
        certificate: by how much it may, in nats; to second order, no bound.
        starts, agreeing: how many searches there were, and how many ended at the best end.
    """

    parameters: tuple[ParameterEstimate, ...]
    label_noise: float
    log_likelihood: float
    status: str
    certificate: float
    starts: int
    agreeing: int

    @property
    def told(self) -> dict[str, float]:
        """The estimates of the parameters that are identified."""
        return {one.name: one.estimate for one in self.parameters if one.status != NOT_IDENTIFIED}


@checked
def estimate_parameters(
    demonstrations: Demonstrations,
    game: Game,
    bounds: Mapping[str, tuple[float, float]],
    label_noise: float | str = "estimate",
    population: str = "sample",
    crowds: Int[np.ndarray, " M"] | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> ParameterFit:
    """Find parameters of the kernel with the policy and the noise of the labels, by the largest likelihood (ours).

    Args:
        demonstrations: one sample, censored or not.
        game: a declared one; its values of the parameters are one of the starts.
        bounds: the parameters, and the smallest and largest value of each.
        label_noise: kappa, where it is known; "estimate" finds it.
        population: "sample" where the trajectories estimate the population that drives the kernel, "whole" where they
            are all of it; see `Profile.design_effect`.
        crowds: which population every trajectory is in, from 0 on; None: all in one.
        confidence: of the intervals.
        seed: of the other starts.

    Raises:
        InputError: the demonstrations are not of this game, the game is no declared one, a parameter that it does not
            have, bounds that are not finite, or a setting out of its range.
    """
    check_demonstrations(demonstrations, game)
    check_choice("population", population, ("sample", "whole"))
    check_probability("confidence", confidence)
    if label_noise != "estimate":
        check_probability("label_noise", label_noise)
    if not isinstance(game, DeclaredGame):
        raise InputError("estimate: only a declared game says in expressions what its parameters do")
    for name, (low, high) in bounds.items():
        if name not in game.parameters:
            raise InputError(f"estimate: the game has no parameter {name!r}; it has {', '.join(game.parameters)}")
        if not np.isfinite([low, high]).all() or not low < high:
            raise InputError(f"estimate: {name} has no finite minimum and maximum in the game's file, which it needs")
    crowds = np.zeros(len(demonstrations.states), int) if crowds is None else crowds
    profile = Profile(game, tuple(bounds), crowd_records(demonstrations, crowds, game), label_noise)
    search = _Search(profile, np.array(list(bounds.values()), float))
    ends = [search.climb(start) for start in search.starts(seed)]
    best = max(ends, key=lambda end: end[1])
    agreeing = sum(value >= best[1] - SAME for _, value in ends)
    covariance, certificate = search.covariance(best[0])
    effects = profile.design_effect(search.theta(best[0]), demonstrations, population == "sample")
    estimates = tuple(
        search.estimate(j, best, covariance[j, j], effect, confidence) for j, effect in enumerate(effects)
    )
    noise = float(profile.at(search.theta(best[0]))[2].noise)
    status = "converged" if certificate <= TOLERANCE else "not converged"
    return ParameterFit(estimates, noise, best[1], status, certificate, len(ends), agreeing)


class _Search:
    """The profile over the unit cube: shares of the parameters' ranges."""

    def __init__(self, profile: Profile, bounds: Float[np.ndarray, "P 2"]):
        self.profile, self.low, self.width = profile, bounds[:, 0], bounds[:, 1] - bounds[:, 0]

    def theta(self, point: Float[np.ndarray, " P"]) -> Float[np.ndarray, " P"]:
        return self.low + self.width * point

    def value(self, point) -> tuple[float, Float[np.ndarray, " P"]]:
        value, gradient, _ = self.profile.at(self.theta(point))
        return value, gradient * self.width

    def starts(self, seed: int) -> list[Float[np.ndarray, " P"]]:
        own = np.array([float(self.profile.game.parameters[name]) for name in self.profile.names])
        # Not from the very edge: what a parameter at its end forbids has no slope there.
        first = np.clip((own - self.low) / self.width, 0.01, 0.99)
        return [first, *(0.05 + 0.9 * scipy.stats.qmc.Halton(len(own), rng=seed).random(STARTS - 1))]

    def climb(self, start, fixed: int | None = None) -> tuple[Float[np.ndarray, " P"], float]:
        """The best point that is met from a start, one coordinate held, and its value."""
        free = np.arange(len(start)) != (-1 if fixed is None else fixed)
        if not free.any():
            return start, self.value(start)[0]

        def loss(some):
            value, gradient = self.value(_filled(start, free, some))
            return -value, -gradient[free]

        settings = {"maxiter": 200, "ftol": 1e-13, "gtol": 1e-7}
        box = [(0, 1)] * int(free.sum())
        found = scipy.optimize.minimize(loss, start[free], jac=True, method="L-BFGS-B", bounds=box, options=settings)
        return _filled(start, free, found.x), -float(found.fun)

    def covariance(self, point) -> tuple[Float[np.ndarray, "P P"], float]:
        """The inverse of the profile's curvature, and by how much the profile may still rise, to second order."""
        size = len(point)
        up, down = (np.clip(point + sign * STEP * np.eye(size), 0, 1) for sign in (1, -1))
        rows = [(self.value(u)[1] - self.value(d)[1]) / (u - d).sum() for u, d in zip(up, down, strict=True)]
        curvature = -(np.array(rows) + np.array(rows).T) / 2
        inverse = np.linalg.pinv(curvature, hermitian=True)
        slope = self.value(point)[1]
        slope = np.where(((point <= 0) & (slope < 0)) | ((point >= 1) & (slope > 0)), 0, slope)
        return inverse, float(max(slope @ inverse @ slope / 2, 0))

    def estimate(self, j, best, variance, effect, confidence) -> ParameterEstimate:
        error = np.sqrt(max(variance * effect, 0)) if variance > 0 else np.nan
        drop = effect * scipy.stats.chi2.ppf(confidence, 1) / 2
        low, high = (self._end(j, best, side, drop, error) for side in (0.0, 1.0))
        status = {(0, 0): INSIDE, (1, 0): BELOW, (0, 1): ABOVE, (1, 1): NOT_IDENTIFIED}[low is None, high is None]
        low, high = (end if end is not None else side for end, side in ((low, 0.0), (high, 1.0)))
        numbers = np.array([best[0][j], low, high]) * self.width[j] + self.low[j]
        numbers = np.full(3, np.nan) if status == NOT_IDENTIFIED else numbers
        error = np.nan if status == NOT_IDENTIFIED else error * self.width[j]
        return ParameterEstimate(
            self.profile.names[j], numbers[0], error, numbers[1], numbers[2], status,
            self.low[j], self.low[j] + self.width[j], float(effect),
        )  # fmt: skip

    def _end(self, j, best, side: float, drop: float, error: float) -> float | None:
        """Where the profile of one parameter has fallen by `drop`; None where it does not, up to the range's end."""
        top, highest = best

        def beyond(place):
            start = top.copy()
            start[j] = place
            return np.sqrt(max(highest - self.climb(start, j)[1], 0) / drop) - 1

        return root_towards(beyond, top[j], side, FINE * error if error > 0 else STEP)


def root_towards(function: Callable[[float], float], start: float, end: float, accuracy: float) -> float | None:
    """A root between a start, where the function is below 0, and an end; None where it is below 0 there, too."""
    if start == end or function(end) <= 0:
        return None
    return float(scipy.optimize.brentq(function, start, end, xtol=accuracy, rtol=1e-8))


def _filled(point, free, some):
    filled = np.array(point, float)
    filled[free] = some
    return filled
