"""The finite mean-field game: who moves where, and what it earns, in a population mu.

Index order everywhere: step n, state s, action a, successor k. Kernels are in *successor form*: the states that can
follow (s, a) are a fixed integer table `successors[s, a, k]`, their probabilities depend on the population. A grid has
K = 5, a dense game K = S, so memory stays proportional to S * A * K and no kernel is stored for all steps.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import as_distributions, as_float, check_probabilities
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.sizes import check_horizon, check_sizes
from mfg_imitation.games.soundness import check_game
from mfg_imitation.games.user_code import blamed


class Game(eqx.Module):
    """A finite mean-field game with horizon H, S states and A actions (paper, Section 2.1).

    Rewards are collected at every step n = 0 ... H - 1. Subclass it for games with structure: give the five
    attributes below (as fields or properties) and the methods `probabilities` and `reward`, both traceable by JAX.
    A subclass may override `pull_back` and `push_forward` when it knows a faster way than its successor table, and
    `next_population` and `earlier_values`, which all gaps are made of, when it can do without arrays of [S, A].

    Attributes:
        states: names of the states, in index order.
        actions: names of the actions, in index order.
        horizon: number of steps H >= 1.
        initial: mu_0, the distribution of states at n = 0.
        successors: state index that follows (s, a) in branch k; the same for every step and population.
    """

    states: eqx.AbstractVar[Sequence[str]]
    actions: eqx.AbstractVar[Sequence[str]]
    horizon: eqx.AbstractVar[int]
    initial: eqx.AbstractVar[Float[Array, " S"]]
    successors: eqx.AbstractVar[Int[Array, "S A K"]]

    @abstractmethod
    def probabilities(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        """P_n(successors[s, a, k] | s, a, mu): non-negative, summing to 1 over k."""

    @abstractmethod
    def reward(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        """r_n(s, a, mu), in the game's own unit of reward."""

    def transition(self, n: Int[Array, ""] | int, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        """The dense kernel P_n(s' | s, a, mu), for inspection of small games."""
        s, a, _ = np.indices(self.successors.shape)
        dense = jnp.zeros((*self.successors.shape[:2], len(self.states)))
        return dense.at[s, a, self.successors].add(self.probabilities(n, mu))

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        """Expected value of the next state: sum over s' of P_n(s' | s, a, mu) values(s')."""
        return jnp.sum(self.probabilities(n, mu) * values[self.successors], axis=-1)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        """Distribution of the next state when (s, a) is distributed as `joint`: the adjoint of `pull_back`."""
        return jnp.zeros_like(mu).at[self.successors].add(joint[..., None] * self.probabilities(n, mu))

    def next_population(self, n, mu: Float[Array, " S"], pi: Float[Array, "S A"]) -> Float[Array, " S"]:
        """One step of the flow: mu_{n+1} when everyone in mu plays `pi`.

        A game may take for granted that `pi` sums to one, so that derivatives mean something along the simplex only.
        """
        return self.push_forward(n, mu, mu[:, None] * pi)

    def earlier_values(
        self, n, mu: Float[Array, " S"], pi: Float[Array, "S A"], values: Float[Array, " S"]
    ) -> tuple[Float[Array, " S"], Float[Array, " S"]]:
        """One step of backward induction: what a best response earns from step n on, and the regret of `pi`.

        The regret is what an agent loses that plays `pi` at this step and a best response ever after.

        Args:
            values: what a best response earns from each state on, from step n + 1.
        """
        q = self.reward(n, mu) + self.pull_back(n, mu, values)
        best = q.max(axis=-1)
        return best, jnp.sum(pi * (best[:, None] - q), axis=-1)

    @property
    def alike(self) -> Int[Array, " S"] | None:
        """Of every state, the first of those in which a fitted policy has to do the same; None: policies are free."""
        return None

    @property
    def policy_shape(self) -> tuple[int, int, int]:
        """(H, S, A), the shape of a policy pi_n(a | s)."""
        return self.horizon, len(self.states), len(self.actions)

    def uniform_policy(self) -> Float[Array, "H S A"]:
        """The policy that draws every action with equal probability."""
        return jnp.full(self.policy_shape, 1 / len(self.actions), float)

    def known_expert(self) -> Float[Array, "H S A"] | None:
        """A Nash policy known in closed form, or None."""
        return None

    def declared_lipschitz(self) -> tuple[float | None, float | None]:
        """(L_P, L_r) as the game knows them, upper bounds in the 1-norm (paper, Assumption 1); None if unknown."""
        return None, None

    def coordinates(self) -> Int[np.ndarray, "S axes"] | None:
        """Where states lie, for drawing: (row, column) or (floor, row, column); None for a game without geometry."""
        return None

    def __check_init__(self):
        check_horizon("horizon", self.horizon)
        for kind, names in (("states", self.states), ("actions", self.actions)):
            seen = set()
            for i, name in enumerate(names):
                if not isinstance(name, str):
                    raise InputError(f"{kind}[{i}] is {shown(name)}: a name is text")
                if name in seen:
                    raise InputError(f"{kind}[{i}] is {name!r}, as is another before it: names must differ")
                seen.add(name)
        n_states, n_actions = len(self.states), len(self.actions)
        check_probabilities("initial", self.initial, (n_states,))
        shape = jax.eval_shape(lambda: self.successors).shape  # a table of 10^6 states is not made for this
        if len(shape) != 3 or shape[:2] != (n_states, n_actions):
            raise InputError(f"successors has shape {list(shape)}, expected [{n_states}, {n_actions}, K]")
        check_sizes(self.horizon, *shape)

    @staticmethod
    def from_functions(
        transition: Callable[[Int[Array, ""], Float[Array, " S"]], Float[Array, "S A S"]],
        reward: Callable[[Int[Array, ""], Float[Array, " S"]], Float[Array, "S A"]],
        initial: Float[Array, " S"],
        horizon: int,
        states: Sequence[str] | None = None,
        actions: Sequence[str] | None = None,
    ) -> "Game":
        """A game from two JAX-traceable functions of the step n and the population mu.

        Args:
            transition: (n, mu) -> P_n(s' | s, a, mu), shape [S, A, S]. In 32 bits or fewer it sums to 1 as well as they
                can, and is then divided by its sum.
            reward: (n, mu) -> r_n(s, a, mu), shape [S, A].
            initial: mu_0.
            horizon: H.
            states, actions: names; by default s0, s1, ... and a0, a1, ...

        Raises:
            InputError: shapes that do not fit, kernels that are not probabilities, rewards that are not finite
                (looked at in the populations of `probe_populations`, at every step).
        """
        given, initial = initial, as_float("initial", initial)
        check_horizon("horizon", horizon)
        for name, function in (("transition", transition), ("reward", reward)):
            if not callable(function):
                raise InputError(f"{name} is {shown(function)}: a function of the step and the population is needed")
        shape = jax.eval_shape(
            lambda n, mu: as_float("reward(0, initial)", _result("reward", reward, n, mu)), 0, initial
        ).shape
        if len(shape) != 2 or initial.shape != shape[:1]:
            raise InputError(
                f"initial has shape {list(initial.shape)}, expected [S], "
                f"and reward(0, initial) {list(shape)}, expected [S, A]"
            )
        for kind, names, size in (("states", states, shape[0]), ("actions", actions, shape[1])):
            if names is not None and (not isinstance(names, Sequence) or isinstance(names, str)):
                raise InputError(f"{kind} is {shown(names)}: a list of names is needed")
            if names is not None and len(names) != size:
                raise InputError(f"{kind} has {len(names)} names, but reward(0, initial) has shape {list(shape)}")
        game = FunctionGame(
            states=tuple(states) if states is not None else tuple(f"s{i}" for i in range(shape[0])),
            actions=tuple(actions) if actions is not None else tuple(f"a{i}" for i in range(shape[1])),
            horizon=int(horizon),
            initial=check_probabilities("initial", given, shape[:1]),
            transition_function=transition,
            reward_function=reward,
        )
        check_game(game)
        return game


class DenseGame(Game):
    """A game whose every state can follow every pair (K = S): kernels are dense [S, A, S] arrays."""

    @property
    def successors(self) -> Int[Array, "S A S"]:
        n_states, n_actions = len(self.states), len(self.actions)
        return jnp.broadcast_to(jnp.arange(n_states), (n_states, n_actions, n_states))

    def transition(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        return self.probabilities(n, mu)

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        return jnp.sum(self.probabilities(n, mu) * values, axis=-1)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        return jnp.sum(joint[..., None] * self.probabilities(n, mu), axis=(0, 1))


class FunctionGame(DenseGame):
    """What `Game.from_functions` returns."""

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    transition_function: Callable = eqx.field(static=True)
    reward_function: Callable = eqx.field(static=True)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        return as_distributions("transition", _result("transition", self.transition_function, n, mu))

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return as_float("reward", _result("reward", self.reward_function, n, mu))


def _result(name, function, n, mu):
    """What a user's function returns; what it stumbles over is one line."""
    try:
        return function(n, mu)
    except InputError:
        raise
    except Exception as error:
        raise blamed(name, error) from None
