"""What a method is that recovers a reward, and what it returns: a decorated function in its own file."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Array, Float

from mfg_imitation.registry import Registry


class Recovered(NamedTuple):
    """What a method finds for one sample; see `RecoveredReward`."""

    weights: Float[Array, " D"]
    policy: Float[Array, "H S A"]
    loss: float
    certificate: float
    iterations: int
    status: str


class Method(NamedTuple):
    """An entry of `METHODS`.

    Attributes:
        summary: what it does, in a few words.
        recover: (game, rho-hat, experts' flow, reward class, regularisation, tolerance) -> `Recovered`.
    """

    summary: str
    recover: Callable[..., Recovered]


#: The methods that `recover_reward` can name.
METHODS: Registry[Method] = Registry("mfg_imitation.rewards", "method of recovering rewards")


def reward_method(name: str, *, summary: str) -> Callable[[Callable], Callable]:
    """Enter the decorated function in `METHODS`; see `Method` for the arguments."""

    def enter(recover: Callable) -> Callable:
        METHODS.enter(name, Method(summary, recover), recover.__module__)
        return recover

    return enter
