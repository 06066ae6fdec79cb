"""MFC-ADV without the kernel: what `mfc_adv` minimises, from a simulator of the population alone.

The policy gradient through the population is estimated by scores: players who happened to play a more often than the
policy says, at step n in s, times how much dearer than usual what followed was for *everybody*. It is slower than the
exact gradient and noisy; its fits are rougher. And what N players hardly ever do they do not show: where the dynamics
amplify a rare slip, a policy that looks like the experts in such simulations can still be far from them in the mean
field, whose population notices every slip.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.checks import as_float, check_count, check_seed, checked
from mfg_imitation.engine.players import draw
from mfg_imitation.engine.policies import mixture
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, fitted
from mfg_imitation.imitation.ascent import Descent, advance, begin, strokes
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import check_occupancy
from mfg_imitation.imitation.matching import check_objective, prices, schedule, total
from mfg_imitation.imitation.matching_descent import EXPLORATION

#: First step of the optimiser, in logits; it falls linearly to zero. On the sheltered attractor (H = 30, 1000
#: players, 300 iterations) 0.3 reached half the objective that 0.1 did.
LEARNING_RATE = 0.3

#: Iterations between two strokes of the progress bar.
CHUNK = 10

#: The softness of the signs never falls below this: an occupancy seen in a few thousand players is no sharper.
SHARPEST_SIGN = 1e-3


class Trajectories(NamedTuple):
    """What the players of one simulation did at every step: indices of states and actions."""

    states: Int[Array, "H players"]
    actions: Int[Array, "H players"]


#: (policy, key) -> empirical joint occupancy [H, S, A] and trajectories of the players, all of whom follow the policy.
Simulator = Callable[[Float[Array, "H S A"], Key[Array, ""]], tuple[Float[Array, "H S A"], Trajectories]]


@checked
def player_simulator(game: Game, n_players: int) -> Simulator:
    """A `Simulator` of N players coupled through their empirical distribution, which drives the kernel.

    Raises:
        InputError: less than one player.
    """
    check_count("n_players", n_players)
    return partial(_simulate, game, n_players)


def _simulate(game, n_players, policy, key):
    """As `players.simulate`, which gives every player random numbers of its own and so takes 2.5 times as long."""

    def step(states, inputs):
        n, pi, key = inputs
        chance = jax.random.uniform(key, (2, n_players))
        actions = draw(pi[states], chance[0])
        joint = jnp.zeros(pi.shape).at[states, actions].add(1 / n_players)
        branch = draw(game.probabilities(n, joint.sum(axis=-1))[states, actions], chance[1])
        return game.successors[states, actions, branch].astype(states.dtype), (joint, Trajectories(states, actions))

    first, *keys = jax.random.split(key, game.horizon + 1)
    initial = jnp.broadcast_to(game.initial, (n_players, game.initial.size))
    states = draw(initial, jax.random.uniform(first, (n_players,)))
    return jax.lax.scan(step, states, (jnp.arange(game.horizon), policy, jnp.stack(keys)))[1]


def mfc_adv_sampled(
    target: Float[Array, "H S A"],
    simulator: Simulator,
    objective: Literal["sum", "max"] = "sum",
    *,
    iterations: int = 300,
    rollouts: int = 32,
    seed: int = 0,
) -> Imitation:
    """Fit a policy whose simulated population has the occupancy `target`, starting from behavioral cloning.

    Args:
        target: rho_hat_n(s, a), the experts' empirical joint occupancy.
        simulator: traceable by JAX; see `player_simulator`.
        rollouts: simulations at every iteration, at least two: each is compared with the mean of the others.
        seed: of all simulations; equal seeds give equal fits.

    Returns:
        `Imitation` whose objective is an estimate, from as many new simulations, of F of the policy. Its certificate
        is infinite, as none is known without the kernel, and its status always "iteration limit".

    Raises:
        InputError: `target` is no occupancy; an unknown objective; too few iterations or rollouts.
    """
    target = as_float("target", target)
    if target.ndim != 3:
        raise InputError(f"target has shape {list(target.shape)}, expected [H, S, A]")
    check_occupancy(target, target.shape)
    check_objective(objective)
    check_count("iterations", iterations)
    check_count("rollouts", rollouts, 2)
    check_seed(seed)
    key, total_steps = jax.random.key(seed), jnp.asarray(iterations)
    start = cloned_policy(target)
    explored = mixture(start, jnp.full_like(start, 1 / start.shape[-1]), jnp.array([EXPLORATION]))
    # The start itself counts as a result, with a value of its own simulations.
    state = begin(jnp.log(explored), _value(simulator, start, target, objective, rollouts, key), start)
    for first, end in strokes(iterations, CHUNK, "MFC-ADV, sampled"):
        state = _advance(simulator, target, state, first, end, total_steps, objective, rollouts, key)
        jax.block_until_ready(state)
    fresh = jax.random.fold_in(key, iterations)
    reached = _value(simulator, state.best.kept, target, objective, rollouts, fresh)
    return fitted(state.best.kept, reached, "iteration limit", state.best.iteration, np.inf)


def score_gradient(
    joints: Float[Array, "rollouts H S A"], policy: Float[Array, "H S A"], f: Float[Array, "H S A"]
) -> Float[Array, "H S A"]:
    """Estimate, per player, of the gradient of <f, E rho_hat> with respect to the logits of the policy.

    The score of step n, summed over the N players, is N (rho_hat_n(s, a) - mu_hat_n(s) pi_n(a|s)); multiplied by what
    followed from n on, less the mean of the other rollouts. N is left out.
    """
    paid = jnp.sum(f * joints, axis=(-2, -1))
    ahead = jnp.cumsum(paid[:, ::-1], axis=1)[:, ::-1]
    surplus = (ahead - ahead.mean(axis=0)) * len(joints) / (len(joints) - 1)
    scores = joints - joints.sum(axis=-1, keepdims=True) * policy
    return jnp.mean(scores * surplus[:, :, None, None], axis=0)


@eqx.filter_jit
def _rollouts(simulator, policy, key, rollouts) -> Float[Array, "rollouts H S A"]:
    return jax.vmap(lambda one: simulator(policy, one)[0])(jax.random.split(key, rollouts))


@eqx.filter_jit
def _value(simulator, policy, target, objective, rollouts, key) -> Float[Array, ""]:
    return total(_rollouts(simulator, policy, key, rollouts).mean(axis=0) - target, objective)


@eqx.filter_jit
def _advance(simulator, target, state, first, end, iterations, objective, rollouts, key) -> Descent:
    def look(logits, iteration, done):
        policy = jax.nn.softmax(logits)
        joints = _rollouts(simulator, policy, jax.random.fold_in(key, iteration), rollouts)
        difference = joints.mean(axis=0) - target
        signs, steps = schedule(done)
        f = prices(difference, objective, (jnp.maximum(signs, SHARPEST_SIGN), steps))
        return total(difference, objective), score_gradient(joints, policy, f), policy

    return advance(look, state, first, end, iterations, LEARNING_RATE)
