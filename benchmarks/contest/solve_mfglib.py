"""MFGLib's algorithms: python solve_mfglib.py CASE.npz GAME ALGORITHM default|tuned LIMIT TARGET TRACE.npz

In double precision, but for the occupation-measure inclusion, which is written for single precision. What the tuner
finds is kept beside the case, for further runs.
"""

import json
import pickle
import sys
import time
from pathlib import Path

import mfglib.alg as algorithms  # before its environments, or MFGLib's imports run in a circle
import numpy as np
import optuna
import torch
from case import repeated
from games import GAMES
from mfglib.alg import abc, mf_omo
from mfglib.env import Environment
from mfglib.scoring import exploitability_score
from mfglib.tuning import GeometricMean

CASE, NAME, ALGORITHM, WAY, LIMIT, TARGET, TRACE = sys.argv[1:]
MOST_ITERATIONS, TRIAL_ITERATIONS, TUNING = 10**8, 200, 2
deadline = np.inf


def main() -> None:
    single = ALGORITHM == "OccupationMeasureInclusion"
    torch.set_default_dtype(torch.float32 if single else torch.float64)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    case, environment = np.load(CASE), made()
    shape = (environment.T + 1, *environment.S, *environment.A)
    value = exploitability_score(environment, torch.tensor(case["policy"]).to(torch.get_default_dtype()).reshape(shape))
    for module in (abc, mf_omo):  # MFGLib knows no time limit, but asks once an iteration whether to stop
        module._trigger_early_stopping = late(module._trigger_early_stopping)
    algorithm = getattr(algorithms, ALGORITHM)()
    algorithm.solve(environment, max_iter=2, atol=None, rtol=None)  # torch imports parts of itself when first used
    tuning = 0.0
    if WAY == "tuned":
        kept = Path(CASE).with_name(f"{ALGORITHM}.pickle")
        if not kept.exists():
            start = time.perf_counter()
            kept.write_bytes(pickle.dumps(tuned(algorithm, environment)))
            tuning = time.perf_counter() - start
        algorithm = pickle.loads(kept.read_bytes())
    target = float(TARGET)

    def solved():
        limited(float(LIMIT))
        return algorithm.solve(environment, max_iter=MOST_ITERATIONS, atol=target, rtol=None)

    (policies, gaps, seconds), *others = repeated(solved)
    if len({len(seconds), *(len(again[2]) for again in others)}) == 1:  # of some, iterations are not the same
        seconds = np.median([seconds, *(again[2] for again in others)], axis=0)
    kept, best = [], np.inf
    for i, gap in enumerate(gaps):
        if gap < 0.99 * best or (gap <= target and gap < best):
            best = gap
            kept.append(i)
    kept = kept or [0]
    policies = np.stack([policies[i].numpy().reshape(case["policy"].shape) for i in kept])
    np.savez(TRACE, seconds=np.array(seconds)[kept], policies=policies)
    print(json.dumps({"value": value, "single": single, "tuning": tuning}))


def made() -> Environment:
    if GAMES[NAME].mfglib == "grid":
        from with_mfglib import environment

        return environment
    constructor, arguments = GAMES[NAME].mfglib
    return getattr(Environment, constructor)(**arguments)


def tuned(algorithm, environment):
    """With the parameters that MFGLib's tuner finds in `TUNING` times as many seconds as a run may take."""
    limited(TUNING * float(LIMIT))
    study = algorithm.tune(
        metric=GeometricMean(),
        envs=[environment],
        solve_kwargs={"max_iter": TRIAL_ITERATIONS, "atol": None, "rtol": None},
        timeout=TUNING * float(LIMIT),
    )
    return algorithm.from_study(study)


def limited(seconds: float) -> None:
    global deadline
    deadline = time.perf_counter() + seconds


def late(stop):
    return lambda *scores: time.perf_counter() > deadline or stop(*scores)


main()
