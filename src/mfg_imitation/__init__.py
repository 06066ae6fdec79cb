"""Imitation learning in mean-field games: exact gaps, proxies and the games to measure them on.

Importing the package switches JAX to 64-bit floats.
"""

import jax

jax.config.update("jax_enable_x64", True)

from mfg_imitation.bounds import upper_bounds  # noqa: E402
from mfg_imitation.checks import InputError  # noqa: E402
from mfg_imitation.control import SocialOptimum, social_optimum  # noqa: E402
from mfg_imitation.equilibrium import Equilibrium, solve_equilibrium  # noqa: E402
from mfg_imitation.flow import occupancy, population_flow  # noqa: E402
from mfg_imitation.game import Game  # noqa: E402
from mfg_imitation.games import load_game  # noqa: E402
from mfg_imitation.proxies import Proxies, proxies  # noqa: E402
from mfg_imitation.value import (  # noqa: E402
    BestResponse,
    Gaps,
    best_response,
    gaps,
    nash_imitation_gap,
    policy_value,
)

__all__ = [
    "BestResponse",
    "Equilibrium",
    "Game",
    "Gaps",
    "InputError",
    "Proxies",
    "SocialOptimum",
    "best_response",
    "gaps",
    "load_game",
    "nash_imitation_gap",
    "occupancy",
    "policy_value",
    "population_flow",
    "proxies",
    "social_optimum",
    "solve_equilibrium",
    "upper_bounds",
]
