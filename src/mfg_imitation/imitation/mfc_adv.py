"""MFC-ADV: the policy whose own population looks like the demonstrations (paper, Section 4.3).

minimise over pi   F(pi) = sum over n, or max over n, of |rho_hat_n - rho^pi_n|,   rho^pi the occupancy that everybody
playing pi creates. The paper leaves an algorithm to future work; this one is adversarial. A reward player prices every
state and action with f_n(s, a) in [-1, 1], at best the sign of rho^pi - rho_hat; the policy player then has a
mean-field *control* problem, to pay less for <f, rho^pi>, whose gradient goes through the population. Signs jump, so
the reward player is softened: f = d / sqrt(d^2 + eps^2) maximises f d + eps sqrt(1 - f^2), and the maximum over steps
is the soft weight exp(|d_n| / tau) of every step. Both are sharpened as the fit goes on; a large tau weighs all steps
alike, so the max objective begins as the sum.
"""

from typing import Literal

from jaxtyping import Array, Float

from mfg_imitation.checks import checked
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.matching import Distance, check_objective
from mfg_imitation.imitation.matching_descent import least_loss


@algorithm(
    "mfc_adv",
    "MFC-ADV",
    summary="matches the occupancies of the demonstrations in the population that the imitator itself creates",
    starts_from=("vanilla_adv",),
    needs=("kernel",),
)
@checked(noise="fitted")
def mfc_adv(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    starts: Float[Array, "starts *batch H S A"] | None = None,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    tolerance: float = 1e-2,
) -> Imitation:
    """Fit a policy whose population looks like the demonstrations; knows the kernel, never looks at the reward.

    The problem is not convex. Every start is run for all iterations, as the softness follows a fixed schedule, and the
    best policy met is kept by the training objective F itself; the starts are among them.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); a batch may lead either, of
            samples say; each is fitted by itself.
        objective: "sum" or "max" over the steps.
        starts: policies to start from for every sample, beside what behavioral cloning makes of it and the uniform
            policy. States that the start's own population does not reach start uniform.
        iterations: steps from each start.
        stationary: fit one pi(a | s) for all steps.
        tolerance: bound on the certificate, in the unit of the objective.

    Returns:
        The best fit. Its objective F is a sum over steps of 1-norms, in [0, 2 H], or their maximum, in [0, 2]. Its
        certificate bounds how much F would still fall, to first order, if part of the population changed to the best
        other policy (in the stationary class: if the one policy changed); where the kernel does not depend on the
        population the problem is convex, and the bound holds for all policies (not in the stationary class). Its
        status is "stationary" where the certificate met the tolerance, else "iteration limit".

    Raises:
        InputError: `demonstrations` or `starts` has the wrong shape or does not hold probabilities; an unknown
            objective; less than one iteration; a tolerance that is not above 0.
    """
    target = occupancy_to_fit(demonstrations, game)
    check_objective(objective)
    return least_loss(game, target, Distance(objective), None, starts, iterations, stationary, tolerance, "MFC-ADV")


@algorithm(
    "mfc_adv_max",
    "MFC-ADV, max",
    summary="is MFC-ADV with the largest of the steps' distances, the paper's objective, in place of their sum",
    starts_from=("vanilla_adv_max",),
    needs=("kernel",),
    variant_of="mfc_adv",
)
def mfc_adv_max(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    starts: Float[Array, "starts *batch H S A"] | None = None,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    tolerance: float = 1e-2,
) -> Imitation:
    """`mfc_adv` with objective "max". Steps below the largest are free, so that many policies are as good."""
    return mfc_adv(
        demonstrations,
        game,
        "max",
        starts,
        iterations=iterations,
        stationary=stationary,
        tolerance=tolerance,
    )
