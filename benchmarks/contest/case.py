"""The game that all contestants measure, and what each of them reports."""

import json
import re
import time
from pathlib import Path

import numpy as np

ACTIONS = 5

#: A run of fewer seconds is repeated so often in its process.
SHORT, REPETITIONS = 0.5, 9


def measure(function, runs: int) -> tuple[float, list[float]]:
    """The value of `function()`, called once before, and the seconds of each of `runs` further calls."""
    value, seconds = float(function()), []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return value, seconds


def repeated(function) -> list:
    """What `function()` returns, again and again where it takes less than `SHORT` seconds."""
    start = time.perf_counter()
    found = [function()]
    if time.perf_counter() - start < SHORT:
        found += [function() for _ in range(REPETITIONS - 1)]
    return found


def report(value: float, seconds: list[float], **more) -> None:
    """One line of JSON: what `contest.py` reads."""
    # Linux: `getrusage` would count what the process that started this one had in use.
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 2**20
    print(json.dumps({"value": value, "seconds": float(np.median(seconds)), "peak_gib": peak, **more}))
