"""The reduction of Yang et al. (2017): a reward for which the experts' population, as one, could do no better."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.engine.control import social_optimum, through_population
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.games.game import Game
from mfg_imitation.rewards.linear import LinearRewardGame
from mfg_imitation.rewards.method import Recovered, reward_method
from mfg_imitation.rewards.program import least
from mfg_imitation.rewards.reward_class import RewardClass

#: Gradient steps towards the social optimum of the recovered reward, from the cloned policy and the uniform one.
ASCENT_STEPS = 1000


@reward_method("control", summary="stationarity under mean-field control (Yang et al.)")
def stationary_under_control(
    game: Game,
    target: Float[Array, "H S A"],
    population: Float[Array, "H S"],
    rewards: RewardClass,
    regularisation: float,
    tolerance: float,
) -> Recovered:
    """A linear program in the weights: the cloned policy is to be stationary for the whole population (re-derived).

    Q_n^w(s, a) is what a unit of mass adds to the value of all, its push on everyone included (`ControlGradient.q`): it
    is linear in w. Minimise sum over n, s of mu_n(s) xi_n(s) + regularisation |w|_1 with -1 <= w <= 1 such that
    xi_n(s) >= Q_n^w(s, a) - sum over b of pi-hat_n(b|s) Q_n^w(s, b) + 1 - pi-hat_n(a|s): the margin of MFIRL, without
    which w = 0 would do. mu is the cloned policy's own population: the `population` of the experts is not asked for.
    The policy is the social optimum found for the reward. The certificate is how far the measured loss lies above the
    program's dual.
    """
    cloned = policy_of_occupancy(target)
    flow, advantage = _advantages(game, cloned, rewards)
    mass = np.asarray(flow).ravel()
    visited = np.flatnonzero(mass > 0)
    n_visited, n_actions = len(visited), len(game.actions)
    linear = np.asarray(advantage).reshape(rewards.size, -1, n_actions)[:, visited].reshape(rewards.size, -1).T
    margin = (1 - np.asarray(cloned)).reshape(-1, n_actions)[visited].ravel()
    # Variables: w+, w-, xi of the states that somebody visits. xi >= 0 follows: a policy has advantage 0 on itself.
    pair = np.arange(n_visited * n_actions)
    slack = scipy.sparse.coo_array((np.full(pair.size, -1.0), (pair, pair // n_actions)))
    rows = scipy.sparse.hstack([linear, -linear, slack])
    cost = np.concatenate([np.full(2 * rewards.size, regularisation), mass[visited]])
    high = np.concatenate([np.ones(2 * rewards.size), np.full(n_visited, np.inf)])
    found = least("Yang et al.'s", cost, rows, -margin, np.zeros_like(cost), high)
    positive, negative = found.x[: 2 * rewards.size].reshape(2, -1)
    weights = positive - negative
    needed = (linear @ weights + margin).reshape(n_visited, n_actions).max(axis=-1)
    loss = mass[visited] @ np.maximum(needed, 0) + regularisation * np.abs(weights).sum()
    best = social_optimum(
        LinearRewardGame(game, rewards, jnp.asarray(weights)), cloned[None], n_random_starts=0, iterations=ASCENT_STEPS
    )
    certificate = max(float(loss) - found.fun, 0.0)
    return Recovered(jnp.asarray(weights), best.policy, float(loss), certificate, int(found.nit), "optimal")


@eqx.filter_jit
def _advantages(game, policy, rewards):
    """The flow of a policy, and the advantages of all actions for every weight alone, [D, H, S, A]."""
    flow = flow_of(game, policy)

    def one(weights):
        _, q = through_population(game, policy, flow, lambda n, mu: rewards.reward(weights, n, mu))
        return q - jnp.sum(policy * q, axis=-1, keepdims=True)

    return flow, jax.lax.map(one, jnp.eye(rewards.size))
