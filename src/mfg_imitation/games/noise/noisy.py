"""A game with common noise: a finite Markov chain that all see, and a game for each of its states."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_choice, check_probabilities
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.histories import Sizes, arguments_onto_tree, off_tree, spread
from mfg_imitation.games.noise.unfolded import UnfoldedGame
from mfg_imitation.games.sizes import MOST_MEMORY
from mfg_imitation.names import AWARENESS


class NoisyGame(eqx.Module):
    """A mean-field game with common noise: P_n(s'|s,a,mu,xi_n), r_n(s,a,mu,xi_n), xi a Markov chain that all see.

    Flows, values, gaps, proxies, `social_optimum`, `solve_equilibrium`, demonstrations and the basic imitators
    (`behavioral_cloning`, `most_frequent_action`, `trajectory_likelihood`, `vanilla_adv`, `mfc_adv`) take this game as
    they do any other, exactly, on the tree of its histories; what knows nothing of noise refuses it in one line.

    A policy is then a list of H arrays, the n-th of shape [K^(n+1), S, A]: one pi(a|s) for every history
    xi_0 ... xi_n, in lexicographic order; or one array [H, S, A] for all histories alike. Flows and occupancies are
    lists too, [K^(n+1), S] and [K^(n+1), S, A], joint with the history: of every step they sum to 1 over histories,
    states and actions. Imitators take `awareness`, what their policy may know: see `unfolded`.

    Attributes:
        games: the game as it is in each noise state; states, actions, horizon, initial distribution and successors are
            those of the first.
        noise_states: names of the noise states.
        noise_initial: distribution of xi_0.
        noise_transition: probability of xi_{n+1} (last axis) given xi_n.
        expert: a Nash policy that knows the noise of the step only, [H, K, S, A], or None.
    """

    games: tuple[Game, ...]
    noise_states: tuple[str, ...] = eqx.field(static=True)
    noise_initial: Float[Array, " K"]
    noise_transition: Float[Array, "K K"]
    expert: Float[Array, "H K S A"] | None = None

    states = property(lambda self: self.games[0].states)
    actions = property(lambda self: self.games[0].actions)
    horizon = property(lambda self: self.games[0].horizon)
    initial = property(lambda self: self.games[0].initial)
    policy_shape = property(lambda self: self.games[0].policy_shape)

    @staticmethod
    def from_games(
        games: Mapping[str, Game], initial: Float[Array, " K"], transition: Float[Array, "K K"]
    ) -> "NoisyGame":
        """The game that is one of `games`, by the state of the noise.

        Args:
            games: by the name of the noise state, in the order in which histories are numbered.
            initial: distribution of the first noise state.
            transition: probabilities of the next noise state (last axis).

        Raises:
            InputError: games of different sizes, names, successors or initial distributions; what is no probability.
        """
        if not isinstance(games, Mapping) or not games or not all(isinstance(game, Game) for game in games.values()):
            raise InputError(f"games is {shown(games)}: a mapping from names of noise states to games is needed")
        (first_name, first), *others = games.items()
        for name, game in others:
            for part in ("states", "actions", "horizon", "initial", "successors"):
                one, other = getattr(first, part), getattr(game, part)
                if not np.array_equal(np.asarray(one), np.asarray(other)):
                    raise InputError(
                        f"noise: {part} differ between {first_name!r} and {name!r}: the noise may change kernel and "
                        "reward only"
                    )
        n_noise = len(games)
        return NoisyGame(
            tuple(games.values()),
            tuple(games),
            check_probabilities("noise.initial", initial, (n_noise,)),
            check_probabilities("noise.transition", transition, (n_noise, n_noise)),
        )

    @property
    def sizes(self) -> Sizes:
        """K, H, S and A."""
        return Sizes(len(self.games), *self.policy_shape)

    def unfolded(self, awareness: str = "aware") -> Game:
        """The same game without common noise, on the tree of histories; with one noise state, the game itself.

        Args:
            awareness: what policies may know: "aware", the history and so where everyone is; "noise_aware", the noise
                of the step; "unaware", neither.

        Raises:
            InputError: there are too many histories, or an unknown word.
        """
        check_choice("awareness", awareness, AWARENESS)
        if len(self.games) == 1:
            return self.games[0]
        self.check_memory()
        return UnfoldedGame(self.games, self.noise_initial, self.noise_transition, self.expert, awareness)

    def check_memory(self) -> None:
        """Raise `InputError` if a policy on the tree would take more than `MOST_MEMORY` GiB."""
        n_noise, *shape = self.sizes
        memory = 8 * self.sizes.nodes * int(np.prod(shape)) / 2**30
        if memory > MOST_MEMORY:
            raise InputError(
                f"horizon {shape[0]} with {n_noise} noise states has {n_noise}^{shape[0]} = {self.sizes.nodes} "
                f"histories, and a policy on them would take {memory:.3g} GiB: at most {MOST_MEMORY} GiB are allowed; "
                "merged_nash_imitation_gap and sampled_nash_imitation_gap do without the tree"
            )

    def spread(self, policy: Float[Array, "*batch H S A"] | Float[Array, "*batch H K S A"]) -> list[Array]:
        """A policy [H, K, S, A] that knows the noise of the step, or [H, S, A] that does not, for every history.

        Raises:
            InputError: another shape, or what is no policy.
        """
        n_noise, horizon, n_states, n_actions = self.sizes
        array, shape = jnp.asarray(policy, float), (horizon, n_noise, n_states, n_actions)
        if array.shape[-4:] != shape:
            array = check_probabilities("policy", array, self.policy_shape, batch=True)[..., None, :, :]
        return spread(
            check_probabilities("policy", array, (horizon, array.shape[-3], n_states, n_actions), True), self.sizes
        )

    def known_expert(self) -> list[Float[Array, "_ S A"]] | None:
        """A Nash policy known in closed form, for every history, or None."""
        return None if self.expert is None else self.spread(self.expert)

    def declared_lipschitz(self) -> tuple[float | None, float | None]:
        """(L_P, L_r), the larger ones of all noise states; None if unknown in one."""
        pairs = zip(*(game.declared_lipschitz() for game in self.games), strict=True)
        return tuple(None if None in constants else max(constants) for constants in pairs)

    def on_tree(self, function: Callable, arguments: Mapping[str, Any], awareness: str = "aware") -> Any:
        """What a function says of this game, that is written for games without common noise.

        Args:
            arguments: by name, as users have them, the game left out.
        """
        game = self.unfolded(awareness)
        if arguments.get("stationary") and awareness == "aware":
            raise InputError("stationary is True: no history comes twice; say awareness 'noise_aware' or 'unaware'")
        return off_tree(function(game=game, **arguments_onto_tree(arguments, self.sizes)), self.sizes)
