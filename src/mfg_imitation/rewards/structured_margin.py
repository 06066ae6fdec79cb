"""The structured margin of MFIRL (Chen et al. 2022): experts better than others, by more where others do otherwise."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.engine.flow_constraints import flow_constraints
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.engine.recursion import backward
from mfg_imitation.games.game import Game
from mfg_imitation.rewards.linear import features_of
from mfg_imitation.rewards.method import Recovered, reward_method
from mfg_imitation.rewards.program import least
from mfg_imitation.rewards.reward_class import RewardClass


@reward_method("margin", summary="the largest structured margin in the experts' population (MFIRL)")
def structured_margin(
    game: Game,
    target: Float[Array, "H S A"],
    population: Float[Array, "H S"],
    rewards: RewardClass,
    regularisation: float,
    tolerance: float,
) -> Recovered:
    """The linear program of MFIRL in the weights, the values V and the slack xi (re-derived for a finite horizon).

    Minimise xi + regularisation |w|_1 with -1 <= w <= 1 such that xi >= mu_0 V_0 - w phi-hat and, for every step, state
    and action, V_n(s) >= w phi_n(s, a) + 1 - pi-hat_n(a|s) + sum over s' of P_n(s'|s, a, mu_n) V_{n+1}(s'). The policy
    is a best response to the reward in the experts' population; ties go to the action that is nearer to the experts.
    The certificate is how far the loss, measured by backward induction, lies above the program's dual.
    """
    horizon, n_states, _ = game.policy_shape
    cloned = policy_of_occupancy(target)
    phi = np.asarray(features_of(rewards, population)).reshape(rewards.size, -1)
    values = horizon * n_states
    # Variables: V, w+, w-, xi. Rows: every (n, s, a), then the slack's.
    pairs = scipy.sparse.hstack([-flow_constraints(game, population).T, phi.T, -phi.T])
    first = np.zeros(values)
    first[:n_states] = game.initial
    shown = phi @ np.asarray(target).ravel()
    slack = np.concatenate([first, -shown, shown, [-1.0]])[None]
    rows = scipy.sparse.vstack([scipy.sparse.hstack([pairs, scipy.sparse.coo_array((pairs.shape[0], 1))]), slack])
    right = np.append(np.asarray(cloned).ravel() - 1, 0.0)
    cost = np.concatenate([np.zeros(values), np.full(2 * rewards.size, regularisation), [1.0]])
    low = np.concatenate([np.full(values, -np.inf), np.zeros(2 * rewards.size + 1)])
    high = np.concatenate([np.full(values, np.inf), np.ones(2 * rewards.size), [np.inf]])
    found = least("MFIRL", cost, rows, right, low, high)
    positive, negative = found.x[values:-1].reshape(2, -1)
    weights = jnp.asarray(positive - negative)
    policy, margin = _answer(game, population, rewards, weights, cloned)
    loss = max(float(margin) - float(weights @ shown), 0.0) + regularisation * float(jnp.abs(weights).sum())
    certificate = max(loss - found.fun, 0.0)
    return Recovered(weights, policy, loss, certificate, int(found.nit), "optimal")


@eqx.filter_jit
def _answer(game, population, rewards, weights, cloned):
    """The best response, and the value of the best response to the reward with the margin."""

    def step(values, inputs):
        n, mu, pi = inputs
        value, value_with_margin = values
        reward = rewards.reward(weights, n, mu)
        q = reward + game.pull_back(n, mu, value)
        equal = q >= q.max(axis=-1, keepdims=True) - 1e-9 * (1 + jnp.abs(q).max())
        greedy = jax.nn.one_hot(jnp.argmax(jnp.where(equal, pi, -1), axis=-1), q.shape[-1])
        with_margin = reward + 1 - pi + game.pull_back(n, mu, value_with_margin)
        return (q.max(axis=-1), with_margin.max(axis=-1)), greedy

    zero = jnp.zeros_like(game.initial)
    (_, margin), policy = backward(game, step, population, cloned, start=(zero, zero))
    return policy, game.initial @ margin
