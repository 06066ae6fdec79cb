"""The theorems and every step of their proofs, held against random games: a violation anywhere is found and named.

Games of equal shape are one batch: they are solved together by a fixed number of steps. Bounds for all games are far
from equality on such games, so that few of their constants are tested: see `theory.biting_games` for those.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.engine.value import reward_range_of
from mfg_imitation.equilibria.mirror_descent import begin_mirror_descent, mirror_descent_chunk
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.games.game import Game
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.examination import Findings, examine, policies_near, tables_of

#: Steps of the solver between two measurements, see `solvers.GROWTH`.
CHUNK = 25


class Kind(NamedTuple):
    """What random games are.

    Attributes:
        name: how a game is called where it violates something.
        columns: what makes a game.
        seeds: seeds of games are drawn below this.
        make: from the columns to a game.
        examine: `examined`, compiled.
    """

    name: str
    columns: tuple[str, ...]
    seeds: int
    make: Callable[..., Game]
    examine: Callable[..., Findings]


def random_games(spec: Mapping, seed: int, kind: Kind | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random games, several policies in each: both sides of every theorem and of every step of its proof.

    Args:
        spec: `sizes` (mappings with states, actions, branches), `horizon`, `transition_lipschitz`, `reward_lipschitz`
            (lists: every combination is drawn), `games` (how often), `solver_iterations`, and `alpha`, distances from
            the expert, see `policies_near`.
        seed: of the games and the policies.
        kind: None for Garnets.

    Returns:
        One row per game: the kind's columns, and the first table of `examination.tables_of`.
        One row per game and inequality: the second.
    """
    kind = kind or GARNETS
    rng = np.random.default_rng(seed)
    tables = []
    for size, horizon in itertools.product(spec["sizes"], spec["horizon"]):
        points = [
            {
                **size,
                "horizon": horizon,
                SWEPT: slope,
                "reward_lipschitz": reward_slope,
                "seed": int(rng.integers(kind.seeds)),
            }
            for slope, reward_slope in itertools.product(spec[SWEPT], spec["reward_lipschitz"])
            for _ in range(spec["games"])
        ]
        tables.append(_batch(kind, points, spec["solver_iterations"], spec["alpha"], rng))
    games, steps = zip(*tables, strict=True)
    return pd.concat(games, ignore_index=True), pd.concat(steps, ignore_index=True)


def _batch(kind, points, solver_iterations, alpha, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Games of equal shape, each given by its columns."""
    horizon, made = points[0]["horizon"], [kind.make(**point) for point in points]
    frame = pd.DataFrame(points)[list(kind.columns)]
    slope, reward_slope = (frame[name].to_numpy(float) for name in (SWEPT, "reward_lipschitz"))
    random = rng.dirichlet(np.ones(len(made[0].actions)), (len(points), *made[0].policy_shape[:2]))
    found = kind.examine(
        stack(made),
        jnp.asarray(random),
        jnp.asarray(alpha),
        jnp.asarray(slope),
        jnp.asarray(reward_slope),
        tuple(map(jnp.asarray, amplification(horizon, slope))),
        max(solver_iterations // CHUNK, 1),
    )
    names = [" ".join([kind.name, *(f"{name} = {point[name]}" for name in kind.columns)]) for point in points]
    measured, steps = tables_of(found, names, horizon, slope, reward_slope)
    return frame.assign(**measured), steps


def stack(games: list[Game]) -> Game:
    """Games of equal shape as one, with a leading axis on all its arrays: for `jax.vmap`."""
    return jax.tree.map(lambda *arrays: jnp.asarray(np.stack(arrays)), *games)


def examined(games, random, alpha, slope, reward_slope, growth, chunks, half_span=None) -> Findings:
    """What is found in every game of a batch, with an expert solved for; for traced code.

    Args:
        half_span: from a game and its expert's flow to R; None for `examine`'s own.
    """

    def one(game, random, slope, reward_slope, growth):
        start = begin_mirror_descent(game, 1 / reward_range_of(game))
        solved = jax.lax.fori_loop(0, chunks, lambda _, state: mirror_descent_chunk(game, state, CHUNK), start)
        expert, exploitability = solved.policy, solved.exploitability
        policies = policies_near(game, expert, random, alpha)
        found = examine(game, expert, exploitability, policies, slope, reward_slope, growth)
        return found if half_span is None else found._replace(half_span=half_span(game, flow_of(game, expert)))

    return jax.vmap(one)(games, random, slope, reward_slope, growth)


#: Random Garnets.
GARNETS = Kind(
    "random_garnet",
    ("states", "actions", "branches", "horizon", SWEPT, "reward_lipschitz", "seed"),
    2**32,
    RandomGarnet,
    jax.jit(examined, static_argnums=6),
)
