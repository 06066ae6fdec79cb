"""What makes an occupancy one: mass flows from step to step as the kernel says, in a population that is given."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.games.game import Game


def flow_constraints(game: Game, population: Float[Array, "H S"]) -> "scipy.sparse.csc_array":
    """Rows (n, s): mass in s at step n, less what flows into it. Columns (n, s, a).

    The occupancies are the rho >= 0 whose product with it is mu_0 in the first step and 0 in all others. Its transpose
    makes V_n(s) - sum over s' of P_n(s'|s, a, mu_n) V_{n+1}(s') of values.
    """
    horizon, n_states, n_actions = game.policy_shape
    successors = np.asarray(game.successors)
    kernel = np.asarray(_kernels(game, population[:-1]))
    column = np.arange(horizon * n_states * n_actions)
    n, s, a, k = np.nonzero(kernel)
    rows = np.concatenate([column // n_actions, (n + 1) * n_states + successors[s, a, k]])
    columns = np.concatenate([column, (n * n_states + s) * n_actions + a])
    entries = np.concatenate([np.ones(column.size), -kernel[n, s, a, k]])
    return scipy.sparse.csc_array((entries, (rows, columns)), shape=(horizon * n_states, column.size))


@eqx.filter_jit
def _kernels(game, population):
    return jax.vmap(game.probabilities)(jnp.arange(len(population)), population)
