"""Players that are drawn one by one: in a population that is given, or in the one that they make up themselves.

Every player has random numbers of its own, counted by player and step (JAX's threefry, a counter-based generator).
What a player does thus never depends on how many others are simulated in the same call, on the number of threads or
on the device, and two simulations that differ in one policy share all their randomness.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.games.game import Game

#: So many steps of players are drawn in less time than it takes to compile what draws them faster.
FEW = 100_000


class Rollouts(NamedTuple):
    """What N players did, and the population flow that drove them.

    Attributes:
        states: index of the state of every player at every step.
        actions: index of the action.
        population: mu_n(s), the given flow, or the players' own empirical distribution.
    """

    states: Int[Array, "N H"]
    actions: Int[Array, "N H"]
    population: Float[Array, "H S"]


def simulate(
    game: Game,
    policy: Float[Array, "H S A"],
    key: Key[Array, ""],
    players: Int[Array, " N"],
    population: Float[Array, "H S"] | None = None,
    first_policy: Float[Array, "H S A"] | None = None,
) -> Rollouts:
    """Let the players act from n = 0 to H - 1; unchecked, for use inside traced code.

    Args:
        players: numbers that tell the players' random draws apart; equal numbers under an equal key draw the same.
        population: flow that drives kernel and reward. None couples the players of this call through their empirical
            distribution: P_n(. | s, a, mu_n) with mu_n(s) the share of them that is in s.
        first_policy: what the first of the players follows instead of `policy`.
    """
    keys = jax.vmap(lambda player: jax.random.fold_in(key, player))(players)
    policies = jnp.stack([policy] if first_policy is None else [policy, first_policy])
    which = jnp.zeros(players.size, int) if first_policy is None else jnp.zeros(players.size, int).at[0].set(1)

    def step(states, inputs):
        n, pis, driving = inputs
        mu = share(states, game.initial.size) if population is None else driving
        uniform = _uniforms(keys, n + 1, 2)
        actions = draw(pis[which, states], uniform[:, 0])
        branches = draw(game.probabilities(n, mu)[states, actions], uniform[:, 1])
        return game.successors[states, actions, branches].astype(states.dtype), (states, actions, mu)

    start = draw_alike(game.initial, _uniforms(keys, 0, 1)[:, 0])
    given = jnp.zeros((game.horizon, 0)) if population is None else population
    inputs = (jnp.arange(game.horizon), jnp.moveaxis(policies, 0, 1), given)
    states, actions, flow = jax.lax.scan(step, start, inputs)[1]
    return Rollouts(states.T, actions.T, flow)


def compiled_by_draws(function: Callable, level: int = 3) -> Callable:
    """A function that simulates, compiled; what it takes first is how many steps of players it draws.

    A generator of random numbers is long straight-line code. In a run of the workflow, what samples the sheltered
    attractor was compiled in .2 s without optimisation, in .4 at level 1 and in .7 at level 3. A million steps then
    took .3 s, .07 and .07; `FEW` do not show the difference.

    Args:
        level: how far XLA optimises for more steps than that, from 1 to 3, whatever the environment says.
    """

    def compiled(level: int) -> Callable:
        return eqx.filter_jit(function, compiler_options={"xla_backend_optimization_level": level})

    few, many = compiled(0), compiled(level)
    return lambda draws, *arguments: (few if draws <= FEW else many)(*arguments)


def share(states: Int[Array, " N"], n_states: int) -> Float[Array, " S"]:
    """Empirical distribution of the states; counted in whole numbers, so that no order of summation matters."""
    return jnp.zeros(n_states, int).at[states].add(1) / states.size


def draw(probabilities: Float[Array, "N K"], uniform: Float[Array, " N"]) -> Int[Array, " N"]:
    """Index drawn from every row by inversion; an index of probability 0 is never drawn."""
    cumulative = jnp.cumsum(probabilities, axis=-1)
    return jnp.sum(cumulative <= uniform[:, None] * cumulative[:, -1:], axis=-1, dtype=jnp.int32)


def draw_alike(probabilities: Float[Array, " K"], uniform: Float[Array, " N"]) -> Int[Array, " N"]:
    """`draw` from one distribution for all rows, which is not repeated for each: no array of [N, K] is made."""
    cumulative = jnp.cumsum(probabilities)
    return jnp.searchsorted(cumulative, uniform * cumulative[-1], side="right").astype(jnp.int32)


def _uniforms(keys, n, count: int) -> Float[Array, "N count"]:
    return jax.vmap(lambda key: jax.random.uniform(jax.random.fold_in(key, n), (count,)))(keys)
