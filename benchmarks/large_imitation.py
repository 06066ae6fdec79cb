"""What it takes to imitate in large games: seconds, memory and Nash imitation gap of each estimator on open grids.

python benchmarks/large_imitation.py [--sides N ...] [--demonstrations M ...] [--fits NAME ...] [--limit SECONDS]

The congested grid of `config/games/grid_open.yaml`, everyone beginning in a corner, H = 50; demonstrations of its
equilibrium, a twentieth of the labels noise. Every fit is a process of its own. Its seconds are those of a second call:
the first one, of one iteration where there are any, compiles, and is reported apart. Processor seconds, of all cores
together, are what a busy machine changes least. Memory is the peak of the process, game and demonstrations included.
Against |S| all fits have the most demonstrations; against M they are of one grid. A fit that takes longer than the
limit is left out, and so are the larger grids for it. Writes data/tables/benchmarks/large_imitation.csv,
large_imitation.md beside it, and figures/benchmarks/large_imitation.png.
"""

import argparse
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

HERE = Path(__file__).parent / "large"
sys.path.insert(0, str(HERE))
from fit import FITS  # noqa: E402

TABLE, FIGURE = Path("data/tables/benchmarks/large_imitation.csv"), Path("figures/benchmarks/large_imitation.png")
SIDES, DEMONSTRATIONS = (10, 32, 100, 316), (100, 1000, 10_000)
SIDE = 100  # of the sweep over the demonstrations, or the next smaller one
#: An exponent is fitted to grids of at least so many states: below, it is constant costs that are measured.
LEAST_STATES = 1000
#: Sizes are those of one process; of the machine, what it computes with.
HEADERS = {
    "fit": "",
    "states": "states",
    "demonstrations": "M",
    "seconds": "s",
    "cpu_seconds": "processor s",
    "first_seconds": "s of the first call",
    "peak_mib": "peak MiB",
    "gap": "NIG",
    "objective": "objective",
    "certificate": "certificate",
    "iterations": "iterations",
    "status": "status",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sides", nargs="+", type=int, default=SIDES)
    parser.add_argument("--demonstrations", nargs="+", type=int, default=DEMONSTRATIONS)
    parser.add_argument("--fits", nargs="+", choices=FITS, default=list(FITS))
    parser.add_argument("--limit", type=float, default=600)
    asked = parser.parse_args()
    for path in (TABLE, FIGURE):
        path.parent.mkdir(parents=True, exist_ok=True)
    rows = measured(asked)
    if not rows:
        sys.exit(f"No fit was done within {asked.limit:g} s.")
    table = pd.DataFrame(rows)
    TABLE.with_suffix(".md").write_text(markdown(table), encoding="utf-8")
    draw(table).savefig(FIGURE, dpi=150)
    print(markdown(table))
    print(f"{TABLE} and {FIGURE}, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def measured(asked) -> list[dict]:
    """A row for every fit that was done within the limit."""
    most, rows, late = max(asked.demonstrations), [], set()
    swept = max([side for side in asked.sides if side <= SIDE], default=min(asked.sides))
    for side in sorted(asked.sides):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "setting.npz")
            made = output("setting.py", side, most, 0, path)
            if made is None:
                sys.exit(f"{side} x {side}: no expert or no demonstrations")
            setting = json.loads(made)
            print(f"{side} x {side}: {setting}", flush=True)
            for size in sorted(set(asked.demonstrations if side == swept else [most]), reverse=True):
                for name in asked.fits:
                    if (name, size) in late:
                        continue
                    done = output("fit.py", name, side, size, path, limit=asked.limit)
                    if done is None:
                        late.add((name, size))
                        print(
                            f"{name}, {side} x {side}, M = {size}: failed, or not done in {asked.limit:g} s", flush=True
                        )
                        continue
                    who = {"fit": name, "states": side**2, "horizon": 50, "demonstrations": size}
                    rows.append(who | json.loads(done) | setting)
                    pd.DataFrame(rows).to_csv(TABLE, index=False)  # outlives a run that is stopped
                    print(
                        "{fit}, {states} states, M = {demonstrations}: {seconds:.3g} s, {cpu_seconds:.3g} processor s, "
                        "{peak_mib:.0f} MiB, NIG {gap:.3g}".format(**rows[-1]),
                        flush=True,
                    )
    return rows


def output(script: str, *arguments, limit: float | None = None) -> str | None:
    """The last line that a script prints; None where it fails, for lack of memory say, or takes too long."""
    command = [sys.executable, HERE / script, *map(str, arguments)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=limit)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()[-1]


def exponent(own: pd.DataFrame, column: str) -> float:
    """Of a power of |S|; not a number where there are not two grids to tell it from."""
    own = own[(own.states >= LEAST_STATES) & (own.demonstrations == own.demonstrations.max())]
    return np.polyfit(np.log(own.states), np.log(own[column]), 1)[0] if len(set(own.states)) > 1 else np.nan


def markdown(table: pd.DataFrame) -> str:
    """The table for readers, and the exponents."""
    lines = [f"| {' | '.join(HEADERS.values())} |", "|---" * len(HEADERS) + "|"]
    for row in table.to_dict("records"):
        cells = [f"{row[key]:.3g}" if isinstance(row[key], float) else str(row[key]) for key in HEADERS]
        lines.append(f"| {' | '.join(cells)} |")
    columns = {"seconds": "seconds", "cpu_seconds": "processor seconds", "peak_mib": "memory"}
    lines += ["", f"| exponent in the states, from {LEAST_STATES} on | {' | '.join(columns.values())} |"]
    lines += ["|---" * (1 + len(columns)) + "|"]
    for name, own in table.groupby("fit", sort=False):
        grown = [exponent(own, column) for column in columns]
        if np.isfinite(grown[0]):
            lines.append(f"| {name} | {' | '.join(f'{number:.2f}' for number in grown)} |")
    return "\n".join(lines) + "\n"


def draw(table: pd.DataFrame) -> Figure:
    """Processor seconds and peak memory against |S|, gap against the number of demonstrations."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 5), layout="constrained")
    most = table[table.demonstrations == table.demonstrations.max()]
    sweep = table[table.states == table.loc[table.demonstrations.idxmin(), "states"]]
    labels = {"states": "|S|", "demonstrations": "demonstrations M"}
    labels |= {"cpu_seconds": "processor seconds", "peak_mib": "peak memory, MiB", "gap": "Nash imitation gap"}
    for ax, rows, x, y in (
        (axes[0], most, "states", "cpu_seconds"),
        (axes[1], most, "states", "peak_mib"),
        (axes[2], sweep, "demonstrations", "gap"),
    ):
        for i, name in enumerate(table.fit.unique()):
            own = rows[rows.fit == name].sort_values(x)
            ax.loglog(own[x], own[y], "os^Dv<>p"[i % 8] + "-", color=f"C{i}", label=name)
        ax.set(xlabel=labels[x], ylabel=labels[y])
    axes[2].axhline(sweep.exploitability.iloc[0], color="0.6", linestyle=":", linewidth=1)
    axes[2].set_title(f"{sweep.states.iloc[0]} states; dotted: the expert's own gap", fontsize="small")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize="small")
    return figure


if __name__ == "__main__":
    main()
