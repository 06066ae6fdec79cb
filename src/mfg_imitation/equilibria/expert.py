"""Nash equilibria: the expert that is imitated, with the measured exploitability it carries."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import tolerance_of
from mfg_imitation.engine.flow import check_along
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.value import reward_range
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game


class Convergence(NamedTuple):
    """Exploitability of the best policy found so far, at every check.

    Attributes:
        iterations: steps taken until the check.
        exploitability: in the game's unit of reward; never increases.
    """

    iterations: Float[np.ndarray, " checks"]
    exploitability: Float[np.ndarray, " checks"]


class Equilibrium(NamedTuple):
    """A policy offered as a Nash equilibrium (paper, Definition 3).

    Attributes:
        policy: pi^E_n(a | s), shape [H, S, A].
        exploitability: measured, what one agent could gain by deviating, in the game's unit of reward (Definition 5).
        iterations: of the solver; 0 for a policy known in closed form.
        status: "known" for a policy known in closed form, "converged" when the tolerance was met, else
            "iteration limit".
        convergence: how the solver got there; the one measurement for a known policy.
    """

    policy: Float[Array, "H S A"]
    exploitability: float
    iterations: int
    status: str
    convergence: Convergence


def known_expert(game: Game, tolerance: float | None = None) -> Equilibrium:
    """The game's known expert, checked: its exploitability must not exceed `tolerance`.

    Args:
        tolerance: in units of reward over the horizon; None for what rounding may leave of 0, `tolerance_of` the policy
            times the reward's range and the horizon.

    Raises:
        InputError: the game knows no expert, or the one it knows is not an equilibrium.
    """
    policy = game.known_expert()
    if policy is None:
        raise InputError("expert: the game declares no expert policy")
    check_along(game, policy)
    exploitability = float(nash_imitation_gap(game, policy))
    if tolerance is None:
        tolerance = tolerance_of(policy) * float(reward_range(game)) * game.horizon
    if not exploitability <= tolerance:
        raise InputError(
            f"expert.policy: its exploitability is {exploitability:.3g}, above the tolerance {tolerance:.3g}"
        )
    return Equilibrium(policy, exploitability, 0, "known", Convergence(np.zeros(1), np.array([exploitability])))
