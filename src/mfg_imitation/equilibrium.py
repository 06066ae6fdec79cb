"""Nash equilibria: the expert that is imitated, with the measured exploitability it carries."""

from typing import NamedTuple

from jaxtyping import Array, Float

from mfg_imitation.checks import InputError
from mfg_imitation.game import Game
from mfg_imitation.value import nash_imitation_gap


class Equilibrium(NamedTuple):
    """A policy offered as a Nash equilibrium (paper, Definition 3).

    Attributes:
        policy: pi^E_n(a | s), shape [H, S, A].
        exploitability: measured, what one agent could gain by deviating, in the game's unit of reward (Definition 5).
        iterations: of the solver; 0 for a policy known in closed form.
        status: "known" for a policy known in closed form.
    """

    policy: Float[Array, "H S A"]
    exploitability: float
    iterations: int
    status: str


def known_expert(game: Game, tolerance: float = 1e-9) -> Equilibrium:
    """The game's known expert, checked: its exploitability must not exceed `tolerance` (units of reward).

    Raises:
        InputError: the game knows no expert, or the one it knows is not an equilibrium.
    """
    policy = game.known_expert()
    if policy is None:
        raise InputError("expert: the game declares no expert policy")
    exploitability = float(nash_imitation_gap(game, policy))
    if exploitability > tolerance:
        raise InputError(
            f"expert.policy: its exploitability is {exploitability:.3g}, above the tolerance {tolerance:.3g}"
        )
    return Equilibrium(policy, exploitability, 0, "known")
