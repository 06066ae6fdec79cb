"""Seconds to an equilibrium, by `solve_equilibrium` with its defaults.

python benchmarks/equilibrium.py [--sides N ...]

The shipped games of at most 10^4 numbers in a policy, without common noise, whose expert is not known, to 1e-6; and
congested grids, H = 50, to 1e-3: all of the reward's range times the horizon. Exploitabilities are measured, of the
policy that is returned. "First" has compilation in it, the other number has not; of a run of more than half a minute
there is the first only.
"""

import argparse
import os
import resource
import time
from pathlib import Path

import numpy as np

import mfg_imitation as mfg
from mfg_imitation.engine.value import reward_range

LARGEST, FINE, COARSE, HORIZON, LONG = 10_000, 1e-6, 1e-3, 50, 30


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sides", nargs="+", type=int, default=(20, 200), help="of the grids")
    sides = parser.parse_args().sides
    games = {path.stem: mfg.load_game(path.stem) for path in sorted(Path("config/games").glob("*.yaml"))}
    games = {
        name: game
        for name, game in games.items()
        if not isinstance(game, mfg.NoisyGame) and game.known_expert() is None
    }
    print(f"On {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. To {FINE:g} of the reward's range x H:")
    small = [name for name, game in games.items() if np.prod(game.policy_shape) <= LARGEST]
    seconds = [solved(name, games[name], FINE) for name in small]
    print(f"median of {len(small)} games: {np.median(seconds):.2f} s")
    print(f"Congested grids, H = {HORIZON}, to {COARSE:g}:")
    for side in sides:
        grid = mfg.load_game("grid_open", rows=side, columns=side, start="corner", horizon=HORIZON)
        solved(f"{side} x {side}", grid, COARSE)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def solved(name: str, game, relative: float) -> float:
    """Seconds, compiled; printed with what was reached."""
    unit = float(reward_range(game)) * game.horizon
    times = []
    while not times or (len(times) < 4 and times[0] < LONG):
        start = time.perf_counter()
        found = mfg.solve_equilibrium(game, tolerance=relative * unit, progress=False)
        times.append(time.perf_counter() - start)
    compiled = float(np.median(times[1:] or times))
    reached = f"{found.exploitability / unit:.1e} after {found.iterations} iterations, {found.status}"
    print(
        f"{name} ({np.prod(game.policy_shape)} numbers): first {times[0]:.2f} s, {compiled:.3f} s, {reached}",
        flush=True,
    )
    return compiled if found.status == "converged" else np.inf


if __name__ == "__main__":
    main()
