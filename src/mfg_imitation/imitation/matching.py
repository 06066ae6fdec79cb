"""What the adversarial methods minimise: the distance between occupancies, and its smooth prices."""

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
