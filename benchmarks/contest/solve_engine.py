"""This engine, with its defaults: python solve_engine.py CASE.npz GAME ours default LIMIT TARGET TRACE.npz

The limit is not kept here, but counted afterwards: a solver ends at its own limit of iterations.
"""

import json
import os
import site
import sys
import time

import numpy as np
from case import repeated
from games import GAMES

if "PEERS" in os.environ:  # for OpenSpiel's games, which are imported
    site.addsitedir(os.environ["PEERS"])

import mfg_imitation as mfg

CASE, NAME, _, _, _, TARGET, TRACE = sys.argv[1:]


def main() -> None:
    case, game = np.load(CASE), GAMES[NAME].load()
    targets = [float(target) for target in case["targets"] if target >= float(TARGET)]
    value = float(mfg.nash_imitation_gap(game, case["policy"]))
    compiling, found = 0.0, []
    for target in targets:
        first, _ = timed(game, target)
        (seconds, policy), *others = repeated(lambda target=target: timed(game, target))
        found.append((float(np.median([seconds, *(pair[0] for pair in others)])), policy))
        compiling = max(compiling, first - found[-1][0])
    seconds, policies = zip(*found, strict=True)
    np.savez(TRACE, seconds=seconds, policies=np.stack(policies))
    print(json.dumps({"value": value, "compilation": compiling}))


def timed(game, target):
    """Seconds to an exploitability, and the policy."""
    start = time.perf_counter()
    found = mfg.solve_equilibrium(game, tolerance=target, progress=False)
    return time.perf_counter() - start, np.asarray(found.policy)


main()
