"""What makes an occupancy one: mass flows from step to step as the kernel says, in a population that is given."""

import equinox as eqx
import jax
import numpy as np
import scipy
from jaxtyping import Array, Float

from mfg_imitation.games.game import Game

#: Kernels are made of so many numbers at a time, or those of one step. (A program's rounding depends on how many steps
#: it is for; so small games have one program.)
AT_ONCE = 2**24


def flow_constraints(game: Game, population: Float[Array, "H S"]) -> "scipy.sparse.csc_array":
    """Rows (n, s): mass in s at step n, less what flows into it. Columns (n, s, a).

    The occupancies are the rho >= 0 whose product with it is mu_0 in the first step and 0 in all others. Its transpose
    makes V_n(s) - sum over s' of P_n(s'|s, a, mu_n) V_{n+1}(s') of values.
    """
    horizon, n_states, n_actions = game.policy_shape
    successors = np.asarray(game.successors)
    column = np.arange(horizon * n_states * n_actions)
    rows, columns, entries = [column // n_actions], [column], [np.ones(column.size)]
    length = max(1, AT_ONCE // successors.size)
    for first in range(0, horizon - 1, length):
        steps = np.arange(first, min(first + length, horizon - 1))
        kernel = np.asarray(_kernels(game, steps, np.asarray(population)[steps]))
        n, s, a, k = np.nonzero(kernel)
        rows.append((first + n + 1) * n_states + successors[s, a, k])
        columns.append(((first + n) * n_states + s) * n_actions + a)
        entries.append(-kernel[n, s, a, k])
    places = np.concatenate(rows), np.concatenate(columns)
    return scipy.sparse.csc_array((np.concatenate(entries), places), shape=(horizon * n_states, column.size))


@eqx.filter_jit
def _kernels(game, steps, population):
    return jax.vmap(game.probabilities)(steps, population)
