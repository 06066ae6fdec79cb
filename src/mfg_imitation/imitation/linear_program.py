"""Vanilla-ADV as a linear program over the occupancy polytope."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy

from mfg_imitation.engine.flow import occupancy
from mfg_imitation.imitation.algorithm import Imitation, fitted
from mfg_imitation.imitation.matching import occupancy_distance
from mfg_imitation.imitation.primal_dual import reached_policy

#: `scipy.optimize.linprog`'s status where its solver could not go on.
NUMERICAL_TROUBLE = 4

#: Kernels are made of so many numbers at a time, or those of one step. (A program's rounding depends on how many steps
#: it is for; so small games have one program.)
AT_ONCE = 2**24

#: Weight of the mean over n beside the max over n in the linear program. The max alone has so many optima that HiGHS
#: does not finish on 100 states with dense kernels in five minutes; so it takes 24 s. It also decides between optima.
TIE_BREAK = 1e-4


def solve_linear_program(game, target, population, objective, solver) -> Imitation:
    """rho = matched + excess with 0 <= matched <= rho-hat: both occupancies have mass 1 at every step, so that their
    distance is 2 (1 - sum of the matched mass). Pairs that no demonstration visited match nothing and need no second
    variable, and the only constraints of the sum objective are those of the flow.
    """
    horizon, n_states, _ = game.policy_shape
    rho_hat = np.asarray(target).ravel()
    visited = np.flatnonzero(rho_hat > 0)
    flow = _flow_constraints(game, population)
    equal = scipy.sparse.hstack([flow, flow[:, visited]])
    right = np.concatenate([game.initial, np.zeros((horizon - 1) * n_states)])
    upper = np.concatenate([np.full(rho_hat.size, np.inf), rho_hat[visited]])
    cost = np.concatenate([np.zeros(rho_hat.size), np.full(visited.size, -2.0)])
    constant, scale, unequal, bound = 2.0 * horizon, 1.0, None, None
    if objective == "max":  # one more variable, above 2 - 2 * matched mass of every step
        step = visited // (rho_hat.size // horizon)
        unequal = scipy.sparse.coo_array((cost[rho_hat.size :], (step, rho_hat.size + np.arange(visited.size))))
        unequal.resize((horizon, cost.size))
        unequal = scipy.sparse.hstack([unequal, np.full((horizon, 1), -1.0)])
        bound = np.full(horizon, -2.0)
        equal = scipy.sparse.hstack([equal, scipy.sparse.coo_array((equal.shape[0], 1))])
        upper, cost = np.append(upper, np.inf), np.append(TIE_BREAK / horizon * cost, 1.0)
        # The mean is at most the max: the program's value is at most 1 + TIE_BREAK times the least max.
        constant, scale = 2.0 * TIE_BREAK, 1 + TIE_BREAK
    bounds = np.stack([np.zeros_like(upper), upper], axis=-1)
    # Measured on 100 states, 3 actions, 30 steps and dense kernels, sum: interior point 12 to 14 s, dual simplex 122 s.
    # HiGHS by itself, a newer one, can start from the occupancy of behavioral cloning: that did not help the simplex
    # (170 s), nor its first-order method PDLP (stopped at 200 s, 6e-5 above the optimum; 6e-4 from cloning).
    # At times the interior point ends in numerical trouble (maze, 1000 noisy demonstrations); the simplex does not.
    for method in (solver, "highs-ds"):
        found = scipy.optimize.linprog(cost, unequal, bound, equal.tocsc(), right, bounds, method=method)
        if found.status != NUMERICAL_TROUBLE:
            break
    if found.status != 0:
        raise RuntimeError(f"vanilla-ADV's linear program: {found.message}")
    rho = found.x[: rho_hat.size].copy()
    rho[visited] += found.x[rho_hat.size : rho_hat.size + visited.size]
    policy = reached_policy(jnp.asarray(rho).reshape(game.policy_shape))
    reached = float(occupancy_distance(target, occupancy(game, policy, population), objective))
    return fitted(policy, reached, "optimal", int(found.nit), max(reached - (found.fun + constant) / scale, 0.0))


def _flow_constraints(game, population) -> "scipy.sparse.csc_array":
    """Rows (n, s): mass in s at step n, less what flows into it. Columns (n, s, a)."""
    horizon, n_states, n_actions = game.policy_shape
    successors = np.asarray(game.successors)
    column = np.arange(horizon * n_states * n_actions)
    rows, columns, entries = [column // n_actions], [column], [np.ones(column.size)]
    length = max(1, AT_ONCE // successors.size)
    for first in range(0, horizon - 1, length):
        steps = jnp.arange(first, min(first + length, horizon - 1))
        kernel = np.asarray(_kernels(game, steps, population[steps]))
        n, s, a, k = np.nonzero(kernel)
        rows.append((first + n + 1) * n_states + successors[s, a, k])
        columns.append(((first + n) * n_states + s) * n_actions + a)
        entries.append(-kernel[n, s, a, k])
    places = np.concatenate(rows), np.concatenate(columns)
    return scipy.sparse.csc_array((np.concatenate(entries), places), shape=(horizon * n_states, column.size))


@eqx.filter_jit
def _kernels(game, steps, population):
    return jax.vmap(game.probabilities)(steps, population)
