"""How much experts say of their reward: the rewards for which they are a Nash equilibrium, and their dimension."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.engine.flow import occupancy, population_flow
from mfg_imitation.engine.flow_constraints import flow_constraints
from mfg_imitation.games.game import Game
from mfg_imitation.games.sizes import check_memory
from mfg_imitation.names import ROUNDING
from mfg_imitation.rewards.linear import features_of, reward_class
from mfg_imitation.rewards.program import least

#: A singular value below this share of the largest is 0.
NO_RANK = 1e-10


class ConsistentRewards(NamedTuple):
    """The weights of a class of rewards for which given experts are a Nash equilibrium: a convex cone.

    Attributes:
        weights: D, the dimension of the class.
        dimension: of the cone; D - dimension equations of the weights are all that equalities tell.
        indifferent: dimension of the rewards that say nothing: every policy earns the same under them in the experts'
            population (potential shaping, and constants). They belong to every such cone.
    """

    weights: int
    dimension: int
    indifferent: int


@checked
def consistent_rewards(game: Game, policy: Float[Array, "H S A"], features=None) -> ConsistentRewards:
    """What infinitely many demonstrations leave open of a reward that is linear in weights (ours).

    Weights w are consistent when values V exist with V_n(s) >= w phi_n(s, a) + sum over s' of P_n(s'|s, a) V_{n+1}(s')
    in the experts' population, and equality wherever the experts are and play: the optimality conditions of the linear
    program that their occupancy solves. The cone of (w, V) is projected on w.

    Args:
        policy: the experts'.
        features: what the reward is linear in, see `recover_reward`.

    Raises:
        InputError: a policy or features of a wrong shape, or a game so large that the equations fill the memory.
    """
    policy = check_probabilities("policy", policy, game.policy_shape)
    flow, rewards = population_flow(game, policy), reward_class(features, game)
    pairs = int(np.prod(game.policy_shape))
    check_memory("the equations of consistent rewards", pairs, rewards.size + pairs // len(game.actions))
    phi = np.asarray(features_of(rewards, flow)).reshape(rewards.size, -1).T
    rows = np.hstack([phi, -flow_constraints(game, flow).T.toarray()])  # times (w, V): at most 0
    played = np.asarray(occupancy(game, policy)).ravel() > ROUNDING
    equal = played.copy()
    equal[~played] = ~_can_be_strict(rows[played], rows[~played])
    return ConsistentRewards(rewards.size, _projected(rows[equal], rewards.size), _projected(rows, rewards.size))


def _can_be_strict(equal: Float[np.ndarray, "E X"], unequal: Float[np.ndarray, "U X"]) -> np.ndarray:
    """Which of the inequalities some point of the cone {equal x = 0, unequal x <= 0} does not make equalities.

    Maximises the sum of 0 <= t <= 1 with unequal x + t <= 0: in a cone every t that can be above 0 can be 1.
    """
    n_equal, n_unequal, size = len(equal), len(unequal), equal.shape[1]
    none = scipy.sparse.csr_array((2 * n_equal, n_unequal))
    rows = scipy.sparse.vstack(
        [
            scipy.sparse.hstack([scipy.sparse.csr_array(np.concatenate([equal, -equal])), none]),
            scipy.sparse.hstack([scipy.sparse.csr_array(unequal), scipy.sparse.eye_array(n_unequal)]),
        ]
    )
    cost = np.concatenate([np.zeros(size), np.full(n_unequal, -1.0)])
    low = np.concatenate([np.full(size, -np.inf), np.zeros(n_unequal)])
    high = np.concatenate([np.full(size, np.inf), np.ones(n_unequal)])
    found = least("The consistent rewards", cost, rows, np.zeros(rows.shape[0]), low, high)
    return found.x[size:] > 0.5


def _projected(rows: Float[np.ndarray, "E X"], size: int) -> int:
    """Dimension of {x: rows x = 0}, projected on its first `size` coordinates."""
    kernel = scipy.linalg.null_space(rows, rcond=NO_RANK)
    return int(np.linalg.matrix_rank(kernel[:size], tol=NO_RANK)) if kernel.size else 0
