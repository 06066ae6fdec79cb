"""What matching minimises: a loss of the imitator's occupancy rho, given the one that demonstrations show, rho-hat."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_choice
from mfg_imitation.engine.proxies.proxy import distance

#: First and last softness of the signs, in units of probability, and of the maximum over steps, in units of |d_n|.
#: Begun at its last softness the max objective can stall where the population is lost for good: on the sheltered
#: attractor (L_P = 4, H = 50, 20% wrong labels, 100 demonstrations, 8 seeds, from behavioral cloning) the median ended
#: at 0.98 and the worst at 1.82, against 0.26 and 0.28 from the sum. With L_P = 1 both ways ended alike.
#: What they end at is what a fit misses. Farthest above the linear program in a frozen population, over sir, decoy,
#: malware and the sheltered attractor (five samples, 1000 iterations): 7e-3 with both ten times the last step softness
#: and a hundred times the last sign softness below; with these 3e-3 for the sum, on sir, and 6e-4 for the max.
SIGN_SOFTNESS = (1e-1, 1e-6)
STEP_SOFTNESS = (1e1, 1e-4)


#: How sharp prices are: softness of the signs, and of the maximum over steps.
Softness = tuple[Float[Array, "*batch"], Float[Array, "*batch"]]


class Loss(eqx.Module):
    """What a fit minimises: a function of rho and rho-hat, best where they are equal.

    Of a loss that is smooth and convex in rho, `value` is all there is to say. One that has kinks gives prices that
    sharpen as the fit goes on, and says what softness costs the certificate.
    """

    @abstractmethod
    def value(self, rho: Float[Array, "H S A"], target: Float[Array, "H S A"]) -> Float[Array, ""]:
        """The loss, in its own unit."""

    def support(
        self, rho: Float[Array, "H S A"], target: Float[Array, "H S A"], softness: Softness
    ) -> tuple[Float[Array, "H S A"], Float[Array, ""]]:
        """Prices f, the gradient in rho or that of a smooth approximation, and c >= 0, what they give away.

        value(other) >= value(rho) - c + <f, other - rho> for every other occupancy.
        """
        return jax.grad(self.value)(rho, target), jnp.zeros(())

    def softnesses(self) -> Softness:
        """The softnesses at which the certificate is tried; the least of what they give is kept."""
        return jnp.zeros(1), jnp.zeros(1)


class Distance(Loss):
    """Sum or max over n of |rho-hat_n - rho_n|, in the 1-norm (paper, Eqs. 17 and 20)."""

    objective: str

    def value(self, rho, target):
        return total(rho - target, self.objective)

    def support(self, rho, target, softness):
        """For any prices f of the reward player, weights of steps included, the loss is at least <f, rho - rho-hat>."""
        difference = rho - target
        f = prices(difference, self.objective, softness)
        return f, total(difference, self.objective) - jnp.sum(f * difference)

    def softnesses(self):
        signs, steps = jnp.meshgrid(jnp.logspace(-1, -7, 13), jnp.logspace(0, -6, 13 if self.objective == "max" else 1))
        return signs.ravel(), steps.ravel()


#: How the steps' distances are made one number.
OBJECTIVES = ("sum", "max")


def check_objective(objective) -> None:
    """Raise `InputError` unless `objective` is one of `OBJECTIVES`."""
    check_choice("objective", objective, OBJECTIVES)


def prices(difference, objective, softness) -> Float[Array, "H S A"]:
    """The softened reward player's answer to rho^pi - rho_hat: a price for every step, state and action.

    They are those of a smooth approximation of F from above, whose gradient with respect to rho^pi they are.
    """
    sign_softness, step_softness = softness
    smooth = jnp.sqrt(difference**2 + sign_softness**2)
    f = difference / smooth
    if objective == "sum":
        return f
    return f * jax.nn.softmax(smooth.sum(axis=(-2, -1)) / step_softness)[:, None, None]


def schedule(done: Float[Array, ""]) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Softness of the signs and of the maximum when the share `done` of the iterations is over."""
    return tuple(first * (last / first) ** done for first, last in (SIGN_SOFTNESS, STEP_SOFTNESS))


def total(difference, objective) -> Float[Array, ""]:
    """F, from rho^pi - rho_hat."""
    norms = jnp.abs(difference).sum(axis=(-2, -1))
    return norms.sum() if objective == "sum" else norms.max()


def occupancy_distance(one: Float[Array, "H S A"], other: Float[Array, "H S A"], objective: str) -> Float[Array, ""]:
    """Sum or max over n of |one_n - other_n|, in the 1-norm."""
    steps = distance(one, other, axis=(-2, -1))
    return steps.max() if objective == "max" else steps.sum()
