"""The theorems under common noise, held against random games: all norms are expectations over histories.

Nobody can leave a history for another one. So a deviator's mass after the history h is the probability of h, whatever
it does, and every step of the proofs holds after each history for the distances there; its sum over histories, weighed
by their probabilities, is the step for the expectations d_n = E |mu^pi_h - mu^E_h|, o_n = E |rho^E_h - rho^pi_h| and
e_n = E |rho^{pi',pi}_h - rho^{pi',E}_h|. In particular E e_{n+1} <= E e_n + L_P E d_n, L_P the largest constant of all
noise states. So the bounds of `theory.bounds` hold as they are, for proxies that are the largest over n of expectations
over histories. A constant added to all rewards after one history changes no gap: R is half the span of the rewards
after one history, the largest of all.
"""

from collections.abc import Mapping
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.noise.unfolded import UnfoldedGame
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.random_games import Kind, examined, random_games

#: The noise states of a random game.
NOISE = ("calm", "storm")


def noisy_games(spec: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`random_games` with common noise, and policies that know its history."""
    return random_games(spec, seed, NOISY)


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


#: Random games with common noise, on their trees. A noise state has a seed of its own, above the game's.
NOISY = Kind(
    "random_noisy_game",
    ("states", "actions", "horizon", SWEPT, "reward_lipschitz", "seed"),
    2**31,
    lambda **point: random_noisy_game(**point).unfolded(),
    # No optimisation: a long program that runs once, and on small games.
    jax.jit(
        partial(examined, half_span=largest_half_span),
        static_argnums=6,
        compiler_options={"xla_backend_optimization_level": 0},
    ),
)
