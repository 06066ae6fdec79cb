"""A class of policies that generalises: a small neural network over steps and states (ours).

States that lie near each other share what is learned. Near is who can get where: a state is described by where a walk
of a few steps through the game's table of successors, every entry equally likely, is found. So no game has to say
where its states lie, walls are respected, and the probabilities of the kernel are not looked at. A step is described
by a few cosines, which change slowly.

The class does not know what it is fitted to: `fit` minimises any loss, and stops by another one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import scipy
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.games.game import Game
from mfg_imitation.imitation.records import padded, power_of_two

if TYPE_CHECKING:  # a quarter of a second to import, which every job would pay that asks the registry for an algorithm
    from jax.experimental.sparse import BCOO

#: Neurons of each of the two hidden layers; cosines of the step; steps of the walk. Chosen by the likelihood of the
#: trajectories held out, of 1000 (three seeds of beach_bar, four_rooms and maze): the walk takes 0.0006 to 0.0016 nats
#: a record off what a number for every state and cosines of row and column reach, where those are known; 64 neurons
#: and four cosines lose up to 0.002.
WIDTH, COSINES, WALK = 32, 3, 4

#: Adam's step, and the decay of weights (Loshchilov and Hutter 2019).
LEARNING_RATE, DECAY = 1e-2, 1e-4

#: A fit stops when the held-out loss has not fallen for so many steps, and half as many again as it had taken.
PATIENCE = 40


class Surroundings(NamedTuple):
    """How steps and states are described; 32-bit floats, as all in the network."""

    clock: Float[Array, "H features"]
    walk: "BCOO"  # [S, S], or [rows, S] of some of the states

    def of(self, states: Int[np.ndarray, " some"], rows: int) -> "Surroundings":
        """Of these states alone, in this order and so many rows, so that no others are walked from."""
        from_, to = np.asarray(self.walk.indices).T
        row = np.full(self.walk.shape[0], -1)
        row[states] = np.arange(len(states))
        kept = np.flatnonzero(row[from_] >= 0)
        # Of a power of two, so that samples of about equal size share their programs; what pads is out of bounds.
        length = power_of_two(len(kept))
        indices = padded(np.stack([row[from_[kept]], to[kept]], axis=-1), length, max(self.walk.shape))
        data = padded(np.asarray(self.walk.data)[kept], length, 0)
        return self._replace(walk=type(self.walk)((data, indices), shape=(rows, self.walk.shape[1])))


class PolicyNetwork(eqx.Module):
    """Two hidden layers; the first one adds what step and state say, each in `WIDTH` numbers."""

    places: Float[Array, "S width"]
    clock: eqx.nn.Linear
    hidden: eqx.nn.Linear
    choice: eqx.nn.Linear

    def __init__(self, n_features: int, n_states: int, n_actions: int, key: Key[Array, ""]):
        places, clock, hidden, choice = jax.random.split(key, 4)
        self.places = jax.random.normal(places, (n_states, WIDTH), jnp.float32) / 2
        self.clock = eqx.nn.Linear(n_features, WIDTH, dtype=jnp.float32, key=clock)
        self.hidden = eqx.nn.Linear(WIDTH, WIDTH, dtype=jnp.float32, key=hidden)
        self.choice = eqx.nn.Linear(WIDTH, n_actions, dtype=jnp.float32, key=choice)

    def __call__(
        self, around: Surroundings, steps: Int[Array, " rows"], states: Int[Array, " rows"]
    ) -> Float[Array, "rows A"]:
        """Logits of the actions at some steps, in some of the states that `around` describes."""
        # All states and all steps first: a game has fewer of either than of both.
        return self._logits((around.walk @ self.places)[states] + jax.vmap(self.clock)(around.clock)[steps])

    def policy(self, around: Surroundings) -> Float[Array, "H S A"]:
        """pi_n(a | s) at every step in every state."""
        places = around.walk @ self.places

        @jax.checkpoint  # a derivative computes the neurons of a step again: those of all steps are never kept
        def at(time):
            return jax.nn.softmax(self._logits(places + time).astype(float))

        return jax.lax.map(at, jax.vmap(self.clock)(around.clock))

    def _logits(self, first: Float[Array, "rows width"]) -> Float[Array, "rows A"]:
        second = jax.vmap(self.hidden)(jax.nn.gelu(first))
        return jax.vmap(self.choice)(jax.nn.gelu(second))


def surroundings(game: Game) -> Surroundings:
    """What the network is told about a game's steps and states."""
    from jax.experimental.sparse import BCOO

    horizon, n_states, _ = game.policy_shape
    time = (np.arange(horizon) + 0.5) / horizon
    clock = np.concatenate([2 * time[:, None] - 1, np.cos(np.pi * time[:, None] * np.arange(1, COSINES + 1))], axis=-1)
    successors = np.asarray(game.successors).reshape(n_states, -1)
    rows = np.repeat(np.arange(n_states), successors.shape[1])
    weights = np.full(rows.size, 1 / successors.shape[1])
    one = scipy.sparse.csr_array((weights, (rows, successors.ravel())), (n_states, n_states))
    walk = step = scipy.sparse.eye_array(n_states, format="csr")
    for _ in range(WALK):
        step = step @ one
        walk = walk + step
    # All states are described by numbers of one size, whether the walk stays or goes far.
    walk = scipy.sparse.diags_array(1 / np.sqrt(walk.power(2).sum(axis=1))) @ walk
    return Surroundings(jnp.asarray(clock, jnp.float32), BCOO.from_scipy_sparse(walk.astype(np.float32)))


class Fit(NamedTuple):
    """The parameters with the smallest held-out loss, after how many steps they were met, and whether they had to stop.

    Attributes:
        stopped: whether the held-out loss had stopped to fall; False where the steps were used up.
    """

    network: PolicyNetwork
    held_out: Float[Array, ""]
    iteration: Int[Array, ""]
    stopped: Array


def fit(
    network: PolicyNetwork,
    loss: Callable[[PolicyNetwork], Float[Array, ""]],
    held_out: Callable[[PolicyNetwork], Float[Array, ""]],
    iterations: Int[Array, ""] | int,
) -> Fit:
    """Minimise `loss` by AdamW until `held_out` rises, at most so many steps; for use inside traced code."""
    adam = optax.adamw(LEARNING_RATE, weight_decay=DECAY)

    def unfinished(state):
        _, _, iteration, best = state
        return (iteration <= iterations) & ~best.stopped

    def step(state):
        network, moments, iteration, best = state
        value = held_out(network)
        better = value < best.held_out
        new = Fit(network, value, iteration, best.stopped)
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), new, best)
        best = best._replace(stopped=iteration - best.iteration >= PATIENCE + best.iteration // 2)
        move, moments = adam.update(jax.grad(loss)(network), moments, network)
        return optax.apply_updates(network, move), moments, iteration + 1, best

    start = Fit(network, jnp.full_like(held_out(network), jnp.inf), jnp.asarray(0), jnp.asarray(False))
    return jax.lax.while_loop(unfinished, step, (network, adam.init(network), jnp.asarray(0), start))[-1]
