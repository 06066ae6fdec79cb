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


def attractor_induction(
    transition_lipschitz: float, horizon: int, alpha: Float[np.ndarray, " alphas"]
) -> dict[str, Float[np.ndarray, " alphas"]]:
    """The errors and the gaps of pi_alpha by induction over the mass m_n in s1 (paper, Eqs. 28-33, re-derived).

    m_0 = 0, m_{n+1} = m_n + (1 - m_n)(alpha + (1 - alpha) min(1, L_P m_n)). The sum of m_n is what the population loses
    (Eq. 33). A deviator, who always plays a0, is drawn away all the same: its mass in s1 is d_0 = 0,
    d_{n+1} = d_n + (1 - d_n) min(1, L_P m_n), and the sum of m_n - d_n is the Nash imitation gap (ours).
    """
    m, deviator, lost, gained = (np.zeros_like(alpha) for _ in range(4))
    for _ in range(horizon - 1):
        drawn = np.minimum(1, transition_lipschitz * m)
        m, deviator = m + (1 - m) * (alpha + (1 - alpha) * drawn), deviator + (1 - deviator) * drawn
        lost, gained = lost + m, gained + m - deviator
    return {
        "bc": 2 * alpha,
        "vanilla_adv": 2 * (1 - (1 - alpha) ** horizon),
        "mfc_adv": 2 * (1 - (1 - alpha) * (1 - m)),
        "nash_imitation_gap": gained,
        "population_value_gap": lost,
    }


def _measure(game: Game, slope: float, target: Float[Array, "H S A"], rng: np.random.Generator) -> dict[str, float]:
    expert = known_expert(game).policy
    flow = population_flow(game, expert)
    random = jnp.asarray(rng.dirichlet(np.ones(len(game.actions)), (N_RANDOM, *game.policy_shape[:2])))
    path = mixture(expert, target, ALPHA[:, None])
    visited = (flow > 0)[..., None]
    induction = attractor_induction(slope, game.horizon, ALPHA)
    errors = proxies(game, expert, path)
    on_path = gaps(game, expert, path)
    anywhere = gaps(game, expert, jnp.concatenate([path, random]))
    off_path = gaps(game, expert, jnp.where(visited, path, random[: len(ALPHA)]))
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
        values, all_values = getattr(on_path, gap), getattr(anywhere, gap)
        row[f"{gap}_induction"] = _largest(induction["population_value_gap"], values)
        row[f"{gap}_above_bound"] = all_values.max() - (game.horizon - 1)
        row[f"{gap}_above_last"] = all_values.max() - values[1]
        row[f"{gap}_off_path"] = _largest(getattr(off_path, gap), values)
    return {name: float(value) for name, value in row.items()}


def _largest(one, other) -> Float[Array, ""]:
    return jnp.abs(jnp.asarray(one) - jnp.asarray(other)).max()
