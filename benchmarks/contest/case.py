"""The game that all contestants measure, and what each of them reports."""

import json
import resource
import time

import numpy as np

ACTIONS = 5


def measure(function, runs: int) -> tuple[float, list[float]]:
    """The value of `function()`, called once before, and the seconds of each of `runs` further calls."""
    value, seconds = float(function()), []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return value, seconds


def report(value: float, seconds: list[float], **more) -> None:
    """One line of JSON: what `contest.py` reads."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"value": value, "seconds": float(np.median(seconds)), "peak_gib": peak, **more}))
