"""What a policy loses: one agent by not deviating, or all of them beside the experts."""

from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import gaps
from mfg_imitation.games.game import Game


def losses(game: Game, experts: Float[Array, "H S A"], policy: Float[Array, "H S A"]) -> dict[str, float]:
    """nash_imitation_gap of a policy, value_gap (what the experts' population earns more) and loss (the larger one)."""
    found = gaps(game, experts, policy)
    gap, behind = float(found.nash_imitation_gap), float(found.population_value_gap)
    return {"nash_imitation_gap": gap, "value_gap": behind, "loss": max(gap, behind)}
