"""What one attempt to improve a rough equilibrium returns."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class Polished(NamedTuple):
    """Best policy of an attempt, its exploitability, and the steps taken."""

    policy: Float[Array, "H S A"]
    exploitability: Float[Array, ""]
    steps: Int[Array, ""]
