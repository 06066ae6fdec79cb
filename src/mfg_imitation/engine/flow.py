"""From a policy to the flow of the population, and to the occupancy of one agent in it (paper, Definitions 2 and 4).

Policies are `[n, s, a]`; leading axes are a batch. Flows are `[n, s]`, occupancies are *joint*: rho_n(s, a).
"""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.games.game import Game
from mfg_imitation.games.soundness import check_flow


@checked(noise="taken")
def population_flow(game: Game, policy: Float[Array, "*batch H S A"]) -> Float[Array, "*batch H S"]:
    """mu^pi: the distribution of the population at every step when everyone plays `policy` (paper, Eq. 1).

    mu_0 is the game's initial distribution; mu_{n+1}(s') = sum over s, a of mu_n(s) pi_n(a|s) P_n(s'|s, a, mu_n).

    Raises:
        InputError: `policy` is not [..., H, S, A] or not a policy.
    """
    return _population_flow(game, check_probabilities("policy", policy, game.policy_shape, batch=True))


@checked(noise="taken")
def occupancy(
    game: Game,
    policy: Float[Array, "*batch H S A"],
    population: Float[Array, "H S"] | None = None,
) -> Float[Array, "*batch H S A"]:
    """rho^{pi,nu}_n(s, a): how often one agent with `policy` is in s and plays a, in a population (paper, Eqs. 2-4).

    Args:
        population: flow of the population that drives the kernel; the agent is too small to move it.
            None stands for the population that `policy` itself creates, rho^{pi,pi}.

    Raises:
        InputError: an argument has the wrong shape or does not hold probabilities.
    """
    policy = check_probabilities("policy", policy, game.policy_shape, batch=True)
    if population is None:
        return _population_flow(game, policy)[..., None] * policy
    population = check_probabilities("population", population, game.policy_shape[:2])
    return _agent_flow(game, policy, population)[..., None] * policy


def check_along(game: Game, policy: Float[Array, "H S A"]) -> None:
    """Raise `InputError` unless kernel and reward are sound in the population that `policy` itself creates.

    When a game is loaded it is looked at in some populations; this looks where a result comes from.
    """
    check_flow(game, _population_flow(game, policy))


def over_policies(function, policies: Float[Array, "*batch H S A"]):
    """Apply `function` of one policy to every policy of a batch."""
    for _ in range(policies.ndim - 3):
        function = jax.vmap(function)
    return function(policies)


def flow_of(game: Game, policy: Float[Array, "H S A"]) -> Float[Array, "H S"]:
    """`population_flow` of one policy, unchecked, for use inside traced code."""

    def step(mu, inputs):
        n, pi = inputs
        return game.next_population(n, mu, pi), mu

    return jax.lax.scan(step, game.initial, (jnp.arange(game.horizon), policy))[1]


def agent_flow_of(game: Game, policy: Float[Array, "H S A"], population: Float[Array, "H S"]) -> Float[Array, "H S"]:
    """mu^{pi,nu}: where one agent with `policy` is, in the flow `population`; unchecked, for use inside traced code."""

    def step(nu, inputs):
        n, pi, mu = inputs
        return game.push_forward(n, mu, nu[:, None] * pi), nu

    return jax.lax.scan(step, game.initial, (jnp.arange(game.horizon), policy, population))[1]


@eqx.filter_jit
def _population_flow(game, policy):
    return over_policies(partial(flow_of, game), policy)


@eqx.filter_jit
def _agent_flow(game, policy, population):
    return over_policies(lambda one: agent_flow_of(game, one, population), policy)
