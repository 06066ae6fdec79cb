"""The Nash imitation gap and MFC-ADV of grids of 10^6 and 10^7 states, on a GPU and on the processor beside it.

python benchmarks/accelerator.py [--accelerator PLATFORM] [--sizes SIDE,HORIZON ...] [--iterations N]

Says what JAX computes on. Where there is no GPU nothing else is done. Every measurement is a process of its own; the
gaps that both devices find are compared before their times are looked at. Seconds are of a second call. At 10^7 states
the horizon is short, so that a policy stays below the limit of 4 GiB (`mfg_imitation.games.sizes`). MFC-ADV is given
the occupancy of a policy, and twenty iterations from two starts. Writes data/tables/benchmarks/accelerator.csv.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import pandas as pd

import mfg_imitation as mfg
from mfg_imitation.machine import jax_setup

TABLE = Path("data/tables/benchmarks/accelerator.csv")
SIZES, ITERATIONS = ("1000,50", "3163,5"), 20
TOLERANCE = 1e-9  # between the gaps that two devices find, of the gap


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accelerator", default="gpu")
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)  # platform, side and horizon of one measurement
    asked = parser.parse_args()
    if asked.one:
        platform, *size = asked.one
        return print(json.dumps(measured(jax.devices(platform)[0], *map(int, size), asked.iterations)))
    print(f"JAX computes on {jax_setup()}: {', '.join(device.device_kind for device in jax.devices())}.")
    try:
        jax.devices(asked.accelerator)
    except RuntimeError:
        return print("No GPU is there for JAX: it is not measured. README, 'On a GPU', says what to install.")
    rows = []
    for side, horizon in (size.split(",") for size in asked.sizes):
        gaps = []
        for platform in (asked.accelerator, "cpu"):
            command = [
                sys.executable,
                __file__,
                "--one",
                platform,
                side,
                horizon,
                "--iterations",
                str(asked.iterations),
            ]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                print(f"{platform}, {side} x {side}, H = {horizon}: failed, for lack of memory perhaps", flush=True)
                continue
            rows.append(json.loads(done.stdout.splitlines()[-1]))
            gaps.append(rows[-1]["gap"])
            print(
                "{platform} ({device}), {states} states, H = {horizon}: NIG in {gap_seconds:.3g} s, {iterations} "
                "iterations of MFC-ADV in {mfc_adv_seconds:.3g} s".format(**rows[-1]),
                flush=True,
            )
        if len(gaps) == 2 and not abs(gaps[0] - gaps[1]) <= TOLERANCE * max(1, abs(gaps[1])):
            sys.exit(f"{side} x {side}: the gap is {gaps[0]} on {asked.accelerator}, but {gaps[1]} on the processor")
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(TABLE, index=False)
    print(TABLE)


def measured(device: jax.Device, side: int, horizon: int, iterations: int) -> dict:
    """One game on one device."""
    with jax.default_device(device):
        game = mfg.load_game("grid_open", rows=side, columns=side, start="corner", horizon=horizon)
        policy = jax.jit(draw, static_argnums=0)(game.policy_shape)
        gap, gap_seconds = timed(lambda: mfg.nash_imitation_gap(game, policy))
        target = mfg.occupancy(game, policy)
        del policy
        fit, mfc_adv_seconds = timed(lambda: mfg.mfc_adv(target, game, iterations=iterations).objective)
    row = {"platform": device.platform, "device": device.device_kind, "states": side**2, "horizon": horizon}
    row |= {"gap": float(gap), "gap_seconds": gap_seconds, "objective": fit}
    return row | {"mfc_adv_seconds": mfc_adv_seconds, "iterations": iterations}


def timed(function) -> tuple:
    """What a second call returns, and its seconds."""
    jax.block_until_ready(function())
    start = time.perf_counter()
    return jax.block_until_ready(function()), time.perf_counter() - start


def draw(shape):
    """A policy that differs at every step, state and action, without a random generator's memory."""
    n, s, a = (jax.lax.broadcasted_iota(float, shape, axis) for axis in range(3))
    return jax.nn.softmax(jnp.sin(n + 0.7 * s + 1.3 * a * a))


if __name__ == "__main__":
    main()
