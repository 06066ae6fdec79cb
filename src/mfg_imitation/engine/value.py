"""Values of policies and of best responses in a flow."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.engine.flow import flow_of, over_policies
from mfg_imitation.engine.recursion import backward
from mfg_imitation.games.game import Game


class BestResponse(NamedTuple):
    """A best response to a flow (paper, Definition 1), deterministic (ties go to the first action), and its value."""

    policy: Float[Array, "H S A"]
    value: Float[Array, ""]


@checked(noise="taken")
def policy_value(
    game: Game, policy: Float[Array, "*batch H S A"], population: Float[Array, "H S"]
) -> Float[Array, "*batch"]:
    """V(pi, mu): what one agent with `policy` earns over the horizon in the flow `population` (paper, Section 2.1).

    Raises:
        InputError: an argument has the wrong shape or does not hold probabilities.
    """
    policy = check_probabilities("policy", policy, game.policy_shape, batch=True)
    population = check_probabilities("population", population, game.policy_shape[:2])
    return _policy_value(game, policy, population)


@checked(noise="taken")
def best_response(game: Game, population: Float[Array, "H S"]) -> BestResponse:
    """The policy that earns most in the fixed flow `population`, by backward induction (paper, Definition 1).

    Raises:
        InputError: `population` has the wrong shape or does not hold probabilities.
    """
    return _best_response(game, check_probabilities("population", population, game.policy_shape[:2]))


def value_of(game: Game, policy: Float[Array, "H S A"], population: Float[Array, "H S"]) -> Float[Array, ""]:
    """`policy_value` of one policy, unchecked, for use inside traced code."""

    def step(value, inputs):
        n, pi, mu = inputs
        return jnp.sum(pi * (game.reward(n, mu) + game.pull_back(n, mu, value)), axis=-1), None

    return game.initial @ backward(game, step, policy, population)[0]


def best_response_of(game: Game, population: Float[Array, "H S"]) -> BestResponse:
    """`best_response`, unchecked, for use inside traced code."""

    def step(value, inputs):
        n, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return q.max(axis=-1), jnp.argmax(q, axis=-1)

    value, greedy = backward(game, step, population)
    return BestResponse(jax.nn.one_hot(greedy, len(game.actions)), game.initial @ value)


@eqx.filter_jit
def _policy_value(game, policy, population):
    return over_policies(lambda one: value_of(game, one, population), policy)


_best_response = eqx.filter_jit(best_response_of)

#: One-point populations that `reward_range` looks at.
MOST_POINTS = 1000

#: Rewards that differ by less than this share of the largest are equal.
ROUNDING = 1e-13


def population_values(game: Game, policy: Float[Array, "H S A"]) -> tuple[Float[Array, "H S"], Float[Array, "H S A"]]:
    """The population of `policy`, and Q_n(s, a): what an agent earns from (s, a) on when everyone plays `policy`."""
    flow = flow_of(game, policy)

    def step(value, inputs):
        n, pi, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return jnp.sum(pi * q, axis=-1), q

    return flow, backward(game, step, policy, flow)[1]


def reward_bound_of(game: Game, population: Float[Array, "H S"]) -> Float[Array, ""]:
    """r_max, the largest |r_n(s, a, mu_n)| in a flow: of an expert, the paper's Assumption 2; for traced code too."""
    return jnp.abs(jax.vmap(game.reward)(jnp.arange(game.horizon), population)).max()


@eqx.filter_jit
def half_span_of(game: Game, population: Float[Array, "H S"]) -> Float[Array, ""]:
    """R, half the largest difference between two rewards of one step in a flow: at most r_max; for traced code too.

    A constant added to all rewards of a step changes no gap, so that r_max may be replaced by R (ours).
    """
    rewards = jax.vmap(game.reward)(jnp.arange(game.horizon), population)
    return (rewards.max(axis=(1, 2)) - rewards.min(axis=(1, 2))).max() / 2


def reward_range_of(game: Game) -> Float[Array, ""]:
    """Largest minus smallest reward over the steps of the uniform policy's population and in one-point populations.

    A lower estimate of the range over all populations; 1 where all rewards are equal, but for rounding. Of a game with
    many states only `MOST_POINTS` one-point populations are looked at, evenly spread, and none is stored.
    """
    n_states = game.initial.size
    points = np.linspace(0, n_states - 1, min(n_states, MOST_POINTS)).round().astype(int)

    def extremes(n, mu):
        reward = game.reward(n, mu)
        return jnp.stack([reward.min(), reward.max()])

    def at_point(inputs):
        n, s = inputs
        return extremes(n, jnp.zeros(n_states).at[s].set(1))

    steps = jnp.arange(game.horizon)
    flow = flow_of(game, game.uniform_policy())
    crowd = jax.lax.map(lambda inputs: extremes(*inputs), (steps, flow))
    corners = jax.lax.map(at_point, (jnp.arange(game.horizon, game.horizon + points.size) % game.horizon, points))
    found = jnp.concatenate([crowd, corners])
    width = found[:, 1].max() - found[:, 0].min()
    return jnp.where(width > ROUNDING * jnp.abs(found).max(), width, 1.0)


reward_range = eqx.filter_jit(reward_range_of)
