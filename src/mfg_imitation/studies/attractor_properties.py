"""What Section 5 of the paper states of the Attractor MFG itself, measured with the generic engine at every panel."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.control import social_optimum
from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.gaps import gaps, nash_imitation_gap
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.proxies import proxies
from mfg_imitation.engine.value import policy_value
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate
from mfg_imitation.names import JUDGED_GAPS, SWEPT
from mfg_imitation.studies.attractor_induction import attractor_induction
from mfg_imitation.studies.slip_paths import games_on_grid

N_RANDOM = 256  # random policies looked at in every panel
ALPHA = np.concatenate([[0, 1], np.geomspace(1e-12, 0.99, 62)])  # where the induction is held against the engine


def properties(file: GameFile, grid: Mapping, seed: int) -> pd.DataFrame:
    """One row per (L_P, H), one column per property; all are deviations, 0 where the paper is right.

    Columns: transition_lipschitz, horizon,
    lipschitz_error: distance of the steepest sampled slope of the kernel from L_P;
    expert_exploitability: the largest, over experts with random actions wherever the expert never goes;
    expert_drift: largest 1-norm between the expert's flow and mu_0;
    social_improvement: best value found for the whole population less the expert's (units of reward);
    induction_errors: largest deviation of `attractor_induction` from the engine, over both adversarial errors;
    and for each of the two gaps (units of reward)
    <gap>_induction: largest deviation of the induction's sum of mu_n(s1) from it;
    <gap>_above_bound: its largest excess over H - 1, over random policies and the path;
    <gap>_above_last: its largest value there less its value at alpha = 1;
    <gap>_off_path: its largest change when actions are random wherever the expert never goes.
    """
    rows = []
    for point, game in games_on_grid(file, grid):
        rng = np.random.default_rng([seed, game.horizon])
        rows.append({**point, **_measure(game, point[SWEPT], file.slip(game), rng)})
    return pd.DataFrame(rows)


def _measure(game: Game, slope: float, target: Float[Array, "H S A"], rng: np.random.Generator) -> dict[str, float]:
    expert = known_expert(game).policy
    flow = population_flow(game, expert)
    random = jnp.asarray(rng.dirichlet(np.ones(len(game.actions)), (N_RANDOM, *game.policy_shape[:2])))
    path = mixture(expert, target, ALPHA[:, None])
    visited = (flow > 0)[..., None]
    induction = attractor_induction(slope, game.horizon, ALPHA)
    errors = proxies(game, expert, path)
    elsewhere = jnp.where(visited, path, random[: len(ALPHA)])
    measured = gaps(game, expert, jnp.concatenate([path, elsewhere, random]))
    best = social_optimum(game, expert[None])
    row = {
        "lipschitz_error": abs(lipschitz_estimate(game).transition - slope),
        "expert_exploitability": nash_imitation_gap(game, jnp.where(visited, expert, random)).max(),
        "expert_drift": jnp.abs(flow - game.initial).sum(axis=-1).max(),
        "social_improvement": best.value - policy_value(game, expert, flow),
        "induction_errors": max(
            _largest(induction[name], getattr(errors, name)) for name in ("vanilla_adv", "mfc_adv")
        ),
    }
    for gap in JUDGED_GAPS:
        values, off_path, at_random = jnp.split(getattr(measured, gap), [len(path), 2 * len(path)])
        largest = jnp.maximum(values.max(), at_random.max())
        row[f"{gap}_induction"] = _largest(induction["population_value_gap"], values)
        row[f"{gap}_above_bound"] = largest - (game.horizon - 1)
        row[f"{gap}_above_last"] = largest - values[1]
        row[f"{gap}_off_path"] = _largest(off_path, values)
    return {name: float(value) for name, value in row.items()}


def _largest(one, other) -> Float[Array, ""]:
    return jnp.abs(jnp.asarray(one) - jnp.asarray(other)).max()
