"""How fast the Nash imitation gap of one policy of a congested grid is, beside others, in one run on one machine.

python benchmarks/contest/contest.py [PEERS_PYTHON]

Contestants: this engine (64-bit, and 32-bit under JAX_ENABLE_X64=0), plain NumPy, MFGLib's exploitability_score (single
precision, its default) and OpenSpiel's nash_conv. Each runs in a process of its own, on the same arrays; values are
compared before times are looked at. The bandwidth limit is the time that a copy of as many bytes takes as the policy,
read forward and backward, and the flow, written and read, come to. Seconds are medians; ratios to the limit are medians
of pairs timed one after the other. Writes data/tables/benchmarks/contest.csv and figures/benchmarks/contest.png.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

HERE = Path(__file__).parent
TABLE, FIGURE = Path("data/tables/benchmarks/contest.csv"), Path("figures/benchmarks/contest.png")
SIDES, HORIZONS = (20, 40, 100, 200, 316, 1000), (25, 50, 100, 200)
SIDE, HORIZON = 100, 50  # of the sweeps over the horizon and over the states
#: The largest side that each of the others is asked to do, its runs there, and how far its value may be off.
OTHERS = {"reference.py": (200, 3, 1e-9), "with_mfglib.py": (40, 3, 1e-5), "with_open_spiel.py": (20, 1, 1e-6)}


def main() -> None:
    peers = sys.argv[1] if len(sys.argv) > 1 else None
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for side, horizon in [(side, HORIZON) for side in SIDES] + [(SIDE, h) for h in HORIZONS if h != HORIZON]:
            path = Path(folder, "case.npz")
            shared = [path] if horizon == HORIZON and side <= max(limit for limit, *_ in OTHERS.values()) else []
            runs = 3 if side >= 1000 else 9
            mine = run(rows, side, horizon, sys.executable, "engine.py", side, horizon, runs, *shared)
            single = run(rows, side, horizon, sys.executable, "engine.py", side, horizon, runs, single=True)
            single["error"] = abs(single["value"] - mine["value"])
            for script, (limit, runs, tolerance) in OTHERS.items() if shared else ():
                python = sys.executable if script == "reference.py" else peers
                if side <= limit and python is not None:
                    other = run(rows, side, horizon, python, script, path, runs)
                    other["error"] = abs(other["value"] - mine["value"])
                    other["ratio"] = other["seconds"] / mine["seconds"]
                    if not other["error"] <= tolerance * max(1, abs(mine["value"])):
                        sys.exit(f"{script}: {other['value']} on {side} x {side}, but the engine says {mine['value']}")
    if peers is None:
        print("MFGLib and OpenSpiel: not installed, skipped")
    table = pd.DataFrame(rows)
    for path in (TABLE, FIGURE):
        path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(TABLE, index=False)
    draw(table).savefig(FIGURE, dpi=150)
    print(table.to_string(index=False, float_format="{:.4g}".format))
    print(f"{TABLE} and {FIGURE}, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def run(rows, side, horizon, python, script, *arguments, single=False) -> dict:
    """One contestant's report, added to the rows."""
    done = subprocess.run(
        [python, HERE / script, *map(str, arguments)],
        env={**os.environ, "JAX_ENABLE_X64": "0" if single else "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    contestant = script.removesuffix(".py").removeprefix("with_") + (" 32-bit" if single else "")
    row = {"contestant": contestant, "states": side**2, "horizon": horizon, **json.loads(done.stdout.splitlines()[-1])}
    row["nanoseconds"] = 1e9 * row["seconds"] / (row["states"] * horizon)
    rows.append(row)
    print(f"{contestant}, {side} x {side}, H = {horizon}: {row['seconds']:.3g} s", flush=True)
    return row


def draw(table: pd.DataFrame) -> Figure:
    """Time against |S| and against H with fitted exponents, and peak memory against |S|."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.6), layout="constrained")
    over_states = table[table.horizon == HORIZON]
    for ax, rows, x, y, least in (
        (axes[0], over_states, "states", "seconds", 1e4),
        (axes[1], table[table.states == SIDE**2], "horizon", "seconds", 1),
        (axes[2], over_states, "states", "peak_gib", np.inf),
    ):
        for contestant, own in rows.sort_values(x).groupby("contestant", sort=False):
            fitted = own[own[x] >= least]
            label = contestant
            if len(fitted) > 2:
                exponent = np.polyfit(np.log(fitted[x]), np.log(fitted[y]), 1)[0]
                label += f": exponent {exponent:.2f}"
                print(f"{contestant}: {y} grow like {x}^{exponent:.3f}")
            ax.loglog(own[x], own[y], "o-", label=label)
        ax.set(xlabel={"states": "|S|", "horizon": "H"}[x], ylabel={"seconds": "s", "peak_gib": "peak memory, GiB"}[y])
        ax.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.2))  # covers no point
    axes[1].set_xticks(HORIZONS, HORIZONS)
    axes[1].minorticks_off()
    return figure


main()
