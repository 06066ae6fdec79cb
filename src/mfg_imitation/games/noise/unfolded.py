"""A game with common noise as a game without: whoever is in s after the history h is in the state (h, s).

Histories cannot be left for one another, so the population of a node follows its own recursion, and nobody's best
response reaches over. Flows, values, best responses, gaps, proxies (sums over states are then expectations over
histories), solvers and imitators are those of any game.
"""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.games.game import Game


class TreeStates(Sequence):
    """The names of the pairs (node, s), made when they are asked for."""

    def __init__(self, states: Sequence[str], nodes: int):
        self.states, self.nodes = states, nodes

    def __len__(self) -> int:
        return self.nodes * len(self.states)

    def __getitem__(self, index):
        node, s = divmod(range(len(self))[index], len(self.states))
        return f"{self.states[s]} after history {node}"


class UnfoldedGame(Game):
    """The game on the tree of histories; see `histories` for how nodes are numbered.

    Node w has the noise state w mod K at every step that uses it, and leads to the nodes w K + xi'. At the last step,
    and in nodes that a step does not use, numbers wrap around: no mass is there, and no value comes from there.

    Attributes:
        games: the game in each noise state; equal but for kernel and reward.
        noise_initial, noise_transition: the chain of the noise.
        expert: policy of the known expert by noise state, or None.
        awareness: what policies may know, a word of `names.AWARENESS`; less than all ties nodes, see `Game.alike`.
    """

    games: tuple[Game, ...]
    noise_initial: Float[Array, " K"]
    noise_transition: Float[Array, "K K"]
    expert: Float[Array, "H K S A"] | None
    awareness: str = eqx.field(static=True, default="aware")

    @property
    def nodes(self) -> int:
        """W, the histories at the last step."""
        return len(self.games) ** self.horizon

    @property
    def states(self) -> TreeStates:
        return TreeStates(self.games[0].states, self.nodes)

    actions = property(lambda self: self.games[0].actions)
    horizon = property(lambda self: self.games[0].horizon)

    @property
    def initial(self) -> Float[Array, " X"]:
        first = self.noise_initial[:, None] * self.games[0].initial
        return jnp.zeros(self.nodes * first.shape[1]).at[: first.size].set(first.ravel())

    @property
    def successors(self) -> Int[Array, "X A B"]:
        own, n_noise, n_states = self.games[0].successors, len(self.games), len(self.games[0].states)
        children = (jnp.arange(self.nodes)[:, None] * n_noise + jnp.arange(n_noise)) % self.nodes
        # [node, s, a, xi', k]
        table = children[:, None, None, :, None] * n_states + own[None, :, :, None, :]
        return table.reshape(self.nodes * n_states, own.shape[1], n_noise * own.shape[2])

    @property
    def alike(self) -> Int[Array, " X"] | None:
        if self.awareness == "aware":
            return None
        n_states = len(self.games[0].states)
        kinds = len(self.games) if self.awareness == "noise_aware" else 1
        return jnp.tile(jnp.arange(kinds * n_states), self.nodes // kinds)

    def probabilities(self, n, mu: Float[Array, " X"]) -> Float[Array, "X A B"]:
        own = self._each(lambda game, mu: game.probabilities(n, mu), mu)
        later = self.noise_transition[jnp.arange(self.nodes) % len(self.games)]
        joint = later[:, None, None, :, None] * own[:, :, :, None, :]
        return joint.reshape(-1, own.shape[2], len(self.games) * own.shape[3])

    def reward(self, n, mu: Float[Array, " X"]) -> Float[Array, "X A"]:
        own = self._each(lambda game, mu: game.reward(n, mu), mu)
        return own.reshape(-1, own.shape[-1])

    def pull_back(self, n, mu: Float[Array, " X"], values: Float[Array, " X"]) -> Float[Array, "X A"]:
        n_noise, n_states = len(self.games), len(self.games[0].states)
        # What the children of a node are worth, by their noise; nodes w and w + W / K have the same children.
        children = values.reshape(1, self.nodes // n_noise, n_noise, n_states)
        children = jnp.broadcast_to(children, (n_noise, *children.shape[1:])).reshape(self.nodes, n_noise, n_states)
        children = children.reshape(-1, n_noise, n_noise, n_states)
        ahead = jnp.sum(self.noise_transition[:, :, None] * children, axis=2)  # no product that threads might split
        own = self._each(lambda game, mu, value: game.pull_back(n, mu, value), mu, ahead)
        return own.reshape(-1, own.shape[-1])

    def push_forward(self, n, mu: Float[Array, " X"], joint: Float[Array, "X A"]) -> Float[Array, " X"]:
        n_noise = len(self.games)
        by_node = joint.reshape(self.nodes // n_noise, n_noise, -1, joint.shape[-1])
        own = self._each(lambda game, mu, joint: game.push_forward(n, mu, joint), mu, by_node)
        own = own.reshape(-1, n_noise, own.shape[-1])
        ahead = self.noise_transition[:, :, None] * own[:, :, None, :]
        return ahead.reshape(n_noise, -1).sum(axis=0)

    def known_expert(self) -> Float[Array, "H X A"] | None:
        if self.expert is None:
            return None
        horizon, _, n_states, n_actions = self.expert.shape
        last = self.expert.reshape(horizon, -1, n_actions)
        return jnp.tile(last, (1, self.nodes * n_states // last.shape[1], 1))

    def _each(self, method: Callable, mu: Float[Array, " X"], *by_node: Array) -> Array:
        """What a method of the game in each node's noise state says of the node's population: [W, ...].

        Args:
            by_node: further arguments of the method, [W / K, K, ...].
        """
        n_noise, n_states = len(self.games), len(self.games[0].states)
        mass = mu.reshape(-1, n_noise, n_states)
        total = mass.sum(axis=-1, keepdims=True)
        met = total > 0  # histories that cannot be have the initial population: it is a sound one
        here = jnp.where(met, mass / jnp.where(met, total, 1), self.games[0].initial)
        found = [
            jax.vmap(lambda *node, game=game: method(game, *node))(here[:, k], *(array[:, k] for array in by_node))
            for k, game in enumerate(self.games)
        ]
        stacked = jnp.stack(found, axis=1)
        return stacked.reshape(-1, *stacked.shape[2:])
