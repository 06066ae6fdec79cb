"""Simulators of the population: all that some algorithms know of a kernel."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.checks import check_count, checked
from mfg_imitation.engine.players import draw
from mfg_imitation.games.game import Game


class Trajectories(NamedTuple):
    """What the players of one simulation did at every step: indices of states and actions."""

    states: Int[Array, "H players"]
    actions: Int[Array, "H players"]


class Transitions(NamedTuple):
    """N transitions, each with the population in which it took place; all but the populations are indices.

    Attributes:
        populations: P populations mu; they need not differ.
        population: which of them it was.
        states, actions, successors: s, a and the state s' that followed.
    """

    populations: Float[np.ndarray, "P S"]
    population: Int[np.ndarray, " N"]
    states: Int[np.ndarray, " N"]
    actions: Int[np.ndarray, " N"]
    successors: Int[np.ndarray, " N"]


#: Empirical joint occupancy rho_n(s, a) of the players, which drove them, and what each of them did.
Simulation = tuple[Float[Array, "H S A"], Trajectories]

#: (policy, key) -> a simulation in which all players follow the policy. It need not be traceable by JAX.
Simulator = Callable[[Float[Array, "H S A"], Key[Array, ""]], Simulation]


@checked
def player_simulator(game: Game, n_players: int) -> Simulator:
    """A `Simulator` of N players coupled through their empirical distribution, which drives the kernel.

    Raises:
        InputError: less than one player.
    """
    check_count("n_players", n_players)
    return partial(_simulate, game, int(n_players))


def transitions_of(simulations: Sequence[Simulation]) -> Transitions:
    """The transitions of simulated players; those of a step are in the population of that step.

    What follows the last step no simulation says.
    """
    parts = []
    for i, (_, players) in enumerate(simulations):
        states, actions = np.asarray(players.states), np.asarray(players.actions)
        step = np.arange(len(states) - 1)[:, None] + i * (len(states) - 1)
        parts.append([np.broadcast_to(step, states[1:].shape), states[:-1], actions[:-1], states[1:]])
    populations = np.concatenate([np.asarray(joint)[:-1].sum(axis=-1) for joint, _ in simulations])
    return Transitions(populations, *(np.concatenate([x.ravel() for x in kind]) for kind in zip(*parts, strict=True)))


@eqx.filter_jit
def _simulate(game, n_players, policy, key):
    """As `players.simulate`, which gives every player random numbers of its own and so takes 2.5 times as long."""
    chances = jax.random.uniform(key, (1 + 2 * game.horizon, n_players))  # at once: generators compile slowly

    def step(states, inputs):
        n, pi, chance = inputs
        actions = draw(pi[states], chance[0])
        joint = jnp.zeros(pi.shape).at[states, actions].add(1 / n_players)
        branch = draw(game.probabilities(n, joint.sum(axis=-1))[states, actions], chance[1])
        return game.successors[states, actions, branch].astype(states.dtype), (joint, Trajectories(states, actions))

    states = draw(jnp.broadcast_to(game.initial, (n_players, game.initial.size)), chances[0])
    inputs = jnp.arange(game.horizon), policy, chances[1:].reshape(game.horizon, 2, n_players)
    return jax.lax.scan(step, states, inputs)[1]
