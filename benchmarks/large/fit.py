"""One fit in a process of its own: python fit.py NAME SIDE M SETTING.npz

The same call before it, of one iteration where there are any, compiles; its seconds are reported apart.
"""

import json
import re
import sys
import time
from pathlib import Path

import jax
import numpy as np
from setting import LABEL_NOISE, grid

import mfg_imitation as mfg

#: What is fitted, and the most iterations of each that has any.
FITS = {
    "BC": (lambda data, game, flow: mfg.behavioral_cloning(data, game), None),
    "BC, by evidence": (lambda data, game, flow: mfg.cloning_by_evidence(data, game), None),
    "likelihood": (
        lambda data, game, flow, n: mfg.trajectory_likelihood(data, game, flow, max_iterations=n),
        5000,
    ),
    "vanilla-ADV, linear program": (lambda data, game, flow: mfg.vanilla_adv(data, game, population=flow), None),
    "vanilla-ADV, first order": (
        lambda data, game, flow, n: mfg.vanilla_adv(
            data, game, population=flow, method="first_order", iterations=n, tolerance=1e-2
        ),
        1000,
    ),
    "MFC-ADV": (lambda data, game, flow, n: mfg.mfc_adv(data, game, iterations=n), 200),
    "BC, network": (lambda data, game, flow, n: mfg.network_policy(data, game, iterations=n), 100),
    "MFC-ADV, network": (lambda data, game, flow, n: mfg.mfc_adv_network(data, game, iterations=n), 100),
}


def main(name: str, side: int, size: int, path: str) -> None:
    game, setting = grid(side), np.load(path)
    data = mfg.Demonstrations(setting["states"], setting["actions"], label_noise=LABEL_NOISE).first(size)
    fit, iterations = FITS[name]
    compiling = timed(fit, data, game, setting["population"], *[1] * (iterations is not None))
    measured = timed(fit, data, game, setting["population"], *[iterations] * (iterations is not None))
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
    found = measured.pop("fit")
    row = {"first_seconds": compiling["seconds"], **measured, "peak_mib": peak}
    row["gap"] = float(mfg.nash_imitation_gap(game, found.policy))
    row |= {"objective": found.objective, "certificate": found.certificate, "status": found.status}
    print(json.dumps(row | {"iterations": found.iterations, "allowed": iterations}))


def timed(fit, *arguments) -> dict:
    """The fit, its seconds, and those that all processors together spent on it."""
    start, spent = time.perf_counter(), time.process_time()
    found = fit(*arguments)
    jax.block_until_ready(found.policy)
    return {"fit": found, "seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - spent}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
