"""This engine: python engine.py SIDE HORIZON RUNS [CASE.npz]; with a path it also writes the case for the others."""

import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from case import measure, report

import mfg_imitation as mfg

SIDE, HORIZON, RUNS = map(int, sys.argv[1:4])
COPIED = 10_000_000  # numbers: beyond the caches


def main() -> None:
    game = mfg.load_game("grid_open", rows=SIDE, columns=SIDE, start="corner", horizon=HORIZON)
    policy = jax.block_until_ready(jax.jit(draw, static_argnums=0)(game.policy_shape))
    if len(sys.argv) > 4:
        fields = ("initial", "neighbours", "place_reward", "slip", "congestion", "crowd_cost", "smallest_share")
        np.savez(sys.argv[4], policy=policy, **{name: np.asarray(getattr(game, name)) for name in fields})
    start = time.perf_counter()
    float(mfg.nash_imitation_gap(game, policy))
    first = time.perf_counter() - start
    source = np.ones(COPIED)
    target, ratios, times = np.zeros(COPIED), [], []
    for _ in range(RUNS):  # in pairs, so that a busy moment of the machine slows both
        _, (copied,) = measure(lambda: np.copyto(target, source) or 0, 1)
        value, (seconds,) = measure(lambda: mfg.nash_imitation_gap(game, policy).block_until_ready(), 1)
        times.append(seconds)
        ratios.append(seconds / (must_move(game) * copied / (2 * source.nbytes)))
    report(value, times, first=first, over_bandwidth=float(np.median(ratios)))


def draw(shape):
    """A policy that differs at every step, state and action, without a random generator's memory."""
    n, s, a = (jax.lax.broadcasted_iota(float, shape, axis) for axis in range(3))
    return jax.nn.softmax(jnp.sin(n + 0.7 * s + 1.3 * a * a))


def must_move(game) -> int:
    """Bytes between memory and processor at least: the policy read forward and backward, the flow written and read."""
    horizon, n_states, n_actions = game.policy_shape
    return horizon * n_states * (2 * n_actions + 2) * game.initial.dtype.itemsize


main()
