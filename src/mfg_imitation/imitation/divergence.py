"""Matching by divergences other than the 1-norm, in the experts' population or in the imitators' own.

minimise over pi   F(pi) = sum over n of D(rho-hat_n || rho_n),   rho_n the imitator's occupancy in either population.

A divergence is infinite, or its gradient is, where one of the two has a pair (s, a) that the other lacks, which samples
always have. So both are first mixed with the same share of the uniform distribution over pairs: F stays finite, is
0 exactly where the two are equal, stays convex in rho, and never exceeds the F of what was not mixed (a divergence is
jointly convex). It is the divergence between two demonstrators whose records are random with that probability.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_choice, check_probabilities, checked
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.matching import Loss
from mfg_imitation.imitation.matching_descent import least_loss

#: Share of the uniform distribution that both occupancies are mixed with: one record in a thousand.
SMOOTHING = 1e-3


class Divergence(NamedTuple):
    """How two distributions are compared.

    Attributes:
        label: how it is written.
        of: (p, q) -> what every pair adds to D(p || q), for p and q above 0; never negative, so that nothing cancels.
    """

    label: str
    of: Callable[[Float[Array, "..."], Float[Array, "..."]], Float[Array, "..."]]


def _kl(p, q):
    """p log(p / q) - p + q; over distributions, the last two cancel."""
    change = (q - p) / p
    return p * (change - jnp.log1p(change))


def _jensen_shannon(p, q):
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


#: The divergences by name; p is the demonstrations', q the imitator's.
DIVERGENCES = {
    "kl": Divergence("KL", _kl),
    "reverse_kl": Divergence("reverse KL", lambda p, q: _kl(q, p)),
    "jensen_shannon": Divergence("Jensen-Shannon", _jensen_shannon),
    "chi2": Divergence("chi-squared", lambda p, q: (p - q) ** 2 / q),
    "hellinger": Divergence("Hellinger", lambda p, q: (jnp.sqrt(p) - jnp.sqrt(q)) ** 2 / 2),
}


class SmoothedDivergence(Loss):
    """Sum over n of D(rho-hat_n || rho_n), both mixed with a share of the uniform distribution over pairs."""

    divergence: str
    smoothing: float

    def value(self, rho, target):
        uniform = self.smoothing / (rho.shape[-2] * rho.shape[-1])
        mixed = ((1 - self.smoothing) * jnp.maximum(joint, 0) + uniform for joint in (target, rho))
        return DIVERGENCES[self.divergence].of(*mixed).sum()


@checked
def match_divergence(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    divergence: Literal["kl", "reverse_kl", "jensen_shannon", "chi2", "hellinger"] = "kl",
    population: Literal["own"] | Float[Array, "H S"] | None = "own",
    starts: Float[Array, "starts *batch H S A"] | None = None,
    *,
    smoothing: float = SMOOTHING,
    iterations: int = 2000,
    stationary: bool = False,
    tolerance: float = 1e-2,
) -> Imitation:
    """Minimise a divergence between rho-hat and the imitator's occupancy (ours; Jensen-Shannon is GAIL's).

    It knows the kernel and never looks at the reward. Descent as in `mfc_adv`.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho-hat_n(s, a); a batch may lead either.
        divergence: "kl" is KL(rho-hat || rho), "reverse_kl" KL(rho || rho-hat), "jensen_shannon" the mean of the KL of
            both to their mean; "chi2" the sum of (rho-hat - rho)^2 / rho; "hellinger" half the squared distance of the
            square roots. In nats, the last two without a unit.
        population: which one drives the kernel: the imitators' "own"; a flow mu_n(s) that is given, the experts' say;
            None for the demonstrations' own estimate of that, mu-hat.
        starts: policies to start from for every sample, beside behavioral cloning and the uniform policy.
        smoothing: share of the uniform distribution over pairs that both occupancies are mixed with, above 0, below 1.
        iterations: steps from each start.
        stationary: fit one pi(a | s) for all steps.
        tolerance: bound on the certificate, in the unit of the objective.

    Returns:
        The best fit. In a given population the problem is convex in the occupancies, and no policy has an objective
        below `objective - certificate`; in the imitators' own, and in the stationary class, the certificate is of first
        order (see `mfc_adv`). Its status is "stationary" where the certificate met the tolerance, else "iteration
        limit".

    Raises:
        InputError: an argument has the wrong shape or does not hold probabilities; an unknown divergence; a number out
            of its range.
    """
    target = occupancy_to_fit(demonstrations, game)
    check_choice("divergence", divergence, tuple(DIVERGENCES))
    if not isinstance(smoothing, float) or not 0 < smoothing < 1:
        raise InputError(f"smoothing is {shown(smoothing)}: a number above 0 and below 1 is needed")
    if population is None:
        population = target.sum(axis=-1)
    elif isinstance(population, str):
        check_choice("population", population, ("own",))
        population = None
    else:
        population = check_probabilities("population", population, game.policy_shape[:2])
    loss, name = SmoothedDivergence(divergence, smoothing), DIVERGENCES[divergence].label
    return least_loss(game, target, loss, population, starts, iterations, stationary, tolerance, name)


def _enter(name: str, divergence: Divergence) -> None:
    """The entries of a divergence: one in the experts' population, one in the imitators' own."""

    @algorithm(
        f"vanilla_adv_{name}",
        f"vanilla-ADV, {divergence.label}",
        summary=f"is vanilla-ADV with the {divergence.label} divergence in place of the 1-norm",
        needs=("kernel", "population"),
        stationary=False,
        variant_of="vanilla_adv",
    )
    def among_experts(demonstrations, game, population=None, starts=None, *, iterations=2000):
        return match_divergence(demonstrations, game, name, population, starts, iterations=iterations)

    @algorithm(
        f"mfc_adv_{name}",
        f"MFC-ADV, {divergence.label}",
        summary=f"is MFC-ADV with the {divergence.label} divergence in place of the 1-norm",
        needs=("kernel",),
        stationary=False,
        variant_of="mfc_adv",
    )
    def own_population(demonstrations, game, starts=None, *, iterations=2000):
        return match_divergence(demonstrations, game, name, "own", starts, iterations=iterations)


for _name, _divergence in DIVERGENCES.items():
    _enter(_name, _divergence)
