"""What every estimator of a policy from demonstrations returns."""

from typing import NamedTuple

from jaxtyping import Array, Float


class Imitation(NamedTuple):
    """A policy fitted to demonstrations.

    Attributes:
        policy: pi_n(a | s); of the stationary class, equal at every step.
        objective: what the estimator minimises, at `policy`, in the estimator's own unit.
        status: how the fit ended, in the estimator's own words.
        iterations: steps of the solver; 0 for a closed form.
        suboptimality: no policy of the class has an objective below `objective - suboptimality`; infinite where no
            such bound is known, as for a local optimum.
    """

    policy: Float[Array, "H S A"]
    objective: float
    status: str
    iterations: int
    suboptimality: float
