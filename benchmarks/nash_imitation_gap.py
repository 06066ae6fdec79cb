"""How long the Nash imitation gap of 1001 policies of the paper's game takes at H = 50, once compiled.

python benchmarks/nash_imitation_gap.py
"""

import os
import statistics
import time

import jax
import jax.numpy as jnp

import mfg_imitation as mfg

N_POLICIES, HORIZON, RUNS = 1001, 50, 50


def main() -> None:
    game = mfg.load_game("attractor", horizon=HORIZON)
    alpha = jnp.linspace(0, 1, N_POLICIES)[:, None, None, None]
    policies = (1 - alpha) * game.known_expert() + alpha * jax.nn.one_hot(1, len(game.actions))

    def measure() -> float:
        start = time.perf_counter()
        mfg.nash_imitation_gap(game, policies).block_until_ready()
        return 1000 * (time.perf_counter() - start)

    compilation = measure()
    times = [measure() for _ in range(RUNS)]
    print(f"NIG of {N_POLICIES} policies of the attractor, H = {HORIZON}, {os.cpu_count()} cores, {RUNS} runs:")
    print(f"median {statistics.median(times):.2f} ms, min {min(times):.2f} ms (first call {compilation:.0f} ms)")


if __name__ == "__main__":
    main()
