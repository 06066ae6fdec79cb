"""Equilibrium of a congested grid of 200 x 200 by online mirror descent, H = 50: seconds, memory, what is reached.

python benchmarks/equilibrium.py

The exploitability is measured, of the policy that is returned; beside it that of the uniform policy, where the descent
begins, and both as a share of the reward's range over the horizon, which is the unit of `default_tolerance`.
"""

import os
import resource
import time

import mfg_imitation as mfg
from mfg_imitation.equilibria.solve import default_tolerance

SIDE, HORIZON, ITERATIONS = 200, 50, 1000


def main() -> None:
    game = mfg.load_game("grid_open", rows=SIDE, columns=SIDE, start="corner", horizon=HORIZON)
    start = time.perf_counter()
    found = mfg.solve_equilibrium(game, iterations=ITERATIONS, progress=False)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    unit = 1000 * default_tolerance(game)
    print(f"Equilibrium of a grid of {SIDE} x {SIDE}, H = {HORIZON}, online mirror descent, {os.cpu_count()} cores:")
    checks = zip(*found.convergence, strict=True)
    marks = [(int(n), gap) for n, gap in checks if n in (0, 25, 100, 250, 500) or n == found.iterations]
    for n, gap in marks:
        print(f"after {n:4d} iterations: exploitability {gap:.3g}, {gap / unit:.2e} of the reward's range x H")
    each = 1000 * seconds / found.iterations
    print(f"{found.status} in {seconds:.0f} s, {each:.0f} ms an iteration, peak {peak:.2f} GiB")


if __name__ == "__main__":
    main()
