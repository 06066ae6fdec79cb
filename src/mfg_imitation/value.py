"""Values, best responses and the three gaps. The Nash imitation gap is defined here and nowhere else."""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities
from mfg_imitation.flow import flow_of, over_policies
from mfg_imitation.game import Game


class BestResponse(NamedTuple):
    """A best response to a flow (paper, Definition 1), deterministic (ties go to the first action), and its value."""

    policy: Float[Array, "H S A"]
    value: Float[Array, ""]


class Gaps(NamedTuple):
    """How far a policy is from the expert, measured in reward; all of the batch shape of the policies.

    Attributes:
        nash_imitation_gap: max over pi' of V(pi', mu^pi) - V(pi, mu^pi) >= 0 (paper, Definition 7).
        population_value_gap: V(pi^E, mu^E) - V(pi, mu^pi), what the whole population loses; can be negative.
        frozen_population_gap: V(pi^E, mu^E) - V(pi, mu^E), what one imitator loses among
            experts; >= 0 for a Nash expert.
    """

    nash_imitation_gap: Float[Array, "*batch"]
    population_value_gap: Float[Array, "*batch"]
    frozen_population_gap: Float[Array, "*batch"]


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


def best_response(game: Game, population: Float[Array, "H S"]) -> BestResponse:
    """The policy that earns most in the fixed flow `population`, by backward induction (paper, Definition 1).

    Raises:
        InputError: `population` has the wrong shape or does not hold probabilities.
    """
    return _best_response(game, check_probabilities("population", population, game.policy_shape[:2]))


def nash_imitation_gap(game: Game, policy: Float[Array, "*batch H S A"]) -> Float[Array, "*batch"]:
    """NIG(pi) = max over pi' of V(pi', mu^pi) - V(pi, mu^pi), exactly (paper, Definition 7).

    What one agent gains by deviating when everyone plays `policy`: the exploitability of `policy`. In the unit of the
    game's reward, summed over the horizon; 0 exactly for a Nash equilibrium.

    Raises:
        InputError: `policy` is not [..., H, S, A] or not a policy.
    """
    return _nash_imitation_gap(game, check_probabilities("policy", policy, game.policy_shape, batch=True))


def gaps(game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "*batch H S A"]) -> Gaps:
    """The three gaps of `policy`, see `Gaps`.

    Raises:
        InputError: an argument has the wrong shape or is not a policy.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    return _gaps(game, expert, check_probabilities("policy", policy, game.policy_shape, batch=True))


def value_of(game: Game, policy: Float[Array, "H S A"], population: Float[Array, "H S"]) -> Float[Array, ""]:
    """`policy_value` of one policy, unchecked, for use inside traced code."""

    def step(value, inputs):
        n, pi, mu = inputs
        return jnp.sum(pi * (game.reward(n, mu) + game.pull_back(n, mu, value)), axis=-1), None

    return game.initial @ _backward(step, game, policy, population)[0]


def best_response_of(game: Game, population: Float[Array, "H S"]) -> BestResponse:
    """`best_response`, unchecked, for use inside traced code."""

    def step(value, inputs):
        n, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return q.max(axis=-1), jnp.argmax(q, axis=-1)

    value, greedy = _backward(step, game, population)
    return BestResponse(jax.nn.one_hot(greedy, len(game.actions)), game.initial @ value)


def nash_imitation_gap_of(game: Game, policy: Float[Array, "H S A"]) -> Float[Array, ""]:
    """`nash_imitation_gap` of one policy, unchecked, for use inside traced code."""
    return _best_value_and_gap_of(game, policy)[1]


def _best_value_and_gap_of(game, policy) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The value of a best response in mu^pi, and the Nash imitation gap of `policy`.

    The gap is the regret of `policy` at each step, summed along its own flow, which is where an agent that plays it is
    (the performance difference lemma, Kakade and Langford 2002). Unlike the difference of two values, no summand is
    negative and none cancels another.
    """

    def step(carry, inputs):
        values, lost = carry
        n, pi, mu = inputs
        values, regret = game.earlier_values(n, mu, pi, values)
        return (values, lost + mu * regret), None

    nothing = jnp.zeros_like(game.initial)
    values, lost = _backward(step, game, policy, flow_of(game, policy), start=(nothing, nothing))[0]
    return game.initial @ values, lost.sum()


def _backward(step, game, *inputs, start=None):
    start = jnp.zeros_like(game.initial) if start is None else start
    return jax.lax.scan(step, start, (jnp.arange(game.horizon), *inputs), reverse=True)


@eqx.filter_jit
def _policy_value(game, policy, population):
    return over_policies(lambda one: value_of(game, one, population), policy)


_best_response = eqx.filter_jit(best_response_of)


@eqx.filter_jit
def _nash_imitation_gap(game, policy):
    return over_policies(partial(nash_imitation_gap_of, game), policy)


@eqx.filter_jit
def _gaps(game, expert, policy):
    expert_flow = flow_of(game, expert)
    expert_value = value_of(game, expert, expert_flow)

    def one(pi):
        best_value, gap = _best_value_and_gap_of(game, pi)
        return Gaps(gap, expert_value - (best_value - gap), expert_value - value_of(game, pi, expert_flow))

    return over_policies(one, policy)
