"""The theorems under common noise, held against random games: all norms are expectations over histories.

Nobody can leave a history for another one. So a deviator's mass after the history h is the probability of h, whatever
it does, and every step of the proofs holds after each history for the distances there; its sum over histories, weighed
by their probabilities, is the step for the expectations d_n = E |mu^pi_h - mu^E_h|, o_n = E |rho^E_h - rho^pi_h| and
e_n = E |rho^{pi',pi}_h - rho^{pi',E}_h|. In particular E e_{n+1} <= E e_n + L_P E d_n, L_P the largest constant of all
noise states. So the bounds of `theory.bounds` hold as they are, for proxies that are the largest over n of expectations
over histories. A constant added to all rewards after one history changes no gap: R is half the span of the rewards
after one history, the largest of all.
"""

import itertools
from collections.abc import Mapping
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.engine.value import reward_range_of
from mfg_imitation.equilibria.mirror_descent import begin_mirror_descent, mirror_descent_chunk
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.noise.unfolded import UnfoldedGame
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.examination import Findings, examine, policies_near, tables_of
from mfg_imitation.theory.random_games import CHUNK, stack

#: The noise states of a random game.
NOISE = ("calm", "storm")

#: What makes a game: the columns that name it.
GAME = ("states", "actions", "horizon", SWEPT, "reward_lipschitz", "seed")


def noisy_games(spec: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random games with common noise, several aware policies in each: both sides of every theorem and every step.

    Args:
        spec: `sizes` (mappings with states and actions), `horizon`, `transition_lipschitz`, `reward_lipschitz` (lists:
            every combination is drawn), `games` (how often), `solver_iterations`, and `alpha`, distances from the
            expert.
        seed: of the games and the policies.

    Returns:
        The two tables of `examination.tables_of`, the first with the columns of `GAME` before.
    """
    rng = np.random.default_rng(seed)
    tables = []
    for size, horizon in itertools.product(spec["sizes"], spec["horizon"]):
        points = [
            {**size, "horizon": horizon, SWEPT: slope, "reward_lipschitz": steep, "seed": int(rng.integers(2**31))}
            for slope, steep in itertools.product(spec[SWEPT], spec["reward_lipschitz"])
            for _ in range(spec["games"])
        ]
        tables.append(_batch(points, spec["solver_iterations"], spec["alpha"], rng))
    games, steps = zip(*tables, strict=True)
    return pd.concat(games, ignore_index=True), pd.concat(steps, ignore_index=True)


def random_noisy_game(seed: int, **point) -> NoisyGame:
    """Two random Garnets with the same successors, and a random chain between them.

    Args:
        point: states, actions, horizon, transition_lipschitz, reward_lipschitz: see `RandomGarnet`.
    """
    branches = {"branches": point["states"]}
    calm, storm = (RandomGarnet(**branches, **point, seed=seed + k) for k in range(len(NOISE)))
    storm = eqx.tree_at(lambda game: game.successors, storm, calm.successors)
    chain = jnp.asarray(np.random.default_rng(seed).dirichlet(np.ones(len(NOISE)), 1 + len(NOISE)))
    return NoisyGame.from_games(dict(zip(NOISE, (calm, storm), strict=True)), chain[0], chain[1:])


def largest_half_span(game: UnfoldedGame, flow: Float[Array, "H X"]) -> Float[Array, ""]:
    """R: half the largest difference between two rewards after one history that can be, in a flow."""

    def at(n, mu):
        reward = game.reward(n, mu).reshape(game.nodes, -1)
        met = mu.reshape(game.nodes, -1).sum(axis=-1) > 0
        return jnp.where(met, reward.max(axis=-1) - reward.min(axis=-1), 0).max() / 2

    return jax.vmap(at)(jnp.arange(game.horizon), flow).max()


def _batch(points, solver_iterations, alpha, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    made = [random_noisy_game(**point) for point in points]
    games = stack([game.unfolded() for game in made])
    horizon, frame = points[0]["horizon"], pd.DataFrame(points)[list(GAME)]
    slope, steep = (frame[name].to_numpy(float) for name in (SWEPT, "reward_lipschitz"))
    random = rng.dirichlet(np.ones(len(games.actions)), (len(points), *made[0].unfolded().policy_shape[:2]))
    found = _examine(
        games,
        jnp.asarray(random),
        jnp.asarray(alpha),
        jnp.asarray(slope),
        jnp.asarray(steep),
        tuple(map(jnp.asarray, amplification(horizon, slope))),
        max(solver_iterations // CHUNK, 1),
    )
    names = [" ".join(["random_noisy_game", *(f"{name} = {point[name]}" for name in GAME)]) for point in points]
    measured, steps = tables_of(found, names, horizon, slope, steep)
    return frame.assign(**measured), steps


# Half the optimisation: a long program that runs once, and on small games.
@partial(jax.jit, static_argnums=6, compiler_options={"xla_backend_optimization_level": 0})
def _examine(games, random, alpha, slope, steep, growth, chunks) -> Findings:
    def one(game, random, slope, steep, growth):
        start = begin_mirror_descent(game, 1 / reward_range_of(game))
        solved = jax.lax.fori_loop(0, chunks, lambda _, state: mirror_descent_chunk(game, state, CHUNK), start)
        expert = solved.policy
        policies = policies_near(game, expert, random, alpha)
        found = examine(game, expert, solved.exploitability, policies, slope, steep, growth)
        return found._replace(half_span=largest_half_span(game, flow_of(game, expert)))

    return jax.vmap(one)(games, random, slope, steep, growth)
