"""The games, experts and demonstrations that large fits are measured on: python setting.py SIDE M SEED FILE.npz

Everyone begins in a corner, and nobody gets farther than H - 1 cells. So the expert of a large grid is that of its
corner of H x H cells, where the others go that deviate too; elsewhere it does not matter.
"""

import json
import sys
import time

import jax.numpy as jnp
import numpy as np

import mfg_imitation as mfg

HORIZON, LABEL_NOISE = 50, 0.05


def grid(side: int):
    return mfg.load_game("grid_open", rows=side, columns=side, start="corner", horizon=HORIZON)


def expert(side: int):
    """The policy, and its exploitability in the whole grid."""
    corner = min(side, HORIZON)
    found = mfg.solve_equilibrium(grid(corner), iterations=1000, progress=False).policy
    policy = np.full((HORIZON, side, side, found.shape[-1]), 1 / found.shape[-1])
    policy[:, :corner, :corner] = np.asarray(found).reshape(HORIZON, corner, corner, -1)
    policy = jnp.asarray(policy.reshape(HORIZON, side**2, -1))
    return policy, float(mfg.nash_imitation_gap(grid(side), policy))


if __name__ == "__main__":
    side, size, seed = map(int, sys.argv[1:4])
    game, begun = grid(side), time.perf_counter()
    policy, exploitability = expert(side)
    solved = time.perf_counter()
    drawn = mfg.sample_demonstrations(game, policy, size, seed, LABEL_NOISE)
    states, actions = map(np.asarray, drawn[:2])
    seconds = {"expert_seconds": solved - begun, "sampling_seconds": time.perf_counter() - solved}
    np.savez(sys.argv[4], states=states, actions=actions, population=mfg.population_flow(game, policy))
    visited = len(np.unique(np.arange(HORIZON) * side**2 + states))
    print(json.dumps({"exploitability": exploitability, "visited": visited, **seconds}))
