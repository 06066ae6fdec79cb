"""Other equilibria of a game: where online mirror descent ends that starts elsewhere."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.value import policy_value, reward_range
from mfg_imitation.equilibria.mirror_descent import MirrorDescent
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.games.game import Game

METHOD = "online_mirror_descent"

#: A policy whose exploitability is at most this share of the reward's range times the horizon counts as an
#: equilibrium; or the expert's own share, where that is larger.
TOLERANCE = 1e-4

#: Two populations are the same equilibrium's if their 1-norm distance is nowhere above this.
APART = 0.05

#: Starts from which all play one action are mixed with so much of the uniform policy: mirror descent cannot leave 0.
MIXED = 0.1

#: So many actions have a start of their own, at most.
MOST_ACTIONS = 6


class _Start(NamedTuple):
    name: str
    policy: Float[Array, "H S A"]


def other_equilibria(
    game: Game, expert: Float[Array, "H S A"], *, random_starts: int, iterations: int, seed: int
) -> pd.DataFrame:
    """Where mirror descent ends from several starts: the uniform policy, nearly one action everywhere, random policies.

    Args:
        random_starts: policies drawn from Dirichlet(1, ..., 1) with `seed`.
        iterations: of mirror descent, at most, from each start.

    Returns:
        One row per start: start (in words), iterations, exploitability, relative_exploitability (over the reward's
        range times the horizon), distance (largest 1-norm between its population and the expert's at any step), value
        (what everyone earns), equilibrium: 0 for the expert's, 1, 2, ... for others in the order in which they are
        found, -1 where the search ended at none; tolerance, the relative exploitability up to which it is one.
    """
    unit = float(reward_range(game)) * game.horizon
    method, known = SOLVERS[METHOD], [population_flow(game, expert)]
    tolerance = max(TOLERANCE, float(nash_imitation_gap(game, expert)) / unit if unit > 0 else 0.0)
    rows = []
    for start in _starts(game, random_starts, seed):
        step = jnp.asarray(game.horizon / unit if unit > 0 else 1.0, dtype=float)
        gap = jnp.asarray(nash_imitation_gap(game, start.policy), dtype=float)
        state, done = MirrorDescent(start.policy, gap, step, step), 0
        while done < iterations and float(state.exploitability) > tolerance * unit / 10:
            length = min(method.stretch, iterations - done)
            state, done = method.advance(game, state, length), done + length
        flow = population_flow(game, state.policy)
        apart = [float(jnp.abs(flow - other).sum(axis=-1).max()) for other in known]
        exploitability = float(state.exploitability)
        equilibrium = -1
        if exploitability <= tolerance * unit:
            near = int(np.argmin(apart))
            equilibrium = near if apart[near] <= APART else len(known)
            if equilibrium == len(known):
                known.append(flow)
        measured = {
            "exploitability": exploitability,
            "relative_exploitability": exploitability / unit if unit > 0 else 0.0,
            "distance": apart[0],
            "value": float(policy_value(game, state.policy, flow)),
        }
        end = {"equilibrium": equilibrium, "tolerance": tolerance}
        rows.append({"start": start.name, "iterations": done, **measured, **end})
    return pd.DataFrame(rows)


def _starts(game: Game, random_starts: int, seed: int) -> list[_Start]:
    uniform = game.uniform_policy()
    starts = [_Start("uniform", uniform)]
    for number, action in enumerate(game.actions[:MOST_ACTIONS]):
        pure = jnp.broadcast_to(jnp.eye(len(game.actions))[number], uniform.shape)
        starts.append(_Start(f"nearly all {action}", (1 - MIXED) * pure + MIXED * uniform))
    drawn = np.random.default_rng(seed).dirichlet(np.ones(len(game.actions)), (random_starts, *uniform.shape[:2]))
    return starts + [_Start(f"random {number + 1}", jnp.asarray(one)) for number, one in enumerate(drawn)]
