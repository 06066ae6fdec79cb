"""OpenSpiel's mean-field games as games (`open_spiel: <short name>`)."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.errors import InputError, did_you_mean, shown
from mfg_imitation.games.game import Game
from mfg_imitation.games.open_spiel_tree import Tree, walk
from mfg_imitation.games.own_share import SHARES, fit_own_share
from mfg_imitation.games.soundness import check_game
from mfg_imitation.games.user_code import blamed


def open_spiel_game(name: str, values: Mapping[str, Any], horizon: int, file: str) -> Game:
    """A mean-field game of OpenSpiel with one population, in tables: its values are those of OpenSpiel's `PolicyValue`.

    OpenSpiel's games are no code that JAX could trace. Their tree is walked once, and their rewards are asked for in a
    few populations, from which a formula is found: affine in the share at one's own place, with a logarithm.
    Transitions may not depend on the population.

    Args:
        name: the short name that OpenSpiel registers the game by, such as mfg_crowd_modelling_2d.
        values: its parameters, but `horizon`.
        horizon: H, the number of decisions.
        file: the game's file, for messages.

    Raises:
        InputError: OpenSpiel is missing, no such game, parameters that it rejects, a game of another kind.
    """
    try:
        import pyspiel
        from open_spiel.python.mfg import games  # noqa: F401 (registers those that are written in Python)
    except ImportError as error:
        missing = (error.name or "pyspiel").split(".")[0].replace("pyspiel", "open_spiel")
        remedy = "install it: pip install open_spiel"
        raise InputError(f"{file}: open_spiel: {missing} is not installed; {remedy}") from None
    mean_field = pyspiel.GameType.Dynamics.MEAN_FIELD
    known = {t.short_name: t.parameter_specification for t in pyspiel.registered_games() if t.dynamics == mean_field}
    if name not in known:
        allowed = ", ".join(sorted(known))
        raise InputError(f"{file}: open_spiel: unknown mean-field game {name!r}; allowed are {allowed}")
    parameters = _checked(known[name], values, horizon, file)
    try:
        game = _in_tables(pyspiel.load_game(name, parameters), horizon)
        check_game(game)
    except InputError as error:
        raise InputError(f"{file}: open_spiel: {name}: {error}") from None
    except Exception as error:
        raise blamed(f"{file}: open_spiel: {name}", error) from None
    return game


class OpenSpielGame(Game):
    """A mean-field game of OpenSpiel, in tables.

    The reward at step n in state s with share x is `constant + slope x + weight log(x + smallest)`.
    """

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    kernel: Float[Array, "H S A K"]
    constant: Float[Array, "H S A"]
    slope: Float[Array, "H S"]
    weight: Float[Array, "H S"]
    smallest: Float[Array, "H S"]

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return self.kernel[n]

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        of_share = self.slope[n] * mu + self.weight[n] * jnp.log(mu + self.smallest[n])
        return self.constant[n] + of_share[:, None]


def _checked(specification: Mapping[str, Any], values: Mapping[str, Any], horizon: int, file: str) -> dict[str, Any]:
    """The parameters in the types that OpenSpiel asks for."""
    if "horizon" in specification:
        values = {**values, "horizon": horizon}
    checked = {}
    for key, value in values.items():
        place = f"{file}: parameters.{key}"
        if key not in specification:
            hint = did_you_mean(key, specification)
            allowed = ", ".join(name for name in specification if name != "horizon") or "none"
            raise InputError(f"{place}: unknown parameter{hint}; allowed are {allowed}")
        kind = type(specification[key])
        number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and np.isfinite(value)
        if not (number and value == kind(value) if kind in (int, float) else isinstance(value, kind)):
            wanted = {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
            raise InputError(f"{place}: {shown(value)} is not {wanted}")
        checked[key] = kind(value)
    return checked


def _in_tables(game, horizon: int) -> OpenSpielGame:
    if game.num_players() != 1:
        raise InputError(f"it has {game.num_players()} populations, and only games of one can be imported")
    (root,) = game.new_initial_states()
    n_actions = game.num_distinct_actions()
    tree, other = (walk(root, n_actions, _drawn(seed)) for seed in range(2))
    if not tree.same_moves(other):
        raise InputError("its transitions depend on the population: only its rewards may")
    n_steps, n_states, _, _ = tree.kernel.shape
    if n_steps != horizon:
        raise InputError(f"horizon: {horizon} is not {n_steps}, the number of decisions that these parameters give")
    own = np.zeros((3, n_steps, n_states))
    own[2] = 1.0
    constant = tree.on_the_way.copy()
    for s, state in tree.first.items():
        constant[0, s] += float(state.rewards()[0])
    where = tuple(np.array(sorted(tree.asked), int).reshape(-1, 2).T)
    found, missed = fit_own_share(_asked_rewards(tree))
    if missed.any():
        raise InputError(
            "its reward is not affine or logarithmic in the share of the population at one's own place, "
            f"as it is asked for at step {where[0][missed][0]}"
        )
    constant[where] += found.constant[:, None]
    own[:, where[0], where[1]] = found.slope, found.weight, found.smallest
    return OpenSpielGame(
        states=tuple(f"s{s}" for s in range(n_states)),
        actions=tuple(f"a{a}" for a in range(n_actions)),
        horizon=n_steps,
        initial=jnp.asarray(tree.initial),
        successors=jnp.asarray(tree.successors),
        kernel=jnp.asarray(tree.kernel),
        constant=jnp.asarray(constant),
        slope=jnp.asarray(own[0]),
        weight=jnp.asarray(own[1]),
        smallest=jnp.asarray(own[2]),
    )


def _drawn(seed: int):
    """(step, length) -> a random distribution, the same whenever it is asked for."""
    return lambda step, length: np.random.default_rng((seed, step)).dirichlet(np.ones(length)).tolist()


def _asked_rewards(tree: Tree) -> Float[np.ndarray, "N K"]:
    """Rewards at `SHARES` of each place that is told the population, by step and index.

    The others are elsewhere in another way at every share, so that a reward that looks at them fits no formula.
    """
    rng, rewards = np.random.default_rng(2), np.zeros((len(tree.asked), len(SHARES)))
    for row, (step, index) in zip(rewards, sorted(tree.asked), strict=True):
        state = tree.asked[step, index]
        length = len(state.distribution_support())
        for k, share in enumerate(SHARES):
            others = rng.dirichlet(np.ones(length))
            others[index] = 0.0
            population = (1 - share) * others / max(others.sum(), np.finfo(float).tiny)
            population[index] = share
            told = state.clone()
            told.update_distribution(population.tolist())
            row[k] = told.rewards()[0]
    return rewards
