"""What every estimator of a policy from demonstrations returns."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float, Int


class Imitation(NamedTuple):
    """A policy fitted to demonstrations; of a batch of demonstrations, every field leads with the batch.

    Attributes:
        policy: pi_n(a | s); of the stationary class, equal at every step.
        objective: what the estimator minimises, at `policy`, in the estimator's own unit.
        status: how the fit ended, in the estimator's own words.
        iterations: steps of the solver until `policy`; 0 for a closed form.
        certificate: a bound >= 0 on how much the objective could still fall. Where the problem is convex no policy has
            an objective below `objective - certificate`; where it is not, see the estimator. Infinite where no bound
            is known.
    """

    policy: Float[Array, "*batch H S A"]
    objective: float | Float[Array, "*batch"]
    status: str | np.ndarray
    iterations: int | Int[Array, "*batch"]
    certificate: float | Float[Array, "*batch"]
