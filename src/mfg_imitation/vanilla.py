"""Vanilla-ADV: matching occupancies in the expert's population (paper, Section 4.2, Eq. 17), exactly or step by step.

The population that drives the kernel is given, so the occupancies that policies can have form a polytope, and the
nearest of them to the demonstrations is a linear program. The stationary class is not convex in the occupancies: it is
left to a gradient method, which finds local optima.
"""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import sparse
from scipy.optimize import linprog, minimize

from mfg_imitation.checks import check_probabilities
from mfg_imitation.cloning import cloned_policy
from mfg_imitation.demonstrations import Demonstrations, empirical_occupancy
from mfg_imitation.errors import InputError
from mfg_imitation.flow import agent_flow_of, occupancy
from mfg_imitation.game import Game
from mfg_imitation.imitation import Imitation
from mfg_imitation.saddle import occupancy_distance, policy_of_occupancy, solve_saddle

#: Weight of the mean over n beside the max over n in the linear program. The max alone has so many optima that HiGHS
#: does not finish on 100 states with dense kernels in five minutes; so it takes 24 s. It also decides between optima.
TIE_BREAK = 1e-4

#: Widths over which the stationary fit smooths the corners of the norm, one after the other.
SMOOTHING = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)


def vanilla_adv(
    demonstrations: Demonstrations | Float[Array, "H S A"],
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    population: Float[Array, "H S"] | None = None,
    method: Literal["lp", "simplex", "first_order"] = "lp",
    stationary: bool = False,
    iterations: int = 20_000,
    tolerance: float = 1e-4,
) -> Imitation:
    """Minimise the distance of rho-hat to rho^{pi,E}, one imitator among experts, over policies.

    It never sees the reward. Where the imitator does not come (and in the linear program, where its mass is below
    rounding, 1e-9) its policy is uniform.

    Args:
        demonstrations: trajectories, or directly an occupancy rho-hat_n(s, a).
        objective: sum over n, or max over n, of |rho-hat_n - rho^{pi,E}_n|, in the 1-norm.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        method: "lp" is the exact linear program over the occupancy polytope (HiGHS, interior point with crossover);
            "simplex" solves the same program by the dual simplex, which may end in another of its optima: they share
            the objective, not the gap; "first_order" the game between a reward player and a policy player, see
            `saddle.solve_saddle`.
        stationary: one policy for all steps; only with method "first_order", by smoothed gradients (L-BFGS) from two
            starts, the stationary clone and the uniform policy. A local optimum.
        iterations: of the first-order methods, at most (for the stationary class: of each start and smoothing).
        tolerance: suboptimality at which the adversarial solver stops, in units of the objective.

    Returns:
        The fit; its status is "optimal" (to `tolerance`; from the linear program to HiGHS's 1e-7, where the certificate
        for the max objective is looser, by `TIE_BREAK` of it), "iteration limit", or for the stationary class "local
        optimum".

    Raises:
        InputError: the demonstrations or the population are not of this game, or an unknown choice.
    """
    if isinstance(demonstrations, Demonstrations):
        demonstrations = empirical_occupancy(demonstrations, game)
    horizon, n_states, n_actions = game.policy_shape
    target = check_probabilities(
        "occupancy", jnp.reshape(demonstrations, (len(demonstrations), -1)), (horizon, n_states * n_actions)
    ).reshape(game.policy_shape)
    for name, value, allowed in (
        ("objective", objective, ("sum", "max")),
        ("method", method, ("lp", "simplex", "first_order")),
    ):
        if value not in allowed:
            raise InputError(f"{name} is {value!r}: allowed are {', '.join(allowed)}")
    if stationary and method != "first_order":
        raise InputError(f"method {method!r} has no stationary class, which is not convex: use method 'first_order'")
    for name, value in (("iterations", iterations), ("tolerance", tolerance)):
        if not value > 0:
            raise InputError(f"{name} is {value!r}: a number above 0 is needed")
    if population is None:
        population = target.sum(axis=-1)
    population = check_probabilities("population", population, (horizon, n_states))
    if stationary:
        return _stationary_fit(game, target, population, objective, iterations)
    if method == "first_order":
        return solve_saddle(game, target, population, objective, iterations, tolerance)
    return _linear_program(game, target, population, objective, {"lp": "highs-ipm", "simplex": "highs-ds"}[method])


def _linear_program(game, target, population, objective, solver) -> Imitation:
    """rho = matched + excess with 0 <= matched <= rho-hat: both occupancies have mass 1 at every step, so that their
    distance is 2 (1 - sum of the matched mass). Pairs that no demonstration visited match nothing and need no second
    variable, and the only constraints of the sum objective are those of the flow.
    """
    horizon, n_states, _ = game.policy_shape
    rho_hat = np.asarray(target).ravel()
    visited = np.flatnonzero(rho_hat > 0)
    flow = _flow_constraints(game, population)
    equal = sparse.hstack([flow, flow[:, visited]])
    right = np.concatenate([game.initial, np.zeros((horizon - 1) * n_states)])
    upper = np.concatenate([np.full(rho_hat.size, np.inf), rho_hat[visited]])
    cost = np.concatenate([np.zeros(rho_hat.size), np.full(visited.size, -2.0)])
    constant, scale, unequal, bound = 2.0 * horizon, 1.0, None, None
    if objective == "max":  # one more variable, above 2 - 2 * matched mass of every step
        step = visited // (rho_hat.size // horizon)
        unequal = sparse.coo_array((cost[rho_hat.size :], (step, rho_hat.size + np.arange(visited.size))))
        unequal.resize((horizon, cost.size))
        unequal = sparse.hstack([unequal, np.full((horizon, 1), -1.0)])
        bound = np.full(horizon, -2.0)
        equal = sparse.hstack([equal, sparse.coo_array((equal.shape[0], 1))])
        upper, cost = np.append(upper, np.inf), np.append(TIE_BREAK / horizon * cost, 1.0)
        # The mean is at most the max: the program's value is at most 1 + TIE_BREAK times the least max.
        constant, scale = 2.0 * TIE_BREAK, 1 + TIE_BREAK
    bounds = np.stack([np.zeros_like(upper), upper], axis=-1)
    # Measured on 100 states, 3 actions, 30 steps and dense kernels, sum: 12 s, where the dual simplex takes 122 s.
    found = linprog(cost, unequal, bound, equal.tocsc(), right, bounds, method=solver)
    if found.status != 0:
        raise RuntimeError(f"vanilla-ADV's linear program: {found.message}")
    rho = found.x[: rho_hat.size].copy()
    rho[visited] += found.x[rho_hat.size : rho_hat.size + visited.size]
    policy = policy_of_occupancy(jnp.asarray(rho).reshape(game.policy_shape))
    reached = float(occupancy_distance(target, occupancy(game, policy, population), objective))
    return Imitation(policy, reached, "optimal", int(found.nit), max(reached - (found.fun + constant) / scale, 0.0))


def _flow_constraints(game, population) -> sparse.csc_array:
    """Rows (n, s): mass in s at step n, less what flows into it. Columns (n, s, a)."""
    horizon, n_states, n_actions = game.policy_shape
    successors = np.asarray(game.successors)
    kernel = np.asarray(_kernels(game, population[:-1]))
    column = np.arange(horizon * n_states * n_actions)
    n, s, a, k = np.nonzero(kernel)
    rows = np.concatenate([column // n_actions, (n + 1) * n_states + successors[s, a, k]])
    columns = np.concatenate([column, (n * n_states + s) * n_actions + a])
    entries = np.concatenate([np.ones(column.size), -kernel[n, s, a, k]])
    return sparse.csc_array((entries, (rows, columns)), shape=(horizon * n_states, column.size))


@eqx.filter_jit
def _kernels(game, population):
    return jax.vmap(game.probabilities)(jnp.arange(len(population)), population)


def _stationary_fit(game, target, population, objective, iterations) -> Imitation:
    uniform = game.uniform_policy()
    clone = 0.9 * cloned_policy(target, stationary=True) + 0.1 * uniform
    shape = uniform.shape[1:]

    def loss(logits, width):
        arguments = game, target, population, objective == "max", jnp.asarray(width)
        value, slope = _smoothed_loss(jnp.reshape(logits, shape), *arguments)
        return float(value), np.asarray(slope).ravel()

    options = {"maxiter": iterations, "maxfun": 2 * iterations}
    fits = []
    for start in (clone[0], uniform[0]):
        logits = np.log(np.asarray(start)).ravel()
        for width in SMOOTHING:
            found = minimize(loss, logits, width, method="L-BFGS-B", jac=True, options=options)
            logits = found.x
            policy = jnp.broadcast_to(jax.nn.softmax(jnp.reshape(logits, shape)), uniform.shape)
            reached = float(occupancy_distance(target, occupancy(game, policy, population), objective))
            status = "iteration limit" if found.status == 1 else "local optimum"
            fits.append(Imitation(policy, reached, status, int(found.nit), np.inf))
    return min(fits, key=lambda fit: fit.objective)


@eqx.filter_jit
@eqx.filter_value_and_grad
def _smoothed_loss(logits, game, target, population, largest, width):
    """The distance with its corners rounded over `width`, and over as much the change of the largest step."""
    policy = jnp.broadcast_to(jax.nn.softmax(logits), target.shape)
    difference = target - agent_flow_of(game, policy, population)[..., None] * policy
    steps = jnp.sum(jnp.sqrt(difference**2 + width**2) - width, axis=(-2, -1))
    return width * jax.nn.logsumexp(steps / width) if largest else steps.sum()
