"""The three gaps. The Nash imitation gap is defined here and nowhere else."""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.engine.flow import flow_of, over_policies
from mfg_imitation.engine.recursion import backward
from mfg_imitation.engine.value import value_of
from mfg_imitation.games.game import Game


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


@checked(noise="taken")
def nash_imitation_gap(game: Game, policy: Float[Array, "*batch H S A"]) -> Float[Array, "*batch"]:
    """NIG(pi) = max over pi' of V(pi', mu^pi) - V(pi, mu^pi), exactly (paper, Definition 7).

    What one agent gains by deviating when everyone plays `policy`: the exploitability of `policy`. In the unit of the
    game's reward, summed over the horizon; 0 exactly for a Nash equilibrium.

    Raises:
        InputError: `policy` is not [..., H, S, A] or not a policy.
    """
    return _nash_imitation_gap(game, check_probabilities("policy", policy, game.policy_shape, batch=True))


@checked(noise="taken")
def gaps(game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "*batch H S A"]) -> Gaps:
    """The three gaps of `policy`, see `Gaps`.

    Raises:
        InputError: an argument has the wrong shape or is not a policy.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    return _gaps(game, expert, check_probabilities("policy", policy, game.policy_shape, batch=True))


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
    values, lost = backward(game, step, policy, flow_of(game, policy), start=(nothing, nothing))[0]
    return game.initial @ values, lost.sum()


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
