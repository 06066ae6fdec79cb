"""The Nash imitation gap under common noise from sampled histories: two estimates that have it between them.

From below: what a deviator gains who follows values of its own making; it sees what the history has shown so far and
nothing else, so that its mean gain is at most the gap. From above: a deviator who is shown the whole history in
advance, and pays for it what these values say it is worth (Brown, Smith and Sun 2010, "Information relaxations and
duality in stochastic dynamic programs"); the price has mean 0 for whoever does not look, so that the mean of the best
is at least the gap. Were the values the true ones, both would be equal to it.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import as_float, check_count, check_probabilities, check_seed
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.noise.along import draw_history
from mfg_imitation.games.noise.noisy import NoisyGame

#: Of a normal distribution, 95% lies within so many standard deviations.
NORMAL = 1.959964


class SampledGap(NamedTuple):
    """Estimates of the Nash imitation gap, in the unit of the reward.

    Attributes:
        lower, upper: mean estimates from below and from above.
        low, high: the ends of an interval that holds the gap with a probability of 95% or more, as far as means of so
            many histories are normal.
        histories: how many were drawn.
    """

    lower: float
    upper: float
    low: float
    high: float
    histories: int


def sampled_nash_imitation_gap(
    game: NoisyGame,
    policy: Float[Array, "H S A"] | Float[Array, "H K S A"],
    n_histories: int = 1000,
    seed: int = 0,
) -> SampledGap:
    """The gap of a policy that knows at most the noise of the step, for horizons whose histories nobody can count.

    Args:
        policy: [H, K, S, A], or [H, S, A] for all noise states alike.
        n_histories: histories to look at; as many others make the deviator's values.
        seed: of both.

    Raises:
        InputError: no game with common noise; a policy of the wrong shape; less than two histories.
    """
    if not isinstance(game, NoisyGame):
        raise InputError(f"game is {shown(game)}, which has no common noise: nash_imitation_gap is for it")
    check_count("n_histories", n_histories, 2)
    check_seed(seed)
    array, shape = as_float("policy", policy), (game.horizon, len(game.games), *game.policy_shape[1:])
    if array.shape == game.policy_shape:
        array = jnp.broadcast_to(array[:, None], shape)
    array = check_probabilities("policy", array, shape)
    keys = jax.random.split(jax.random.key(seed), (2, n_histories))
    below, above = map(np.asarray, _gains(game, array, keys))
    spread = [float(NORMAL * gains.std(ddof=1) / np.sqrt(n_histories)) for gains in (below, above)]
    lower, upper = float(below.mean()), float(above.mean())
    return SampledGap(lower, upper, max(lower - spread[0], 0.0), upper + spread[1], n_histories)


@eqx.filter_jit
def _gains(game, policy, keys):
    """What a deviator gains in every history, from below and from above."""
    steps = jnp.arange(game.horizon)

    def at(noise, method):
        return jax.tree.map(lambda *found: jnp.stack(found)[noise], *(method(one) for one in game.games))

    def draw(key) -> Int[Array, " H"]:
        return draw_history(key, game.noise_initial, game.noise_transition, game.horizon)

    def flow(history) -> Float[Array, "H S"]:
        def step(mu, inputs):
            n, noise, pi = inputs
            return at(noise, lambda one: one.next_population(n, mu, pi)), mu

        return jax.lax.scan(step, game.initial, (steps, history, policy[steps, history]))[1]

    histories = jax.vmap(jax.vmap(draw))(keys)
    flows = jax.vmap(jax.vmap(flow))(histories)
    # The deviator's values: of a population that is the mean over the histories that share step and noise.
    met = jax.nn.one_hot(histories[0], len(game.games))  # [histories, H, K]
    everywhere = flows[0].mean(axis=0)
    count = met.sum(axis=0)
    means = jnp.einsum("ink,ins->nks", met, flows[0]) / jnp.maximum(count, 1)[..., None]
    means = jnp.where(count[..., None] > 0, means, everywhere[:, None])

    def earlier(value, inputs):  # value[k, s]: after a step with noise k, before the next noise is known
        n, mu = inputs
        q = jnp.stack([one.reward(n, mu[k]) + one.pull_back(n, mu[k], value[k]) for k, one in enumerate(game.games)])
        best = q.max(axis=-1)
        return game.noise_transition @ best, (value, best)

    nothing = jnp.zeros((len(game.games), game.initial.size))
    _, (ahead, own) = jax.lax.scan(earlier, nothing, (steps, means), reverse=True)
    later = jnp.concatenate([own[1:], nothing[None]])  # [H, K, S]: at step n + 1, its noise known

    def gains(history, flow):
        def step(carry, inputs):
            follower, seer, imitator = carry
            n, noise, then, mu, pi, expected, found = inputs
            reward = at(noise, lambda one: one.reward(n, mu))
            worth = [expected[noise], found[then], follower, seer, imitator]
            expected, found, follower, seer, imitator = (
                at(noise, lambda one, value=value: one.pull_back(n, mu, value)) for value in worth
            )
            choice = jnp.argmax(reward + expected, axis=-1)[:, None]
            follower = jnp.take_along_axis(reward + follower, choice, axis=-1)[:, 0]
            seer = jnp.max(reward + seer - (found - expected), axis=-1)
            return (follower, seer, jnp.sum(pi * (reward + imitator), axis=-1)), None

        then = jnp.append(history[1:], 0)
        start = (jnp.zeros_like(game.initial),) * 3
        inputs = (steps, history, then, flow, policy[steps, history], ahead, later)
        follower, seer, imitator = jax.lax.scan(step, start, inputs, reverse=True)[0]
        return game.initial @ (follower - imitator), game.initial @ (seer - imitator)

    return jax.vmap(gains)(histories[1], flows[1])
