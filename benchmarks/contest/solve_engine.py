"""This engine's solvers: python solve_engine.py CASE.npz GAME METHOD default LIMIT TRACE.npz

The limit is not kept here, but counted afterwards: a solver ends at its own limit of iterations.
"""

import json
import os
import site
import sys
import time

import numpy as np
from games import GAMES

if "PEERS" in os.environ:  # for OpenSpiel's games, which are imported
    site.addsitedir(os.environ["PEERS"])

import mfg_imitation as mfg

CASE, NAME, METHOD, _, _, TRACE = sys.argv[1:]


def main() -> None:
    case, game = np.load(CASE), GAMES[NAME].load()
    value = float(mfg.nash_imitation_gap(game, case["policy"]))
    compiling, _ = timed(game, case["targets"][-1])
    seconds, policies = zip(*[timed(game, target) for target in case["targets"]], strict=True)
    np.savez(TRACE, seconds=seconds, policies=np.stack(policies))
    print(json.dumps({"value": value, "compilation": max(0.0, compiling - seconds[-1])}))


def timed(game, target):
    """Seconds to an exploitability, and the policy."""
    start = time.perf_counter()
    found = mfg.solve_equilibrium(game, method=METHOD, tolerance=float(target), progress=False)
    return time.perf_counter() - start, np.asarray(found.policy)


main()
