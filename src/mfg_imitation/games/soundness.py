"""Whether a game's kernel and reward are sound, looked at in many populations, or along one flow."""

import itertools
import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from mfg_imitation.checks import check_probabilities, tolerance_of
from mfg_imitation.errors import InputError

#: How many populations of two halves, and how many random ones, a new game is looked at in.
MOST_PAIRS, N_DRAWS = 100, 20

#: A kernel is looked at in so many populations at once that they have this many probabilities.
LARGEST_BATCH = 2**24

#: Rewards may sum up, over the horizon and with a sign, to this share of the largest float.
LARGEST_SHARE = 1e-3


def check_game(game: eqx.Module, *others: eqx.Module) -> None:
    """Raise `InputError` unless kernel and reward are sound at every step in the populations of `probe_populations`.

    Sound are probabilities that sum to 1, and rewards that can be summed up over the horizon; both with derivatives
    with respect to the population, by which solvers and imitators go.

    Args:
        game: what is looked at.
        others: the same game with other rewards, which are looked at with it.
    """
    for name, function, shape in (
        ("transition", game.probabilities, jax.eval_shape(lambda: game.successors).shape),
        ("reward", game.reward, game.policy_shape[1:]),
    ):
        found = jax.eval_shape(function, 0, game.initial).shape
        if found != shape:
            raise InputError(f"{name}(0, initial) has shape {list(found)}, expected {list(shape)}")
    places, populations = probe_populations(game)
    sound, smooth = (np.asarray(found) for found in _looked_at((game, *others), populations))
    if others and not (sound.all() and smooth.all()):
        for one in (game, *others):  # the message is about one
            check_game(one)
    for n, i in np.argwhere(~sound)[:1].tolist():
        _fail(game, n, populations[i], f"when mu is {places[i]}")
    for n, i in np.argwhere(~smooth)[:1].tolist():
        _fail_to_derive(game, n, populations[i], f"at n = {n} when mu is {places[i]}")


def check_flow(game: eqx.Module, flow: Float[Array, "H S"]) -> None:
    """Raise `InputError` unless kernel and reward are sound at every step of one flow, which no probe may have met."""
    for n in np.flatnonzero(~np.asarray(_along(game, flow)))[:1].tolist():
        shares = ", ".join(f"{share:.3g}" for share in np.asarray(flow[n])[:8])
        more = ", ..." if flow.shape[1] > 8 else ""
        _fail(game, n, flow[n], f"when mu is [{shares}{more}], which it comes to")


def probe_populations(game: eqx.Module) -> tuple[list[str], Float[Array, "probes S"]]:
    """Populations at which a new game is looked at, named: initial, uniform, corners, halves, random."""
    n_states = len(game.states)
    names = ["the initial one", "uniform", *(f"all in {name}" for name in game.states)]
    populations = [np.asarray(game.initial), np.full(n_states, 1 / n_states), *np.eye(n_states)]
    for i, j in itertools.islice(itertools.combinations(range(n_states), 2), MOST_PAIRS):
        names.append(f"half in {game.states[i]}, half in {game.states[j]}")
        populations.append((np.eye(n_states)[i] + np.eye(n_states)[j]) / 2)
    for draw in np.random.default_rng(0).dirichlet(np.ones(n_states), N_DRAWS):
        names.append(f"[{', '.join(f'{share:.3g}' for share in draw)}]")
        populations.append(draw)
    return names, jax.device_put(np.stack(populations))


def _fail(game, n, mu, place) -> None:
    """What is wrong at this step in this population, in one line."""
    place = f"at n = {n} {place}"
    for (s, a), row in _rows(game.probabilities(n, mu)):
        try:
            check_probabilities(f"transition of {game.actions[a]} in {game.states[s]}", row, row.shape)
        except InputError as error:
            raise InputError(f"{error} ({place}; probabilities are needed at every step and mu)") from None
    for (s, a), reward in _rows(game.reward(n, mu)):
        if not abs(reward) <= _largest_reward(game, reward):
            needed = "a finite number is needed" if not np.isfinite(reward) else "a sum over the horizon is not finite"
            raise InputError(
                f"reward of {game.actions[a]} in {game.states[s]} is {reward:g} {place}: {needed} at every step and mu"
            )


def _fail_to_derive(game, n, mu, place) -> None:
    # Forward derivatives do not carry an infinity into other entries; but only backward ones meet 0 times infinity.
    for derive, name in itertools.product((jax.jacfwd, jax.jacrev), ("transition", "reward")):
        function = game.probabilities if name == "transition" else game.reward
        slopes = np.asarray(derive(lambda mu, function=function: function(n, mu))(mu))
        steep = np.abs(slopes) > _largest_slope(slopes)
        where = np.argwhere(steep if steep.any() else np.isnan(slopes))
        if where.size:
            (s, a), state = where[0][:2], game.states[where[0][-1]]
            raise InputError(
                f"{name} of {game.actions[a]} in {game.states[s]}: its derivative with respect to mu[{state}] is not "
                f"finite {place}; keep roots, logarithms and quotients away from 0, as in sqrt(mu[{state}] + 1.0e-6)"
            )


def _rows(table):
    table = np.asarray(table)
    return (((s, a), table[s, a]) for s, a in np.ndindex(*table.shape[:2]))


def _largest_reward(game, reward):
    return LARGEST_SHARE * float(jnp.finfo(reward.dtype).max) / game.horizon


def _largest_slope(slopes):
    """Below that of the root of 0, see `games.expressions.square_root`."""
    return 1e-3 / float(jnp.finfo(slopes.dtype).tiny) ** 0.5


def _sound_at(games, n, mu) -> Bool[Array, ""]:
    kernel, rewards = _parts(games, n, mu)
    tolerance = tolerance_of(kernel)
    sums = jnp.abs(kernel.sum(axis=-1) - 1) <= tolerance
    sizes = jnp.abs(rewards) <= _largest_reward(games[0], rewards)
    return jnp.all(kernel >= -tolerance) & jnp.all(sums) & jnp.all(sizes)


def _smooth_at(games, n, mu) -> Bool[Array, ""]:
    """Whether derivatives are finite: of one combination of all entries, in which an infinite one shows."""

    def combined(mu):
        return sum(jnp.sum(part * jnp.linspace(1, 2, part.size).reshape(part.shape)) for part in _parts(games, n, mu))

    slopes = jax.grad(combined)(mu)
    return jnp.all(jnp.abs(slopes) <= _largest_slope(slopes))


def _parts(games, n, mu):
    """The kernel that these games share, and their rewards."""
    return games[0].probabilities(n, mu), jnp.stack([game.reward(n, mu) for game in games])


@eqx.filter_jit
def _looked_at(
    games: tuple[eqx.Module, ...], populations: Float[Array, "P S"]
) -> tuple[Bool[Array, "H P"], Bool[Array, "H P"]]:
    batch = max(1, LARGEST_BATCH // math.prod(games[0].successors.shape))

    def at(n):
        def look(mu):
            return _sound_at(games, n, mu), _smooth_at(games, n, mu)

        return jax.lax.map(look, populations, batch_size=min(batch, len(populations)))

    return jax.lax.map(at, jnp.arange(games[0].horizon))


@eqx.filter_jit
def _along(game: eqx.Module, flow: Float[Array, "H S"]) -> Bool[Array, " H"]:
    return jax.lax.map(lambda at: _sound_at((game,), *at), (jnp.arange(game.horizon), flow))
