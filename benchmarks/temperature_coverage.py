"""How often the interval of an estimated temperature holds the true one: quantal responses of two games.

An interval of 95% holds the truth in 93 or more of 100 repetitions with probability 0.87, and in 90 or more with
probability 0.99.
"""

import sys
from time import perf_counter

import numpy as np

import mfg_imitation as mfg

REPETITIONS, TRAJECTORIES = 100, 500

#: Games and the temperatures of their players, in units of reward.
CASES = (("sis", 0.3), ("malware", 0.2))


def main(repetitions: int) -> None:
    for name, truth in CASES:
        game = mfg.load_game(name)
        policy, begin, found = mfg.quantal_response(game, truth).policy, perf_counter(), []
        for seed in range(repetitions):
            sample = mfg.sample_demonstrations(game, policy, TRAJECTORIES, seed)
            found.append(mfg.quantal_response_temperature(sample, game))
        held = sum(one.low <= truth <= one.high for one in found)
        estimates = [one.temperature for one in found]
        print(
            f"{name}: the interval held in {held} of {repetitions}; median {np.median(estimates):.4f} (true {truth}), "
            f"{min(estimates):.4f} to {max(estimates):.4f}; {(perf_counter() - begin) / repetitions:.2f} s each",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS)
