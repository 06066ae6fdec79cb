"""Vanilla-ADV: matching occupancies in the expert's population (paper, Section 4.2, Eq. 17), exactly or step by step.

The population that drives the kernel is given, so the occupancies that policies can have form a polytope, and the
nearest of them to the demonstrations is a linear program. The stationary class is not convex in the occupancies: it is
left to the gradient method of MFC-ADV, in the game whose population is frozen.
"""

from typing import Literal

from jaxtyping import Array, Float

from mfg_imitation.checks import check_choice, check_count, check_positive, check_probabilities, checked
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, one_by_one
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.linear_program import solve_linear_program
from mfg_imitation.imitation.matching import Distance, check_objective
from mfg_imitation.imitation.matching_descent import least_loss
from mfg_imitation.imitation.primal_dual import solve_saddle

#: What HiGHS calls a method.
HIGHS = {"lp": "highs-ipm", "simplex": "highs-ds"}

#: Iterations at most of the adversarial solver, and of the stationary class.
ITERATIONS, STATIONARY_ITERATIONS = 20_000, 2_000


@algorithm(
    "vanilla_adv",
    "vanilla-ADV",
    summary="matches the occupancies of the demonstrations in the experts' population, exactly, by a linear program",
    needs=("kernel", "population"),
)
@checked(noise="fitted")
def vanilla_adv(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    population: Float[Array, "H S"] | None = None,
    method: Literal["lp", "simplex", "first_order"] | None = None,
    stationary: bool = False,
    iterations: int | None = None,
    tolerance: float = 1e-4,
) -> Imitation:
    """Minimise the distance of rho-hat to rho^{pi,E}, one imitator among experts, over policies.

    It never sees the reward. Where the imitator does not come (and in the linear program, where its mass is below
    rounding, 1e-9) its policy is uniform.

    Args:
        demonstrations: trajectories, or directly an occupancy rho-hat_n(s, a); a batch may lead either, of samples say;
            each is fitted by itself (the stationary class all at once, else one after the other).
        objective: sum over n, or max over n, of |rho-hat_n - rho^{pi,E}_n|, in the 1-norm.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        method: "lp" is the exact linear program over the occupancy polytope (HiGHS, interior point with crossover);
            "simplex" solves the same program by the dual simplex, which may end in another of its optima: they share
            the objective, not the gap; "first_order" the game between a reward player and a policy player, see
            `primal_dual.solve_saddle`. None stands for "lp", or for "first_order" in the stationary class.
            The program ends at the optimum. On Sioux Falls (85 500 numbers in a policy) it took 24 s a sample of 1000
            and 30 s of 10 000, means of 20 on a busy core; there 2000 iterations of the other method take 9 s, and
            20 000 were still 3e-4 above the optimum, of 2.8. On an open grid of 400 states and 50 steps, with a sample
            of 10 000, the program was not done in 240 s of a busy machine.
        stationary: one policy for all steps; only with method "first_order", as MFC-ADV in the game whose population
            is frozen, see `mfc_adv`. A local optimum. The same holds of policies that do not know the history of a
            common noise.
        iterations: of the first-order methods, at most; None stands for `ITERATIONS` or `STATIONARY_ITERATIONS`.
        tolerance: suboptimality at which the adversarial solver stops, in units of the objective; in the stationary
            class the bound on the certificate.

    Returns:
        The fit; its status is "optimal" (to `tolerance`; from the linear program to HiGHS's 1e-7, where the certificate
        for the max objective is looser, by `TIE_BREAK` of it) or "iteration limit"; of the stationary class, status and
        certificate are those of `mfc_adv`.

    Raises:
        InputError: the demonstrations or the population are not of this game, or an unknown choice.
    """
    target = occupancy_to_fit(demonstrations, game)
    if method is None:
        method = "first_order" if stationary or game.alike is not None else "lp"
    check_objective(objective)
    check_choice("method", method, (*HIGHS, "first_order"))
    restricted = stationary or game.alike is not None
    if restricted and method != "first_order":
        kind = "stationary class" if stationary else "class of unaware policies"
        raise InputError(f"method {method!r} has no {kind}, which is not convex: use method 'first_order'")
    if iterations is None:
        iterations = STATIONARY_ITERATIONS if restricted else ITERATIONS
    check_count("iterations", iterations)
    check_positive("tolerance", tolerance)
    if population is not None:
        population = check_probabilities("population", population, game.policy_shape[:2])

    if restricted:
        flow = target.sum(axis=-1) if population is None else population
        loss = Distance(objective)
        return least_loss(game, target, loss, flow, None, iterations, stationary, tolerance, "vanilla-ADV")

    def fit(one) -> Imitation:
        flow = one.sum(axis=-1) if population is None else population
        if method == "first_order":
            return solve_saddle(game, one, flow, objective, iterations, tolerance)
        return solve_linear_program(game, one, flow, objective, HIGHS[method])

    return one_by_one(fit, target)


@algorithm(
    "vanilla_adv_max",
    "vanilla-ADV, max",
    summary="is vanilla-ADV with the largest of the steps' distances, the paper's objective, in place of their sum",
    needs=("kernel", "population"),
    variant_of="vanilla_adv",
)
def vanilla_adv_max(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    population: Float[Array, "H S"] | None = None,
    stationary: bool = False,
) -> Imitation:
    """`vanilla_adv` with objective "max" (paper, Eq. 17).

    Steps below the largest are free. Among the optima the one with the least mean over steps is taken, as far as
    `TIE_BREAK` weighs it; where several have that, the interior point's crossover decides.
    """
    return vanilla_adv(demonstrations, game, "max", population, stationary=stationary)


@algorithm(
    "vanilla_adv_estimated",
    "vanilla-ADV, estimated",
    summary="is vanilla-ADV in the population that the demonstrations show, where the experts' is not granted",
    needs=("kernel",),
    variant_of="vanilla_adv",
)
def vanilla_adv_estimated(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"], game: Game, stationary: bool = False
) -> Imitation:
    """`vanilla_adv` in mu-hat, the demonstrations' own estimate of the experts' flow."""
    return vanilla_adv(demonstrations, game, stationary=stationary)


@algorithm(
    "vanilla_adv_simplex",
    "vanilla-ADV, simplex",
    summary="solves the linear program of vanilla-ADV by the simplex, which may end in another of its optima",
    needs=("kernel", "population"),
    stationary=False,
    variant_of="vanilla_adv",
)
def vanilla_adv_simplex(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    population: Float[Array, "H S"] | None = None,
) -> Imitation:
    """`vanilla_adv` by the dual simplex: the gaps of several optima of one program can lie far apart."""
    return vanilla_adv(demonstrations, game, objective, population, method="simplex")
