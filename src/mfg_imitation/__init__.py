"""Imitation learning in mean-field games: exact gaps, proxies and the games to measure them on.

Importing the package makes JAX compute in 64-bit floats, unless JAX's own environment variable says JAX_ENABLE_X64=0:
32-bit floats halve the memory of a large game, at an error that `make bench` measures. What is named here is imported
when it is first used: much that the workflow runs, such as drawing, never needs JAX.
"""

import os
import sys

import lazy_loader

os.environ.setdefault("JAX_ENABLE_X64", "1")
if "jax" in sys.modules:  # which has read the variable, or not; in its own words:
    _off = os.environ["JAX_ENABLE_X64"].lower() in ("n", "no", "f", "false", "off", "0")
    sys.modules["jax"].config.update("jax_enable_x64", not _off)

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "data.dataset": ["Dataset", "load_dataset"],
        "engine.control": ["SocialOptimum", "social_optimum"],
        "engine.deviation": ["deviation"],
        "engine.empirical_gap": ["EmpiricalGap", "Estimate", "empirical_nash_imitation_gap"],
        "engine.flow": ["occupancy", "population_flow"],
        "engine.gaps": ["Gaps", "gaps", "nash_imitation_gap"],
        "engine.proxies": ["Proxies", "proxies"],
        "engine.tree.merged": ["MergedGap", "merged_nash_imitation_gap"],
        "engine.tree.sampled": ["SampledGap", "sampled_nash_imitation_gap"],
        "engine.value": ["BestResponse", "best_response", "policy_value"],
        "equilibria.expert": ["Equilibrium"],
        "equilibria.quantal_response": ["quantal_response"],
        "equilibria.solve": ["solve_equilibrium"],
        "errors": ["InputError"],
        "games.game": ["Game"],
        "games.game_file": ["load_game"],
        "games.noise.noisy": ["NoisyGame"],
        "games.unknown": ["UnknownGame"],
        "imitation.algorithm": ["Imitation"],
        "imitation.behavioral_cloning": ["behavioral_cloning"],
        "imitation.dagger": ["Dagger", "dagger"],
        "imitation.demonstration_files": ["load_demonstrations", "save_demonstrations"],
        "imitation.demonstrations": ["Demonstrations", "empirical_occupancy", "sample_demonstrations"],
        "imitation.divergence": ["match_divergence"],
        "imitation.evidence": ["cloning_by_evidence"],
        "imitation.label_noise": ["NoiseInterval", "label_noise_interval"],
        "imitation.learned_kernel": ["learn_kernel"],
        "imitation.likelihood_evidence": ["likelihood_by_evidence"],
        "imitation.likelihood_network": ["likelihood_network"],
        "imitation.mfc_adv": ["mfc_adv"],
        "imitation.mfc_adv_deviation": ["mfc_adv_deviation"],
        "imitation.mfc_adv_network": ["mfc_adv_network"],
        "imitation.mfc_adv_simulated": ["mfc_adv_simulated"],
        "imitation.most_frequent": ["most_frequent_action"],
        "imitation.network": ["network_policy"],
        "imitation.parameter_likelihood": ["ParameterFit", "estimate_parameters"],
        "imitation.population_likelihood": ["population_likelihood"],
        "imitation.recovered_reward": ["RecoveredReward", "recover_reward"],
        "imitation.simulator": ["player_simulator"],
        "imitation.trajectory_likelihood": ["LikelihoodFit", "trajectory_likelihood"],
        "imitation.vanilla_adv": ["vanilla_adv"],
        "rewards.consistent": ["ConsistentRewards", "consistent_rewards"],
        "studies.temperature": ["Temperature", "quantal_response_temperature"],
        "theory.bounds": ["upper_bounds"],
    },
)
