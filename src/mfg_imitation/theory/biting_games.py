"""The theorems and every step of their proofs, held against games that use them up, where a wrong constant is refuted.

The games are those of files, over a grid of their parameters: the bridge, the sheltered attractor and the decoy, with
kernels as steep as one likes (clipped at 1), variants of them at random, and games with mixed experts, which are known
or solved for to a small exploitability.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.solve import solve_equilibrium
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.wrapped import WrappedGame
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.examination import examine, policies_near, tables_of
from mfg_imitation.theory.lower_bound import slipping

#: The largest random tax on an action, in units of reward: rewards of the bridge and the decoy span 1.
HIGHEST_TAX = 0.5


class TaxedGame(WrappedGame):
    """A game in which actions cost something more than before.

    An expert that plays only what is free of it stays Nash, and the Lipschitz constants stay what they are, while what
    deviators and imitators earn changes.
    """

    tax: Float[Array, "S A"]

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.game.reward(n, mu) - self.tax


def biting_games(files: Iterable[GameFile], spec: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Games of files over grids, policies close to the expert and far from it: both sides of every inequality.

    Args:
        files: of the games, each with declared Lipschitz constants.
        spec: `games` (for each file's name, lists of values for parameters and horizon: every combination),
            `amplified_error` (of slips towards the file's target, see `theory.lower_bound`), `alpha` (distances of
            other policies, see `examination.policies_near`), `taxed` (how many variants with random taxes stand beside
            each game) and `tolerance` (exploitability of a solved expert, units of reward).
        seed: of the policies and the taxes.

    Returns:
        One row per game: game (its name and parameters), horizon, transition_lipschitz, reward_lipschitz, and the first
        table of `examination.tables_of`.
        One row per game and inequality: the second.

    Raises:
        InputError: a game without Lipschitz constants, or a parameter that it does not have.
    """
    rng = np.random.default_rng(seed)
    tables = [
        _examined(file, point, *variant, spec, rng)
        for file in files
        for point in _points(spec["games"][file.name])
        for variant in _variants(file, point, spec, rng)
    ]
    games, steps = zip(*tables, strict=True)
    return pd.concat(games, ignore_index=True), pd.concat(steps, ignore_index=True)


def _points(grid: Mapping) -> Iterator[dict]:
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def _variants(file, point, spec, rng) -> Iterator[tuple[str, Game, Float[Array, "H S A"]]]:
    """The game as it is, and taxed; each with its name and the expert of both."""
    game = file.load(**point)
    known = game.known_expert() is not None
    expert = known_expert(game) if known else solve_equilibrium(game, tolerance=spec["tolerance"], progress=False)
    name = " ".join([file.name, *(f"{key} = {value:g}" for key, value in point.items())])
    yield name, game, expert.policy
    played = np.asarray(expert.policy).max(axis=0) > 0
    for number in range(spec["taxed"]):
        tax = np.where(played, 0, HIGHEST_TAX * rng.uniform(size=played.shape))
        yield f"{name}, taxed {number + 1}", TaxedGame(game, jnp.asarray(tax)), expert.policy


def _examined(file, point, name, game, expert, spec, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    slope, reward_slope = file.lipschitz(**point)
    if slope is None or reward_slope is None:
        raise InputError(f"{file.path}: declares no lipschitz constants, which the theorems speak of")
    growth = amplification(game.horizon, slope)
    random = rng.dirichlet(np.ones(len(game.actions)), game.policy_shape[:2])
    policies = [policies_near(game, expert, jnp.asarray(random), jnp.asarray(spec["alpha"]))]
    target = file.slip(game)
    if target is not None:
        for slip, factors in zip(("steady", "single"), growth, strict=True):
            alpha = np.minimum(np.asarray(spec["amplified_error"]) / factors[-1], 1)
            policies.append(slipping(slip, expert, target, alpha))
    exploitability = nash_imitation_gap(game, expert)
    constants = jnp.asarray(slope, float), jnp.asarray(reward_slope, float), tuple(map(jnp.asarray, growth))
    found = _examine(game, expert, exploitability, jnp.concatenate(policies), *constants)
    batch = jax.tree.map(lambda array: array[None], found)
    here = {"horizon": game.horizon, SWEPT: slope, "reward_lipschitz": reward_slope}
    measured, steps = tables_of(batch, [name], game.horizon, np.array([slope]), np.array([reward_slope]))
    return pd.DataFrame({"game": [name], **here}).join(measured), steps


_examine = eqx.filter_jit(examine)
