"""How long it takes to an equilibrium, beside every algorithm of MFGLib and OpenSpiel's mirror descent, on one machine.

python benchmarks/contest/equilibria.py [PEERS_PYTHON] [--limit SECONDS] [--rounds N] [--games NAME ...]

Asked for is an exploitability of 1e-3 and of 1e-6 of the reward's range times H. The games are MFGLib's, which ours
rewrite, a congested grid, and OpenSpiel's crowd modelling, which ours import. Each run is a process of its own, and
hands back its policies with the seconds at which it had them. Here they are all measured by one function,
`nash_imitation_gap`; before that, each peer's own measure of one random policy is compared with it. Ours is
`solve_equilibrium` with its defaults. MFGLib's algorithms run with their default parameters, and with those that
MFGLib's tuner finds on the same game. The tuner's seconds are shown apart, and so are ours of compilation. All begin at
the uniform policy.

In the first round a run ends at 1e-6 or after `--limit` seconds. The tuner has twice as long: on a busy machine it
tries less in it, and what it finds is worse. In the others only those run that came to 1e-3, with the parameters that
the tuner had found, and only as far as they came. A run of less than `case.SHORT` seconds is repeated in its process.
Seconds are medians of the rounds. Ratios are medians of the rounds' own ratios: of runs of the same minutes, so that a
busy machine slows both. Writes data/tables/benchmarks/equilibria.csv, equilibria_best.csv (ours beside the fastest of
the others), both as equilibria.md, and figures/benchmarks/equilibria.png.
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
BEST = TABLE.with_name("equilibria_best.csv")
OURS = "ours"
MFGLIB = ("FictitiousPlay", "OnlineMirrorDescent", "PriorDescent", "MFOMO", "OccupationMeasureInclusion")
#: How far a peer's measure of a policy may be off: in double precision, and in the single one that MFGLib's
#: occupation-measure inclusion is written for.
DOUBLE, SINGLE = 1e-9, 1e-4
COLUMNS = [f"{relative:.0e}" for relative in RELATIVE]
RATIOS = [f"ratio {column}" for column in COLUMNS]
MEASURED = 256  # policies at a time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peers", nargs="?")
    parser.add_argument("--limit", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
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
        text = written(summary(pd.DataFrame(runs), asked.limit), asked.limit)  # the games so far
    print(text, f"{TABLE}, {BEST} and {FIGURE}", sep="\n")


def written(table: pd.DataFrame, limit: float) -> str:
    """All products, and the tables as text."""
    best = beside_the_best(table)
    for path in (TABLE, FIGURE):
        path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(TABLE, index=False)
    best.to_csv(BEST, index=False)
    load = f"On {os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}; not reached: not in {limit:g} s.\n"
    text = "\n".join([load, markdown(best), markdown(table)])
    TABLE.with_suffix(".md").write_text(text, encoding="utf-8")
    draw(table, limit).savefig(FIGURE, dpi=150)
    return text


def play(name: str, folder: Path, asked) -> list[dict]:
    """Every contestant's runs of one game."""
    contested = GAMES[name]
    game = contested.load()
    case = contested.write(game, folder / "case.npz")
    contestants = [(OURS, "default", sys.executable, "solve_engine.py")]
    if asked.peers is not None and contested.mfglib:
        ways = [(algorithm, way) for algorithm in MFGLIB for way in ("default", "tuned")]
        contestants += [(*way, asked.peers, "solve_mfglib.py") for way in ways]
    if asked.peers is not None and contested.open_spiel:
        contestants.append(("MirrorDescent", "default", asked.peers, "solve_open_spiel.py"))
    runs, reached = [], dict.fromkeys(contestants, len(COLUMNS))
    for round_ in range(asked.rounds):
        here = {}
        for contestant, goals in reached.items():
            if goals:
                here[contestant] = one_run(name, game, case, folder, contestant, goals, asked.limit)
        ours = here.get(contestants[0], dict.fromkeys(COLUMNS, np.nan))
        for run in here.values():
            ratios = {ratio: run[column] / ours[column] for ratio, column in zip(RATIOS, COLUMNS, strict=True)}
            runs.append(run | ratios)
        if round_ == 0:
            reached = {c: sum(np.isfinite(run[column]) for column in COLUMNS) for c, run in here.items()}
    return runs


def one_run(name, game, case: dict, folder: Path, contestant, goals: int, limit: float) -> dict:
    """Seconds to each of the first so many exploitabilities; infinite where the run did not come so far."""
    algorithm, way, python, script = contestant
    trace = folder / "trace.npz"
    trace.unlink(missing_ok=True)
    target = case["targets"][goals - 1]
    command = [python, HERE / script, folder / "case.npz", name, algorithm, way, str(limit), repr(target), trace]
    peer = {"solve_engine.py": "", "solve_mfglib.py": "MFGLib: ", "solve_open_spiel.py": "OpenSpiel: "}[script]
    who = {"game": name, "states": game.policy_shape[1], "horizon": game.horizon}
    who |= {"contestant": f"{peer}{algorithm}", "parameters": way}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "JAX_ENABLE_X64": "1"})
    if done.returncode:
        print(f"{name}, {who['contestant']} ({way}): failed", flush=True)
        return who | dict.fromkeys(COLUMNS, np.inf) | {"best": np.nan}
    said = json.loads(done.stdout.splitlines()[-1])
    error = abs(said["value"] - case["value"])
    if not error <= (SINGLE if said.get("single") else DOUBLE) * max(1, abs(case["value"])):
        sys.exit(f"{name}: {who['contestant']} says {said['value']} of a policy, but the engine {case['value']}")
    with np.load(trace) as found:
        seconds, gaps = found["seconds"], measured(game, found["policies"])
    row = who | {"error": error, "best": gaps.min() / case["unit"]}
    row |= {"compilation": said.get("compilation", 0.0), "tuning": said.get("tuning", 0.0)}
    for column, target in zip(COLUMNS, case["targets"], strict=True):
        there = np.flatnonzero((gaps <= target) & (seconds <= limit))
        row[column] = seconds[there[0]] if there.size else np.inf
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
    """A row for each game and contestant: medians over the rounds, in the order in which they ran.

    The best exploitability, the error and the tuner's seconds are those of the first round.
    """
    by = ["game", "states", "horizon", "contestant", "parameters"]
    grouped = runs.groupby(by, sort=False)
    table = grouped[[*COLUMNS, *RATIOS, "compilation"]].median()
    table[["best", "tuning", "error"]] = grouped[["best", "tuning", "error"]].first()
    table["rounds"] = grouped.size()
    return table.assign(limit=limit).reset_index()


def beside_the_best(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each game and exploitability: ours, the fastest of the others, and how much longer it takes."""
    rows = []
    for game, own in table.groupby("game", sort=False):
        ours, others = own[own.contestant == OURS].iloc[0], own[own.contestant != OURS]
        for column, ratio in zip(COLUMNS, RATIOS, strict=True):
            row = {"game": game, "exploitability": column, "ours, s": ours[column], "fastest of the others": "none"}
            if np.isfinite(others[column]).any():
                best = others.loc[others[column].idxmin()]
                name = best.contestant + ", tuned" * (best.parameters == "tuned")
                row |= {"fastest of the others": name, "its s": best[column], "times ours": best[ratio]}
            rows.append(row)
    return pd.DataFrame(rows)


def markdown(table: pd.DataFrame) -> str:
    """A table for readers; what is not finite was not reached."""
    lines = [f"| {' | '.join(table)} |", "|---" * len(table.columns) + "|"]
    for row in table.itertuples(index=False):
        cells = [cell if isinstance(cell, str) else f"{cell:.3g}" for cell in row]
        lines.append(f"| {' | '.join('not reached' if cell in ('inf', 'nan') else cell for cell in cells)} |")
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
            marker = "D" if contestant == OURS else "^" if "tuned" in contestant else "o"
            ax.semilogx(seconds, height, marker, color=plt.get_cmap("tab20")(i % 20), label=contestant)
        ax.axvline(limit, color="0.7", linewidth=0.8)
        ax.set(xlabel="s", title=f"to {column} of range x H; beyond the line: not in {limit:g} s")
    axes[0].set_yticks(range(len(games)), games)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return figure


if __name__ == "__main__":
    main()
