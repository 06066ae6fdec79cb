"""Imitation without the kernel: how many simulated steps it takes to be as good as those who know it."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.behavioral_cloning import behavioral_cloning
from mfg_imitation.imitation.demonstrations import sample_demonstrations
from mfg_imitation.imitation.mfc_adv import mfc_adv
from mfg_imitation.imitation.mfc_adv_simulated import mfc_adv_simulated
from mfg_imitation.imitation.simulator import player_simulator


def unknown_kernel(
    game: Game,
    expert: Float[Array, "H S A"],
    *,
    n_players: Sequence[int],
    rounds: int,
    demonstrations: int,
    label_noise: float,
    iterations: int,
    seeds: int,
    seed: int,
) -> pd.DataFrame:
    """Fit the same demonstrations without the kernel, with it, and by cloning; all are measured in the true game.

    Args:
        n_players: players in a simulation.
        rounds: of simulations, see `mfc_adv_simulated`.
        demonstrations: M, trajectories of the expert.
        label_noise: share of the recorded actions that are random ones.
        iterations: steps of MFC-ADV from each start.
        seeds: number of samples, drawn with seed, seed + 1, ...

    Returns:
        One row per seed, algorithm (bc, mfc_adv, mfc_adv_simulated) and, of the last, n_players: those; player_steps
        (simulated, in all); nash_imitation_gap, in units of reward over the horizon; status of the fit; of
        mfc_adv_simulated also kernel_status and kernel_error, the mean over the steps n of the largest 1-norm over s, a
        of P_n(.|s, a, mu_n) less the learned one, mu the expert's flow, in states where it has mass.
    """
    flow, rows = population_flow(game, expert), []
    for number in range(seed, seed + seeds):
        sample = sample_demonstrations(game, expert, demonstrations, number, label_noise)
        for name, fit in (
            ("bc", behavioral_cloning(sample, game)),
            ("mfc_adv", mfc_adv(sample, game, iterations=iterations)),
        ):
            rows.append({"seed": number, "algorithm": name, **_measured(game, fit)})
        for n in n_players:
            found = mfc_adv_simulated(
                sample, player_simulator(game, n), game, rounds=rounds, iterations=iterations, seed=number
            )
            rows.append(
                {
                    "seed": number,
                    "algorithm": "mfc_adv_simulated",
                    "n_players": n,
                    "player_steps": found.player_steps,
                    **_measured(game, found.imitation),
                    "kernel_status": found.kernel.status,
                    "kernel_error": _kernel_error(game, found.kernel.game, flow),
                }
            )
    table = pd.DataFrame(rows)
    return table.astype({"n_players": "Int64", "player_steps": "Int64"})


def _measured(game, fit) -> dict[str, float | str]:
    return {"nash_imitation_gap": float(nash_imitation_gap(game, fit.policy)), "status": fit.status}


def _kernel_error(game, learned, flow) -> float:
    largest = []
    for n, mu in enumerate(flow):
        apart = jnp.abs(game.transition(n, mu) - learned.transition(n, mu)).sum(axis=-1)
        largest.append(float(jnp.max(apart.max(axis=-1), where=mu > 0, initial=0)))
    return float(np.mean(largest))
