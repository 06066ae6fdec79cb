"""How strongly kernel and reward react to the population: Lipschitz constants in the 1-norm (paper, Assumption 1)."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities
from mfg_imitation.game import Game


class LipschitzEstimate(NamedTuple):
    """Lower estimates of the two constants: the largest slope met in a sample of populations, exact at each of them.

    Attributes:
        transition: of L_P, |P_n(.|s,a,mu) - P_n(.|s,a,mu')| <= L_P |mu - mu'|.
        reward: of L_r, |r_n(s,a,mu) - r_n(s,a,mu')| <= L_r |mu - mu'|, in units of reward.
        transition_population, reward_population: where they were met, shape [S].
    """

    transition: float
    reward: float
    transition_population: np.ndarray
    reward_population: np.ndarray


def lipschitz_estimate(
    game: Game, populations: Float[Array, "samples S"] | None = None, *, n_samples: int = 200, seed: int = 0
) -> LipschitzEstimate:
    """Slopes of kernel and reward over the corners of the simplex, Dirichlet draws, and `populations` if given.

    Along the simplex the extreme directions are (e_i - e_j) / 2, so the slope of the kernel at mu is the largest
    |dP(.|s,a,mu)/dmu_i - dP(.|s,a,mu)/dmu_j| / 2, with exact Jacobians; likewise for the reward. Step n runs over the
    horizon. The cost grows like S^4: for small games.

    Raises:
        InputError: `populations` has the wrong shape or does not hold distributions.
    """
    n_states = len(game.states)
    rng = np.random.default_rng(seed)
    draws = [np.eye(n_states), rng.dirichlet(np.ones(n_states), n_samples), rng.dirichlet(np.full(n_states, 0.2), n_samples)]
    if populations is not None:
        populations = check_probabilities("populations", populations, (n_states,), batch=True)
        draws.append(np.asarray(populations).reshape(-1, n_states))
    sample = jnp.asarray(np.concatenate(draws))
    kernel, reward = _slopes(game, sample)
    i, j = int(kernel.argmax()), int(reward.argmax())
    return LipschitzEstimate(float(kernel[i]), float(reward[j]), np.asarray(sample[i]), np.asarray(sample[j]))


@eqx.filter_jit
def _slopes(game, sample):
    def steepest(jacobian):  # [..., S]: the last axis is the direction; the one before it, if any, is summed in the 1-norm
        pairs = jnp.abs(jacobian[..., :, None] - jacobian[..., None, :]) / 2
        return (pairs.sum(axis=-3) if jacobian.ndim == 4 else pairs).max()

    def at(mu):
        def step(n):
            kernel = jax.jacfwd(lambda m: game.transition(n, m))(mu)
            reward = jax.jacfwd(lambda m: game.reward(n, m))(mu)
            return steepest(kernel), steepest(reward)

        kernel, reward = jax.lax.map(step, jnp.arange(game.horizon))
        return kernel.max(), reward.max()

    return jax.lax.map(at, sample, batch_size=32)
