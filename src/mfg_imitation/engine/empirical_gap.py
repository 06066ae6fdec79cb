"""The Nash imitation gap as it can be measured in finite populations, with intervals (paper, Definition 7)."""

import warnings
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_probabilities, check_seed, checked
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.players import Rollouts, compiled_by_draws, simulate
from mfg_imitation.engine.value import best_response_of, reward_range_of, value_of
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.names import ROUNDING

#: Above which share of the gap that rare events carry a warning is due.
RARE = 0.2


class Estimate(NamedTuple):
    """A mean over K independent repetitions, and Student's interval for it.

    Attributes:
        mean: of the repetitions, in the game's unit of reward over the horizon.
        low, high: ends of the interval; equal where all repetitions are.
        repetitions: the K numbers themselves.
    """

    mean: float
    low: float
    high: float
    repetitions: Float[np.ndarray, " K"]


class EmpiricalGap(NamedTuple):
    """NIG(pi) measured in populations of N players.

    Attributes:
        plug_in: max over pi' of V(pi', mu-hat) - V(pi, mu-hat), mu-hat the flow of simulated players. Maximising over a
            noisy flow biases this estimate upwards, most where the best response hangs in the balance. But where the
            gap comes from what few players do and the dynamics amplify, most crowds of N do not show it: then it lies
            far below the gap.
        deviation_gain: what one player earned more by the best response to mu-hat than by pi, in a population that did
            not choose that response. Some other response may be better, which biases it downwards; rare events act on
            it as on the plug-in.
        bracket: from the low end of `deviation_gain` to the high end of `plug_in`. It holds the gap in the mean field
            about as often as `confidence` says where `rare` is small, and may never hold it where it is not.
        rare: which share of the gap in the mean field is missing, or is too much, once all that happens to less than
            one player in N at a step is left out. Known only because the game is.
    """

    plug_in: Estimate
    deviation_gain: Estimate
    bracket: tuple[float, float]
    rare: float


@checked
def empirical_nash_imitation_gap(
    game: Game,
    policy: Float[Array, "H S A"],
    n_players: int,
    repetitions: int,
    seed: int,
    confidence: float = 0.95,
) -> EmpiricalGap:
    """Estimate the Nash imitation gap of `policy` from simulations of N players, see `EmpiricalGap`.

    Every repetition simulates one population that gives mu-hat and the best response to it, and independently of it
    another one, twice with the same random numbers: all its players follow `policy`, or the first of them the best
    response while the others keep to `policy`. As N grows both estimates approach `nash_imitation_gap`.
    A warning says where N is too small for that: where events that crowds of N hardly ever show carry more than `RARE`
    of the gap.

    Args:
        n_players: N, each population is driven by its players' empirical distribution.
        repetitions: K >= 2 independent repetitions; the first ones of more are those of fewer.
        seed: 0 or above; equal seeds, equal numbers.
        confidence: of each of the two intervals.

    Raises:
        InputError: `policy` is no policy of the game, or a number is out of its range.
    """
    policy = check_probabilities("policy", policy, game.policy_shape)
    check_count("n_players", n_players)
    check_count("repetitions", repetitions)
    check_seed(seed)
    if repetitions < 2:
        raise InputError("repetitions is 1: an interval needs at least 2")
    if not 0 < confidence < 1:
        raise InputError(f"confidence is {confidence!r}: a number between 0 and 1 is needed")
    key = jax.random.key(seed)
    plug_in, gain = (
        estimate_of(np.asarray(numbers), confidence)
        for numbers in _repeat(
            n_players * repetitions * game.horizon, game, policy, key, int(n_players), int(repetitions)
        )
    )
    rare = float(_rare_share(game, policy, n_players))
    if rare > RARE:
        warnings.warn(
            f"events of which crowds of {n_players} players hardly ever show one carry {min(rare, 1):.0%} of the gap: "
            "these estimates miss it; take more players, or nash_imitation_gap",
            stacklevel=3,
        )
    return EmpiricalGap(plug_in, gain, (gain.low, plug_in.high), rare)


def repetition_of(game: Game, policy: Float[Array, "H S A"], key, n_players: int) -> tuple[Array, Array]:
    """Plug-in and deviation gain of one repetition; unchecked, for use inside traced code."""
    key_plug_in, key_gain = jax.random.split(key)
    players = jnp.arange(n_players)
    flow = simulate(game, policy, key_plug_in, players).population
    best = best_response_of(game, flow)

    def earned(first_policy):
        return _first_return(game, simulate(game, policy, key_gain, players, first_policy=first_policy))

    kept, deviated = jax.vmap(earned)(jnp.stack([policy, best.policy]))  # side by side they draw once for both
    return best.value - value_of(game, policy, flow), deviated - kept


@eqx.filter_jit
def _rare_share(game, policy, n_players) -> Float[Array, ""]:
    """`EmpiricalGap.rare`."""

    def kept(shares):
        likely = jnp.where(shares * n_players < 1, 0, shares)
        return jnp.where(likely.sum() > 0, likely / likely.sum(), shares)

    def step(mu, inputs):
        n, pi = inputs
        return kept(game.push_forward(n, mu, kept(mu[:, None] * pi))), mu

    flow = jax.lax.scan(step, kept(game.initial), (jnp.arange(game.horizon), policy))[1]
    shown = best_response_of(game, flow).value - value_of(game, policy, flow)
    gap = nash_imitation_gap_of(game, policy)
    return jnp.abs(shown - gap) / jnp.maximum(gap, ROUNDING * reward_range_of(game) * game.horizon)


def _first_return(game: Game, rollouts: Rollouts) -> Float[Array, ""]:
    """What the first player earned."""

    def earned(n, mu, s, a):
        return game.reward(n, mu)[s, a]

    steps = jnp.arange(game.horizon)
    return jax.vmap(earned)(steps, rollouts.population, rollouts.states[0], rollouts.actions[0]).sum()


def _all_repetitions(game, policy, key, n_players, repetitions):
    keys = jax.vmap(lambda k: jax.random.fold_in(key, k))(jnp.arange(repetitions))
    return jax.lax.map(lambda key: repetition_of(game, policy, key, n_players), keys)


_repeat = compiled_by_draws(_all_repetitions)


def estimate_of(numbers: Float[np.ndarray, " K"], confidence: float) -> Estimate:
    """`Estimate` of K >= 2 repetitions."""
    mean, spread = numbers.mean(), numbers.std(ddof=1) / np.sqrt(numbers.size)
    reach = scipy.stats.t.ppf((1 + confidence) / 2, numbers.size - 1) * spread
    return Estimate(float(mean), float(mean - reach), float(mean + reach), numbers)
