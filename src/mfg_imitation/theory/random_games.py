"""The theorems and every step of their proofs, held against random games: a violation anywhere is found and named.

Games of equal shape are one batch: they are solved together by a fixed number of steps. Bounds for all games are far
from equality on such games, so that few of their constants are tested: see `theory.biting_games` for those.
"""

import itertools
from collections.abc import Mapping
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.engine.value import reward_range_of
from mfg_imitation.equilibria.mirror_descent import begin_mirror_descent, mirror_descent_chunk
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.games.game import Game
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.examination import Findings, examine, policies_near, tables_of

#: Steps of the solver between two measurements, see `solvers.GROWTH`.
CHUNK = 25

#: What makes a game: the columns that name it.
GAME = ("states", "actions", "branches", "horizon", SWEPT, "reward_lipschitz", "seed")


def random_games(spec: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random Garnets, several policies in each: both sides of every theorem and of every step of its proof.

    Args:
        spec: `sizes` (mappings with states, actions, branches), `horizon`, `transition_lipschitz`, `reward_lipschitz`
            (lists: every combination is drawn), `games` (how often), `solver_iterations`, and `alpha`, distances from
            the expert, see `policies_near`.
        seed: of the games and the policies.

    Returns:
        One row per game: the columns of `GAME`, and the first table of `examination.tables_of`.
        One row per game and inequality: the second.
    """
    rng = np.random.default_rng(seed)
    tables = []
    for size, horizon in itertools.product(spec["sizes"], spec["horizon"]):
        points = [
            {
                **size,
                "horizon": horizon,
                SWEPT: slope,
                "reward_lipschitz": reward_slope,
                "seed": int(rng.integers(2**32)),
            }
            for slope, reward_slope in itertools.product(spec[SWEPT], spec["reward_lipschitz"])
            for _ in range(spec["games"])
        ]
        tables.append(random_batch(points, spec["solver_iterations"], spec["alpha"], rng))
    games, steps = zip(*tables, strict=True)
    return pd.concat(games, ignore_index=True), pd.concat(steps, ignore_index=True)


def random_batch(
    points: list[dict], solver_iterations: int, alpha: list[float], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`random_games` for Garnets of equal shape, each given by its parameters."""
    horizon = points[0]["horizon"]
    games = stack([RandomGarnet(**point) for point in points])
    frame = pd.DataFrame(points)[list(GAME)]
    slope, reward_slope = (frame[name].to_numpy(float) for name in (SWEPT, "reward_lipschitz"))
    random = rng.dirichlet(np.ones(len(games.actions)), (len(points), horizon, len(games.states)))
    found = _examine(
        games,
        jnp.asarray(random),
        jnp.asarray(alpha),
        jnp.asarray(slope),
        jnp.asarray(reward_slope),
        tuple(map(jnp.asarray, amplification(horizon, slope))),
        max(solver_iterations // CHUNK, 1),
    )
    names = [" ".join(["random_garnet", *(f"{name} = {point[name]}" for name in GAME)]) for point in points]
    measured, steps = tables_of(found, names, horizon, slope, reward_slope)
    return frame.assign(**measured), steps


def stack(games: list[Game]) -> Game:
    """Games of equal shape as one, with a leading axis on all its arrays: for `jax.vmap`."""
    return jax.tree.map(lambda *arrays: jnp.asarray(np.stack(arrays)), *games)


@partial(jax.jit, static_argnums=6)
def _examine(games, random, alpha, slope, reward_slope, growth, chunks) -> Findings:
    def one(game, random, slope, reward_slope, growth):
        start = begin_mirror_descent(game, 1 / reward_range_of(game))
        solved = jax.lax.fori_loop(0, chunks, lambda _, state: mirror_descent_chunk(game, state, CHUNK), start)
        expert, exploitability = solved.policy, solved.exploitability
        policies = policies_near(game, expert, random, alpha)
        return examine(game, expert, exploitability, policies, slope, reward_slope, growth)

    return jax.vmap(one)(games, random, slope, reward_slope, growth)
