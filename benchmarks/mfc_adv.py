"""How long MFC-ADV takes for 20 seeds of noisy demonstrations of the sheltered attractor at H = 30, once compiled.

python benchmarks/mfc_adv.py
"""

import os
import statistics
import time

import numpy as np

import mfg_imitation as mfg
from mfg_imitation.imitation.mfc_adv import mfc_adv

N_SEEDS, HORIZON, ITERATIONS, N_DEMONSTRATIONS, LABEL_NOISE, RUNS = 20, 30, 2000, 1000, 0.05, 5


def main() -> None:
    game = mfg.load_game(
        "sheltered_attractor", horizon=HORIZON, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )
    labels = (1 - LABEL_NOISE) * np.asarray(game.known_expert())[0, 0] + LABEL_NOISE / len(game.actions)
    target = np.zeros((N_SEEDS, *game.policy_shape))
    drawn = np.random.default_rng(0).multinomial(N_DEMONSTRATIONS, labels, (N_SEEDS, HORIZON))
    target[:, :, 0] = drawn / N_DEMONSTRATIONS  # the experts never leave the first state

    print(f"MFC-ADV, {ITERATIONS} iterations x {N_SEEDS} seeds x 2 starts, H = {HORIZON}, {os.cpu_count()} cores:")
    for objective in ("sum", "max"):

        def measure(objective=objective):
            start = time.perf_counter()
            fit = mfc_adv(target, game, objective, iterations=ITERATIONS)
            fit.policy.block_until_ready()
            return time.perf_counter() - start, fit

        compilation, _ = measure()
        times, fits = zip(*(measure() for _ in range(RUNS)), strict=True)
        gaps = mfg.nash_imitation_gap(game, fits[0].policy)
        print(
            f"{objective}: median {statistics.median(times):.2f} s, min {min(times):.2f} s "
            f"(first call {compilation:.1f} s); median objective {np.median(fits[0].objective):.4f}, "
            f"certificate {np.median(fits[0].certificate):.1e}, Nash imitation gap {np.median(gaps):.4f}"
        )


if __name__ == "__main__":
    main()
