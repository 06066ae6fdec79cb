"""MFC-ADV that also minds deviators: the error whose bound on the gap is linear in H (ours).

minimise over pi   sum over n of |rho_hat_n - rho^pi_n| + lambda H eps_dev(pi),   see `engine.deviation`.

The two terms are those of the bound: with lambda = 1 it is R times this sum, plus 2 L_r times what populations differ.
eps_dev depends on pi through the population alone, so that this is one more loss of the occupancy.
"""

import jax
from jaxtyping import Array, Float

from mfg_imitation.checks import check_positive, check_probabilities, checked
from mfg_imitation.engine.deviation import deviation_between
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.matching import Distance, Loss
from mfg_imitation.imitation.matching_descent import least_loss

#: The distance that is the first of the two terms.
MATCHING = Distance("sum")


class MindingDeviators(Loss):
    """Sum over n of |rho-hat_n - rho_n|, and weight times H eps_dev; experts' flow mu-hat where none is given."""

    game: Game
    population: Float[Array, "H S"] | None
    weight: Float[Array, ""] | float

    def value(self, rho, target):
        return MATCHING.value(rho, target) + self._deviation(rho, target)

    def support(self, rho, target, softness):
        f, given_away = MATCHING.support(rho, target, softness)
        supported, more = jax.value_and_grad(self._deviation)(rho, target, softness[0])
        return f + more, given_away + self._deviation(rho, target) - supported

    def softnesses(self):
        return MATCHING.softnesses()

    def _deviation(self, rho, target, softness=0.0):
        experts = target.sum(axis=-1) if self.population is None else self.population
        between = deviation_between(self.game, experts, rho.sum(axis=-1), softness)
        return self.weight * self.game.horizon * between


@algorithm(
    "mfc_adv_deviation",
    "MFC-ADV, deviators",
    summary="is MFC-ADV that also keeps the kernel as the experts have it for whoever deviates",
    starts_from=("mfc_adv",),
    needs=("kernel", "population"),
    variant_of="mfc_adv",
)
@checked
def mfc_adv_deviation(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    weight: float = 1.0,
    population: Float[Array, "H S"] | None = None,
    starts: Float[Array, "starts *batch H S A"] | None = None,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    tolerance: float = 1e-2,
) -> Imitation:
    """Minimise the sum over n of |rho-hat_n - rho^pi_n|, plus lambda H eps_dev(pi); never looks at the reward.

    Args:
        weight: lambda > 0, without a unit.
        population: the experts' flow, from which eps_dev is measured; None estimates it from the demonstrations.
        demonstrations, starts, iterations, stationary, tolerance: as in `mfc_adv`.

    Returns:
        The best fit. Status and certificate as in `mfc_adv`; of first order, as the population drives the kernel.

    Raises:
        InputError: an argument has the wrong shape or does not hold probabilities, or a number is out of its range.
    """
    target = occupancy_to_fit(demonstrations, game)
    check_positive("weight", weight)
    if population is not None:
        population = check_probabilities("population", population, game.policy_shape[:2])
    loss = MindingDeviators(game, population, weight)
    return least_loss(game, target, loss, None, starts, iterations, stationary, tolerance, "MFC-ADV, deviators")
