"""Imitation learning in mean-field games: exact gaps, proxies and the games to measure them on.

Importing the package makes JAX compute in 64-bit floats, unless JAX's own environment variable says JAX_ENABLE_X64=0:
32-bit floats halve the memory of a large game, at an error that `make bench` measures. What is named here is imported
when it is first used: much that the workflow runs, such as drawing, never needs JAX.
"""

import os
import sys

import lazy_loader

os.environ.setdefault("JAX_ENABLE_X64", "1")
if "jax" in sys.modules:
    sys.modules["jax"].config.update("jax_enable_x64", os.environ["JAX_ENABLE_X64"].lower() not in ("0", "false"))

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bounds": ["upper_bounds"],
        "cloning": ["behavioral_cloning"],
        "control": ["SocialOptimum", "social_optimum"],
        "demonstration_files": ["load_demonstrations", "save_demonstrations"],
        "demonstrations": ["Demonstrations", "empirical_occupancy", "sample_demonstrations"],
        "empirical_gap": ["EmpiricalGap", "Estimate", "empirical_nash_imitation_gap"],
        "equilibrium": ["Equilibrium", "solve_equilibrium"],
        "errors": ["InputError"],
        "flow": ["occupancy", "population_flow"],
        "game": ["Game"],
        "games.files": ["load_game"],
        "imitation": ["Imitation"],
        "mfc_adversary": ["mfc_adv"],
        "mfc_sampled": ["mfc_adv_sampled", "player_simulator"],
        "proxy": ["Proxies", "proxies"],
        "vanilla": ["vanilla_adv"],
        "value": ["BestResponse", "Gaps", "best_response", "gaps", "nash_imitation_gap", "policy_value"],
    },
)
