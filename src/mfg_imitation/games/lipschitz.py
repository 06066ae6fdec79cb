"""How strongly kernel and reward react to the population: Lipschitz constants in the 1-norm (paper, Assumption 1)."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities
from mfg_imitation.games.game import Game

#: Work beyond which a population is looked at for one step only, and, if that is still too much, not every one.
MOST_TERMS = 1e9


class LipschitzEstimate(NamedTuple):
    """Lower estimates of the two constants: the largest slope met in a sample of populations, exact at each of them.

    Attributes:
        transition: of L_P, |P_n(.|s,a,mu) - P_n(.|s,a,mu')| <= L_P |mu - mu'|.
        reward: of L_r, |r_n(s,a,mu) - r_n(s,a,mu')| <= L_r |mu - mu'|, in units of reward.
        transition_population, reward_population: where they were met, shape [S].
        transition_step, reward_step: at which step n.
    """

    transition: float
    reward: float
    transition_population: np.ndarray
    reward_population: np.ndarray
    transition_step: int
    reward_step: int


def lipschitz_estimate(
    game: Game, populations: Float[Array, "*samples S"] | None = None, *, n_samples: int = 100, seed: int = 0
) -> LipschitzEstimate:
    """Slopes of kernel and reward over the corners of the simplex, Dirichlet draws, and `populations` if given.

    Along the simplex the extreme directions are (e_i - e_j) / 2, so the slope of the kernel at mu is the largest
    |dP(.|s,a,mu)/dmu_i - dP(.|s,a,mu)/dmu_j| / 2, with exact Jacobians; likewise for the reward. Populations meet every
    step n of the horizon, or in large games (see `MOST_TERMS`) one each in turn; in the largest, evenly picked ones do.
    A slope takes S^3 A K terms.

    Raises:
        InputError: `populations` has the wrong shape or does not hold distributions.
    """
    n_states = len(game.states)
    rng = np.random.default_rng(seed)
    draws = [np.eye(n_states), *(rng.dirichlet(np.full(n_states, weight), n_samples) for weight in (1, 0.2))]
    if populations is not None:
        populations = check_probabilities("populations", populations, (n_states,), batch=True)
        draws.append(np.asarray(populations).reshape(-1, n_states))
    sample = np.concatenate(draws)
    steps = np.arange(game.horizon)
    most = int(MOST_TERMS / (game.successors.size * n_states**2))
    if len(sample) * len(steps) <= most:
        sample, steps = np.repeat(sample, len(steps), axis=0), np.tile(steps, len(sample))
    else:
        sample = sample[np.linspace(0, len(sample) - 1, max(min(most, len(sample)), 1)).astype(int)]
        steps = np.resize(steps, len(sample))
    kernel, reward = _slopes(game, jnp.asarray(steps), jnp.asarray(sample))
    i, j = int(kernel.argmax()), int(reward.argmax())
    return LipschitzEstimate(float(kernel[i]), float(reward[j]), sample[i], sample[j], int(steps[i]), int(steps[j]))


@eqx.filter_jit
def _slopes(game, steps, sample):
    same = game.successors[..., :, None] == game.successors[..., None, :]
    first = ~jnp.any(same & jnp.tril(jnp.ones(same.shape[-2:], bool), -1), axis=-1)
    merge = same * first[..., None]  # branches that lead to one state add up before the norm is taken

    def kernel(n, mu):
        return jnp.einsum("sakl,sal->sak", merge, game.probabilities(n, mu))

    def steepest(jacobian):  # [s, a, k, i]
        def against(row):
            return (jnp.abs(jacobian - row[..., None]).sum(axis=-2) / 2).max()

        return jax.lax.map(against, jnp.moveaxis(jacobian, -1, 0)).max()

    def at(pair):
        n, mu = pair
        of_reward = jax.jacfwd(lambda m: game.reward(n, m))(mu)
        return steepest(jax.jacfwd(lambda m: kernel(n, m))(mu)), steepest(of_reward[:, :, None, :])

    return jax.lax.map(at, (steps, sample))
