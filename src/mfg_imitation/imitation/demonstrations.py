"""Demonstrations: trajectories of an expert, and what can be counted in them."""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from mfg_imitation.checks import as_float, check_count, check_probabilities, check_probability, check_seed, checked
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.players import Rollouts, compiled_by_draws, simulate
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.along import AlongHistory, draw_history
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.noise.unfolded import UnfoldedGame

#: The noise of a crowd is drawn apart from what its players draw.
NOISE_STREAM = 2**31 - 1


class Demonstrations(NamedTuple):
    """M trajectories, or a batch of samples of M each, and where they come from.

    Attributes:
        states: s_n as indices.
        actions: a_n as indices, as recorded: with label noise, not always what was played.
        seed: what they were drawn with; None for a user's own.
        label_noise: probability with which a recorded action was replaced by a uniform one.
        n_players: size of the simulated populations; None for players in the mean-field flow, and for a user's own.
        noise: in a game with common noise, the index of the noise state that a trajectory was made in, at every step;
            [*batch, H], if all share one history.
        weights: how much every record counts, >= 0; None for 1. A trajectory that ends early is *censored*: it counts 0
            from the step on at which nobody saw it any more, whatever stands there.
    """

    states: Int[Array, "*batch M H"]
    actions: Int[Array, "*batch M H"]
    seed: int | None = None
    label_noise: float = 0.0
    n_players: int | None = None
    weights: Float[Array, "*batch M H"] | None = None
    noise: Int[Array, "*batch M H"] | Int[Array, "*batch H"] | None = None

    def first(self, n: int) -> "Demonstrations":
        """The first n trajectories: what `sample_demonstrations` draws when asked for n.

        Raises:
            InputError: `n` is no whole number from 1 to M.
        """
        check_count("n", n)
        if n > self.states.shape[-2]:
            raise InputError(f"n is {n}: there are {self.states.shape[-2]} trajectories")
        weights = None if self.weights is None else self.weights[..., :n, :]
        cut = {"states": self.states[..., :n, :], "actions": self.actions[..., :n, :], "weights": weights}
        if self.noise is not None and np.ndim(self.noise) == np.ndim(self.states):
            cut["noise"] = self.noise[..., :n, :]
        return self._replace(**cut)

    @property
    def size(self) -> float | Float[np.ndarray, "*batch"]:
        """M, or what the trajectories weigh together where they begin."""
        if self.weights is None:
            return np.shape(self.states)[-2]
        total = np.asarray(self.weights)[..., 0].sum(axis=-1)
        return total if total.ndim else float(total)


@checked(noise="taken")
def sample_demonstrations(
    game: Game,
    policy: Float[Array, "H S A"],
    n_demonstrations: int,
    seed: int,
    label_noise: float = 0.0,
    n_players: int | None = None,
) -> Demonstrations:
    """Draw trajectories of players that all follow `policy`.

    Equal arguments give equal trajectories; a larger sample begins with the smaller one; label noise changes no state,
    and more of it keeps the replacements that less of it made.

    Args:
        n_demonstrations: M.
        seed: 0 or above.
        label_noise: each recorded action is replaced with this probability by one drawn uniformly from all actions
            (the one that was played included); the player moves on by what it played.
        n_players: None draws independent players in the mean-field flow mu^pi. A number N simulates whole populations
            of N players, each driven by its empirical distribution, as many as it takes to have M trajectories; the
            first M are kept, those of one population side by side. With common noise those of one population share one
            history of it, while in the mean field every trajectory has its own.

    Raises:
        InputError: `policy` is no policy of the game, or a number is out of its range.
    """
    policy = check_probabilities("policy", policy, game.policy_shape)
    check_count("n_demonstrations", n_demonstrations)
    check_seed(seed)
    if n_players is not None:
        check_count("n_players", n_players)
    check_probability("label_noise", label_noise)
    states, actions = _sample(
        n_demonstrations * game.horizon,
        game,
        policy,
        jax.random.key(seed),
        jnp.asarray(label_noise, float),
        int(n_demonstrations),
        n_players,
    )
    return Demonstrations(states, actions, int(seed), float(label_noise), n_players)


@checked(noise="taken")
def empirical_occupancy(demonstrations: Demonstrations, game: Game) -> Float[Array, "*batch H S A"]:
    """rho-hat_n(s, a): the share of the trajectories that is in s at step n and has a recorded.

    Of censored trajectories it is the share of those that are still observed at step n. Its sum over a is the estimated
    population flow mu-hat.

    Raises:
        InputError: the demonstrations are not of this game.
    """
    if demonstrations.weights is None:
        return records_per_trajectory(demonstrations, game)
    counts = recorded_counts(demonstrations, game)
    return counts / counts.sum(axis=(-2, -1), keepdims=True)


def records_per_trajectory(demonstrations: Demonstrations, game: Game) -> Float[Array, "*batch H S A"]:
    """N_n(s, a) / M: what the mean over trajectories of a likelihood weighs; rho-hat, if none of them is censored."""
    return recorded_counts(demonstrations, game) / np.expand_dims(demonstrations.size, (-3, -2, -1))


def weighed(demonstrations: Demonstrations) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States, actions and weights, the weights written out."""
    states, actions = (np.asarray(leaf) for leaf in demonstrations[:2])
    weights = np.ones(states.shape) if demonstrations.weights is None else np.asarray(demonstrations.weights, float)
    return states, actions, weights


def recorded_counts(demonstrations: Demonstrations, game: Game) -> Float[Array, "*batch H S A"]:
    """N_n(s, a): how many trajectories are in s at step n and have a recorded, or what they weigh.

    Raises:
        InputError: the demonstrations are not of this game.
    """
    check_demonstrations(demonstrations, game)
    states, actions = (np.asarray(x) for x in demonstrations[:2])
    *batch, _, horizon = states.shape
    samples = np.arange(math.prod(batch)).reshape(*batch, 1, 1)
    _, n_states, n_actions = game.policy_shape
    places = ((samples * horizon + np.arange(horizon)) * n_states + states) * n_actions + actions
    weights = None if demonstrations.weights is None else np.ravel(demonstrations.weights)
    counts = np.bincount(places.ravel(), weights, minlength=samples.size * math.prod(game.policy_shape))
    return jax.device_put(counts.reshape(*batch, *game.policy_shape).astype(float))


def occupancy_to_fit(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"], game: Game
) -> Float[Array, "*batch H S A"]:
    """The joint occupancy that demonstrations show, or the one handed in instead of them, checked.

    Raises:
        InputError: the demonstrations are not of this game; the array is not [..., H, S, A], or not a distribution over
            its last two axes.
    """
    if isinstance(demonstrations, Demonstrations):
        return empirical_occupancy(demonstrations, game)
    return check_occupancy(demonstrations, game.policy_shape)


def check_occupancy(target, shape: tuple[int, int, int]) -> Float[Array, "*batch H S A"]:
    """Return `target` as float64 after checking that it holds a joint distribution of (s, a) at every step.

    Raises:
        InputError: it is not [..., H, S, A], or not a distribution over its last two axes.
    """
    target = as_float("target", target)
    if target.shape[-3:] != shape:
        wanted = ", ".join(map(str, shape))
        raise InputError(f"target has shape {list(target.shape)}, expected [..., {wanted}]")
    flat = target.reshape(*target.shape[:-2], -1)
    check_probabilities("target (flattened over s, a)", flat, (shape[0], shape[1] * shape[2]), batch=True)
    return target


def check_demonstrations(demonstrations: Demonstrations, game: Game | NoisyGame) -> None:
    """Raise `InputError` unless the demonstrations hold trajectories of this game, at least one."""
    shape = np.shape(demonstrations.states)
    if len(shape) < 2 or min(shape) < 1 or shape[-1] != game.horizon:
        raise InputError(f"demonstrations.states has shape {list(shape)}, expected [M, {game.horizon}] with M >= 1")
    for kind, size in (("states", len(game.states)), ("actions", len(game.actions))):
        if np.ma.isMaskedArray(getattr(demonstrations, kind)):
            raise InputError(f"demonstrations.{kind} is masked; leave out the trajectories of what is masked")
        indices = np.asarray(getattr(demonstrations, kind))
        if indices.shape != shape or indices.dtype.kind not in "iu":
            raise InputError(
                f"demonstrations.{kind} holds {indices.dtype} of shape {list(indices.shape)}, "
                f"expected whole numbers of shape {list(shape)}"
            )
        if indices.min() < 0 or indices.max() >= size:
            place = tuple(map(int, np.argwhere((indices < 0) | (indices >= size))[0]))
            raise InputError(f"demonstrations.{kind}{list(place)} is {indices[place]}: the game has {size} {kind}")
    if demonstrations.weights is not None:
        _check_weights(as_float("demonstrations.weights", demonstrations.weights), shape)


def _check_weights(weights, shape) -> None:
    if weights.shape != shape:
        raise InputError(f"demonstrations.weights has shape {list(weights.shape)}, expected {list(shape)}")
    weights = np.asarray(weights)
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise InputError(f"demonstrations.weights{list(place)} is {weights[place]}: a finite number >= 0 is needed")
    if ((weights[..., :-1] == 0) & (weights[..., 1:] > 0)).any():
        raise InputError("demonstrations.weights: a trajectory that is no longer observed may not come back")
    if (empty := weights.sum(axis=-2) == 0).any():
        n = int(np.argwhere(empty)[0][-1])
        raise InputError(f"demonstrations.weights: nobody is observed at step {n}; end the game's horizon there")


def sample_of(
    game: Game,
    policy: Float[Array, "H S A"],
    key: Key[Array, ""],
    label_noise: Float[Array, ""],
    n_demonstrations: int,
    n_players: int | None = None,
) -> tuple[Int[Array, "M H"], Int[Array, "M H"]]:
    """States and actions of `sample_demonstrations`; unchecked, for use inside traced code (a batch of keys: vmap)."""
    key_play, key_noise = jax.random.split(key)
    players = jnp.arange(n_demonstrations)
    if n_players is None:
        rollouts = simulate(game, policy, key_play, players, flow_of(game, policy))
    else:
        crowds = jnp.arange(-(-n_demonstrations // n_players) * n_players).reshape(-1, n_players)
        play = partial(_simulate_together, game) if isinstance(game, UnfoldedGame) else partial(simulate, game)
        rollouts = jax.vmap(lambda crowd: play(policy, key_play, crowd))(crowds)
    states, actions = (x.reshape(-1, game.horizon)[:n_demonstrations] for x in (rollouts.states, rollouts.actions))
    return states, _relabelled(actions, key_noise, label_noise, len(game.actions))


def _simulate_together(game: UnfoldedGame, policy, key, crowd) -> Rollouts:
    """`simulate` of a crowd that shares one history of the noise; its states are those of the tree."""
    key_noise = jax.random.fold_in(jax.random.fold_in(key, NOISE_STREAM), crowd[0])
    history = draw_history(key_noise, game.noise_initial, game.noise_transition, game.horizon)
    n_noise, n_states = len(game.games), len(game.games[0].states)
    nodes = jax.lax.scan(lambda node, noise: (node * n_noise + noise,) * 2, jnp.asarray(0), history)[1]
    rows = nodes[:, None] * n_states + jnp.arange(n_states)
    met = jnp.take_along_axis(policy, rows[..., None], axis=1)
    rollouts = simulate(AlongHistory(game.games, history), met, key, crowd)
    return rollouts._replace(states=nodes * n_states + rollouts.states)


def counts_of(game: Game, states: Int[Array, "M H"], actions: Int[Array, "M H"]) -> Float[Array, "H S A"]:
    """N_n(s, a): how many trajectories are in s at step n and have a recorded; unchecked, for traced code."""
    return jnp.zeros(game.policy_shape).at[jnp.arange(game.horizon), states, actions].add(1)


def _relabelled(actions, key, label_noise, n_actions):
    keys = jax.vmap(lambda i: jax.random.fold_in(key, i))(jnp.arange(len(actions)))
    uniform = jax.vmap(lambda key: jax.random.uniform(key, (actions.shape[1], 2)))(keys)
    other = jnp.floor(uniform[..., 1] * n_actions).astype(actions.dtype)
    return jnp.where(uniform[..., 0] < label_noise, other, actions)


# As fast as at level 3, and compiled sooner.
_sample = compiled_by_draws(sample_of, level=1)
