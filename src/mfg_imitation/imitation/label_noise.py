"""How sure the noise rate of recorded actions is: an interval by resampling trajectories."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_probability, check_seed, checked
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations
from mfg_imitation.imitation.trajectory_likelihood import trajectory_likelihood


class NoiseInterval(NamedTuple):
    """An interval for kappa, see `label_noise_interval`."""

    low: float
    high: float


@checked
def label_noise_interval(
    demonstrations: Demonstrations,
    game: Game,
    population: Float[Array, "H S"] | None = None,
    *,
    resamples: int = 200,
    seed: int = 0,
    confidence: float = 0.95,
    **settings,
) -> NoiseInterval:
    """An interval for the noise rate: percentiles of `trajectory_likelihood` over resampled trajectories.

    Args:
        demonstrations: of one sample, without a batch.
        resamples: how many samples of M trajectories are drawn from the M with replacement.
        seed: of the draws.
        confidence: that the interval is to have.
        settings: of `trajectory_likelihood`.

    Raises:
        InputError: as there; a number is out of its range.
    """
    check_demonstrations(demonstrations, game)
    check_count("resamples", resamples, 2)
    check_seed(seed)
    check_probability("confidence", confidence)
    states, actions = np.asarray(demonstrations.states), np.asarray(demonstrations.actions)
    drawn = np.random.default_rng(seed).integers(len(states), size=(resamples, len(states)))
    weights = None if demonstrations.weights is None else np.asarray(demonstrations.weights)[drawn]
    again = demonstrations._replace(states=states[drawn], actions=actions[drawn], weights=weights)
    noise = np.asarray(trajectory_likelihood(again, game, population, **settings).label_noise)
    low, high = np.quantile(noise, [(1 - confidence) / 2, (1 + confidence) / 2])
    return NoiseInterval(float(low), float(high))
