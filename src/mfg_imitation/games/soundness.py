"""Whether a new game's kernel and reward are sound, looked at in many populations."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from mfg_imitation.checks import check_probabilities, tolerance_of
from mfg_imitation.errors import InputError

#: How many populations of two halves, and how many random ones, a new game is looked at in.
MOST_PAIRS, N_DRAWS = 100, 20


def check_game(game: eqx.Module) -> None:
    """Raise `InputError` unless kernel and reward are sound at every step in the populations of `probe_populations`."""
    for name, function, shape in (
        ("transition", game.probabilities, game.successors.shape),
        ("reward", game.reward, game.policy_shape[1:]),
    ):
        found = jax.eval_shape(function, 0, game.initial).shape
        if found != shape:
            raise InputError(f"{name}(0, initial) has shape {list(found)}, expected {list(shape)}")
    places, populations = probe_populations(game)
    unsound = np.argwhere(~np.asarray(_sound(game, populations)))
    if unsound.size:
        n, i = map(int, unsound[0])
        place = f"at n = {n} when mu is {places[i]}"
        for (s, a), row in _rows(game.probabilities(n, populations[i])):
            what = f"transition of {game.actions[a]} in {game.states[s]}"
            try:
                check_probabilities(what, row, row.shape)
            except InputError as error:
                raise InputError(f"{error} ({place}; probabilities are needed at every step and mu)") from None
        for (s, a), reward in _rows(game.reward(n, populations[i])):
            if not np.isfinite(reward):
                raise InputError(
                    f"reward of {game.actions[a]} in {game.states[s]} is {reward} {place}: "
                    "a finite number is needed at every step and mu"
                )


def _rows(table):
    table = np.asarray(table)
    return (((s, a), table[s, a]) for s, a in np.ndindex(*table.shape[:2]))


@eqx.filter_jit
def _sound(game: eqx.Module, populations: Float[Array, "P S"]) -> Bool[Array, "H P"]:
    tolerance = tolerance_of(populations)

    def at(n, mu):
        kernel = game.probabilities(n, mu)
        sums = jnp.abs(kernel.sum(axis=-1) - 1) <= tolerance
        return jnp.all(kernel >= -tolerance) & jnp.all(sums) & jnp.all(jnp.isfinite(game.reward(n, mu)))

    return jax.lax.map(lambda n: jax.vmap(lambda mu: at(n, mu))(populations), jnp.arange(game.horizon))


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
    return names, jnp.asarray(np.stack(populations))
