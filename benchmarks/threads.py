"""Eight jobs at once on the cores there are: their threads bound, as the workflow's rules do, and free.

python benchmarks/threads.py
"""

import os
import statistics
import subprocess
import sys
import time

JOBS, RUNS = 8, 5

#: What one job does: policies fitted in two small games, as the rule `imitation` does.
WORK = """
import sys
from mfg_imitation.machine import bound
if sys.argv[1] == "bound":
    bound(1)
import numpy as np
import mfg_imitation as mfg
for name in ("sheltered_attractor", "malware"):
    game = mfg.load_game(name, horizon=30)
    target = np.broadcast_to(np.asarray(mfg.occupancy(game, game.uniform_policy())), (20, *game.policy_shape))
    mfg.mfc_adv(target, game, iterations=500).policy.block_until_ready()
"""


def measure(threads: str) -> float:
    start = time.perf_counter()
    jobs = [subprocess.Popen([sys.executable, "-c", WORK, threads]) for _ in range(JOBS)]
    if any(job.wait() for job in jobs):
        raise SystemExit("a job failed")
    return time.perf_counter() - start


def main() -> None:
    times = {threads: [] for threads in ("bound", "free")}
    for _ in range(RUNS):  # in turn, so that both meet the same machine
        for threads, measured in times.items():
            measured.append(measure(threads))
    bound, free = (statistics.median(measured) for measured in times.values())
    print(f"{JOBS} jobs at once on {os.cpu_count()} cores, medians of {RUNS} runs:")
    print(f"one thread each {bound:.1f} s, as many as XLA takes {free:.1f} s, ratio {free / bound:.2f}")


if __name__ == "__main__":
    main()
