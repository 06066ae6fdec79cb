"""Tiny games with common noise, and their recursions in plain NumPy, history by history."""

import itertools

import numpy as np

import mfg_imitation as mfg
from mfg_imitation.theory.noisy_games import random_noisy_game


def tiny(seed: int, horizon: int = 3, states: int = 2, actions: int = 2) -> mfg.NoisyGame:
    return random_noisy_game(
        seed, states=states, actions=actions, horizon=horizon, transition_lipschitz=0.8, reward_lipschitz=1.5
    )


def number(history, n_noise=2) -> int:
    found = 0
    for noise in history:
        found = found * n_noise + noise
    return found


def histories(game, length):
    return list(itertools.product(range(len(game.games)), repeat=length))


def probability(game, history) -> float:
    initial, transition = np.asarray(game.noise_initial), np.asarray(game.noise_transition)
    found = initial[history[0]]
    for before, after in itertools.pairwise(history):
        found *= transition[before, after]
    return float(found)


def kernel(game, history, mu):
    return np.asarray(game.games[history[-1]].transition(len(history) - 1, mu))


def reward(game, history, mu):
    return np.asarray(game.games[history[-1]].reward(len(history) - 1, mu))


def flows(game, policy) -> dict:
    """mu after every history, given it."""
    found = {history: np.asarray(game.initial) for history in histories(game, 1)}
    for length in range(2, game.horizon + 1):
        for history in histories(game, length):
            before = history[:-1]
            joint = found[before][:, None] * np.asarray(policy[length - 2][number(before)])
            found[history] = np.einsum("sa,sat->t", joint, kernel(game, before, found[before]))
    return found


def value(game, policy, populations) -> float:
    """What one agent earns with `policy` in given populations, a sum over whole histories."""
    total = 0.0
    for history in histories(game, game.horizon):
        mass, earned = np.asarray(game.initial), 0.0
        for n in range(game.horizon):
            here = history[: n + 1]
            joint = mass[:, None] * np.asarray(policy[n][number(here)])
            earned += float((joint * reward(game, here, populations[here])).sum())
            mass = np.einsum("sa,sat->t", joint, kernel(game, here, populations[here]))
        total += probability(game, history) * earned
    return total


def random_policy(game, rng) -> list:
    n_noise, horizon, n_states, n_actions = game.sizes
    return [rng.dirichlet(np.ones(n_actions), (n_noise ** (n + 1), n_states)) for n in range(horizon)]
