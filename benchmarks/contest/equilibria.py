"""How long it takes to an equilibrium, beside every algorithm of MFGLib and OpenSpiel's mirror descent, on one machine.

python benchmarks/contest/equilibria.py [PEERS_PYTHON] [--limit SECONDS] [--rounds N] [--games NAME ...]

Asked for is an exploitability of 1e-3 and of 1e-6 of the reward's range times H. The games are MFGLib's, which ours
rewrite, a congested grid, and OpenSpiel's crowd modelling, which ours import. Each run is a process of its own, and
hands back its policies with the seconds at which it had them. Here they are all measured by one function,
`nash_imitation_gap`; before that, each peer's own measure of one random policy is compared with it. MFGLib's algorithms
run with their default parameters, and with those that MFGLib's tuner finds on the same game. The tuner's seconds are
shown apart, and so are ours of compilation. All begin at the uniform policy. A run ends at 1e-6 or after `--limit`
seconds; the tuner has as long. What reached 1e-3 in the first round runs again in the others, and seconds are medians
of the rounds. Writes data/tables/benchmarks/equilibria.csv, equilibria.md beside it, and
figures/benchmarks/equilibria.png.
"""

import argparse
import json
import os
import site
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from games import GAMES, RELATIVE
from matplotlib.figure import Figure

HERE = Path(__file__).parent
TABLE, FIGURE = Path("data/tables/benchmarks/equilibria.csv"), Path("figures/benchmarks/equilibria.png")
OURS = ("implicit_mirror_descent", "online_mirror_descent")
MFGLIB = ("FictitiousPlay", "OnlineMirrorDescent", "PriorDescent", "MFOMO", "OccupationMeasureInclusion")
#: How far a peer's measure of a policy may be off: in double precision, and in the single one that MFGLib's
#: occupation-measure inclusion is written for.
DOUBLE, SINGLE = 1e-9, 1e-4
COLUMNS = [f"{relative:.0e}" for relative in RELATIVE]
MEASURED = 256  # policies at a time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peers", nargs="?")
    parser.add_argument("--limit", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    asked = parser.parse_args()
    if asked.peers is None:
        print("MFGLib and OpenSpiel: not installed, skipped")
    else:
        print_path = "import site; print(site.getsitepackages()[0])"
        os.environ["PEERS"] = subprocess.check_output([asked.peers, "-c", print_path], text=True).strip()
        site.addsitedir(os.environ["PEERS"])  # ours import OpenSpiel's games, behind this environment's own packages
    runs = []
    for name in asked.games:
        if GAMES[name].needs_peers and asked.peers is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            runs += play(name, Path(folder), asked)
    table = summary(pd.DataFrame(runs), asked.limit)
    for path in (TABLE, FIGURE):
        path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(TABLE, index=False)
    TABLE.with_suffix(".md").write_text(markdown(table, asked.limit), encoding="utf-8")
    draw(table, asked.limit).savefig(FIGURE, dpi=150)
    print(markdown(table, asked.limit))
    print(f"{TABLE} and {FIGURE}, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def play(name: str, folder: Path, asked) -> list[dict]:
    """Every contestant's runs of one game."""
    contested = GAMES[name]
    game = contested.load()
    case = contested.write(game, folder / "case.npz")
    contestants = [(method, "default", sys.executable, "solve_engine.py") for method in contested.ours(game, OURS)]
    if asked.peers is not None and contested.mfglib:
        ways = [(algorithm, way) for algorithm in MFGLIB for way in ("default", "tuned")]
        contestants += [(*way, asked.peers, "solve_mfglib.py") for way in ways]
    if asked.peers is not None and contested.open_spiel:
        contestants.append(("MirrorDescent", "default", asked.peers, "solve_open_spiel.py"))
    runs, failed = [], set()
    for round_ in range(asked.rounds):
        for algorithm, way, python, script in contestants:
            if (script, algorithm, way) in failed:
                continue
            run = one_run(name, game, case, folder, (python, script, algorithm, way), asked.limit)
            runs.append(run | {"round": round_})
            if not np.isfinite(run[COLUMNS[0]]):
                failed.add((script, algorithm, way))
    return runs


def one_run(name, game, case: dict, folder: Path, contestant, limit: float) -> dict:
    """Seconds to each exploitability; infinite where the run did not come so far."""
    python, script, algorithm, way = contestant
    trace = folder / "trace.npz"
    trace.unlink(missing_ok=True)
    command = [python, HERE / script, folder / "case.npz", name, algorithm, way, str(limit), trace]
    peer = {"solve_engine.py": "ours", "solve_mfglib.py": "MFGLib", "solve_open_spiel.py": "OpenSpiel"}[script]
    who = {"game": name, "states": game.policy_shape[1], "horizon": game.horizon}
    who |= {"contestant": f"{peer}: {algorithm}", "parameters": way}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "JAX_ENABLE_X64": "1"})
    if done.returncode:
        print(f"{name}, {who['contestant']} ({way}): failed", flush=True)
        return who | dict.fromkeys(COLUMNS, np.inf) | {"best": np.nan, "note": "failed"}
    said = json.loads(done.stdout.splitlines()[-1])
    error = abs(said["value"] - case["value"])
    if not error <= (SINGLE if said.get("single") else DOUBLE) * max(1, abs(case["value"])):
        sys.exit(f"{name}: {who['contestant']} says {said['value']} of a policy, but the engine {case['value']}")
    with np.load(trace) as found:
        seconds, gaps = found["seconds"], measured(game, found["policies"])
    row = who | {"error": error, "best": gaps.min() / case["unit"], "note": ""}
    row |= {"compilation": said.get("compilation", 0.0), "tuning": said.get("tuning", 0.0)}
    for column, target in zip(COLUMNS, case["targets"], strict=True):
        reached = np.flatnonzero((gaps <= target) & (seconds <= limit))
        row[column] = seconds[reached[0]] if reached.size else np.inf
    print(
        f"{name}, {who['contestant']} ({way}): " + ", ".join(f"{row[c]:.3g} s to {c}" for c in COLUMNS),
        f"best {row['best']:.1e}",
        flush=True,
    )
    return row


def measured(game, policies) -> np.ndarray:
    """Exploitability of each policy [N, H, S, A], by this engine."""
    import mfg_imitation as mfg

    measure = jax.jit(lambda batch: mfg.nash_imitation_gap(game, batch))
    policies = np.asarray(policies, float).clip(0)
    policies /= policies.sum(axis=-1, keepdims=True)  # as single precision leaves them
    return np.concatenate([measure(policies[i : i + MEASURED]) for i in range(0, len(policies), MEASURED)])


def summary(runs: pd.DataFrame, limit: float) -> pd.DataFrame:
    """A row for each game and contestant: medians over the rounds, in the order in which they ran."""
    by = ["game", "states", "horizon", "contestant", "parameters"]
    grouped = runs.groupby(by, sort=False)
    table = grouped[[*COLUMNS, "best", "compilation", "tuning", "error"]].median()
    table["runs"] = grouped.size()
    return table.assign(limit=limit).reset_index()


def markdown(table: pd.DataFrame, limit: float) -> str:
    """The table for readers: seconds, and what was not reached."""
    names = ["game", "contestant", "parameters", *(f"s to {c}" for c in COLUMNS), "best", "compilation, s", "tuning, s"]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for row in table.to_dict("records"):
        seconds = [f"{row[c]:.3g}" if np.isfinite(row[c]) else f"not in {limit:g}" for c in COLUMNS]
        cells = [row["game"], row["contestant"], row["parameters"], *seconds, f"{row['best']:.1e}"]
        cells += [f"{row[key]:.2g}" if row[key] > 0 else "" for key in ("compilation", "tuning")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def draw(table: pd.DataFrame, limit: float) -> Figure:
    """Seconds of every contestant in every game, a panel for each exploitability; at the right edge: not reached."""
    figure, axes = plt.subplots(1, len(COLUMNS), figsize=(12, 5.5), layout="constrained", sharey=True)
    games = list(dict.fromkeys(table.game))
    label = table.contestant + np.where(table.parameters == "tuned", ", tuned", "")
    for ax, column in zip(axes, COLUMNS, strict=True):
        for i, (contestant, own) in enumerate(table.groupby(label, sort=False)):
            height = [games.index(game) for game in own.game] + np.full(len(own), 0.05 * (i - label.nunique() / 2))
            seconds = own[column].where(np.isfinite(own[column]), 2 * limit)
            marker = "D" if contestant.startswith("ours") else "^" if "tuned" in contestant else "o"
            ax.semilogx(seconds, height, marker, color=plt.get_cmap("tab20")(i % 20), label=contestant)
        ax.axvline(limit, color="0.7", linewidth=0.8)
        ax.set(xlabel="s", title=f"to {column} of range x H; beyond the line: not in {limit:g} s")
    axes[0].set_yticks(range(len(games)), games)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return figure


if __name__ == "__main__":
    main()
