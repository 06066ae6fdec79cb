"""Quantal responses by temperature: how far from Nash, how many; and the temperature of demonstrations, estimated."""

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pandas as pd
import scipy
from jax.scipy.special import xlogy

from mfg_imitation.checks import check_probability, checked
from mfg_imitation.engine.control import social_optimum
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.quantal_response import quantal_response
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, counts_of

#: Temperatures that are looked at, in units of the reward's range: from all but deterministic, and (times the horizon)
#: to all but uniform; first so many of them, evenly in the logarithm.
COLDEST, HOTTEST, LOOKS = 1e-3, 100.0, 25

#: Relative precision of the estimate and of its interval.
PRECISION = 1e-6


class Temperature(NamedTuple):
    """The temperature of a quantal response, in units of reward.

    Attributes:
        temperature: the most likely one.
        low, high: ends of the profile-likelihood interval; 0 and infinite where demonstrations leave that end open.
        log_likelihood: of the recorded actions at `temperature`, in nats.
        status: "interior"; "coldest" or "hottest" where the likelihood still rises at the end of what is looked at: the
            players are then as good as exactly rational, or as good as random.
    """

    temperature: float
    low: float
    high: float
    log_likelihood: float
    status: str


@checked
def quantal_response_temperature(
    demonstrations: Demonstrations, game: Game, *, confidence: float = 0.95
) -> Temperature:
    """The most likely temperature of the players, whose population is the quantal response equilibrium (ours).

    The recorded actions are independent given the states, so that twice the fall of the log-likelihood from its top is
    chi-squared with one degree of freedom (Wilks 1938). The reward is known, and temperatures are in its units.

    Args:
        confidence: that the interval is to have.

    Raises:
        InputError: the demonstrations are not of this game; `confidence` is not a probability above 0 and below 1.
    """
    check_demonstrations(demonstrations, game)
    shape = list(np.shape(demonstrations.states))
    if len(shape) != 2:
        raise InputError(f"demonstrations.states has shape {shape}: a single sample [M, H] is needed")
    check_probability("confidence", confidence)
    counts = counts_of(game, jnp.asarray(demonstrations.states), jnp.asarray(demonstrations.actions))

    def likelihood(logarithm: float) -> float:
        found = quantal_response(game, float(np.exp(logarithm)))
        return float(xlogy(counts, found.policy).sum()) if found.status == "converged" else -np.inf

    unit = float(reward_range(game))
    looks = np.linspace(np.log(COLDEST * unit), np.log(HOTTEST * unit * game.horizon), LOOKS)
    values = np.array([likelihood(logarithm) for logarithm in looks])
    best = int(values.argmax())
    top, most = looks[best], values[best]
    if 0 < best < LOOKS - 1:
        ends = (looks[best - 1], looks[best + 1])
        found = scipy.optimize.minimize_scalar(
            lambda x: -likelihood(x), bounds=ends, method="bounded", options={"xatol": PRECISION}
        )
        if -found.fun > most:
            top, most = float(found.x), -float(found.fun)
    fallen = most - scipy.stats.chi2.ppf(confidence, 1) / 2

    def crossing(outside) -> float:
        return float(np.exp(scipy.optimize.brentq(lambda x: likelihood(x) - fallen, outside, top, xtol=PRECISION)))

    colder, hotter = looks[(looks < top) & (values < fallen)], looks[(looks > top) & (values < fallen)]
    low = crossing(colder[-1]) if colder.size else 0.0
    high = crossing(hotter[0]) if hotter.size else float("inf")
    status = "coldest" if best == 0 else "hottest" if best == LOOKS - 1 else "interior"
    return Temperature(float(np.exp(top)), low, high, float(most), status)


def quantal_responses(game: Game, shares: Sequence[float]) -> pd.DataFrame:
    """Quantal response equilibria at several temperatures, looked for from two sides.

    Args:
        shares: temperatures, in units of the reward's range.

    Returns:
        One row per temperature: share, temperature (units of reward); exploitability of the equilibrium that is
        followed from a high temperature; bound on it, temperature H log A (ours: a best response to the smoothed game
        gives up no more); apart (1-norm, the largest over steps and states, between it and the one that is reached
        from the best policy found for the whole population: above 0 there are several; NaN where one of both was not
        reached).
    """
    unit, rows = float(reward_range(game)), []
    best = social_optimum(game, n_random_starts=0).policy
    for share in shares:
        temperature = share * unit
        one, other = quantal_response(game, temperature), quantal_response(game, temperature, start=best)
        both = one.status == other.status == "converged"
        rows.append(
            {
                "share": share,
                "temperature": temperature,
                "exploitability": one.exploitability if one.status == "converged" else np.nan,
                "bound": temperature * game.horizon * float(np.log(len(game.actions))),
                "apart": float(jnp.abs(one.policy - other.policy).sum(axis=-1).max()) if both else np.nan,
            }
        )
    return pd.DataFrame(rows)
