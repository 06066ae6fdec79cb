"""How much of the bounds a game can use up: the sheltered attractor, on which BC and vanilla-ADV do grow exponentially.

Two slips from its expert, with probability alpha to a1: *steady*, at every step, and *single*, at the first one only.
The error is amplified to theta = alpha c_{H-1} (steady) or alpha g_{H-1} (single), see `amplification`: the
regime of the lower bound is theta <= 1, errors small against (1 + L_P)^-H.
"""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.proxies import proxies
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.bounds import upper_bounds

#: The slips, and the proxy whose bound each makes tight.
SLIPS = {"steady": "bc", "single": "vanilla_adv"}

#: R of the sheltered attractor with a free shelter: half the difference of 0, for a shelter from nobody, and -1 in s1.
HALF_SPAN = 0.5

#: The share of the bounds that the slips reach, for any L_r: the bridge reaches all of them.
SHARE = 0.5


def tightness(file: GameFile, spec: Mapping) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both slips over the grid: what they gain, what the bounds allow, and every step of the proof.

    Args:
        file: of the sheltered attractor.
        spec: `transition_lipschitz`, `reward_lipschitz`, `horizon` and `amplified_error` (values of theta, met up to a
            factor of 2), lists. Slips are at most sure: a theta that asks for more has no row.

    Returns:
        One row per slip and point: slip, transition_lipschitz, reward_lipschitz, horizon, amplified_error (as asked),
        theta (as met), alpha, nash_imitation_gap (units of reward), the proxies, bound_<proxy> and
        ratio_<proxy> = gap / bound.
        One row per slip and step of the proof, see `proof_of_lower_bound`: slip, step, points, excess, the largest
        (left - right) / right over all points, negative where all hold strictly.
    """
    rows, steps = [], []
    for slope, reward_slope, horizon in itertools.product(spec[SWEPT], spec["reward_lipschitz"], spec["horizon"]):
        point = {SWEPT: slope, "reward_lipschitz": reward_slope, "horizon": horizon}
        game = file.load(**point)
        expert = known_expert(game).policy
        target = file.slip(game)
        for slip, factors in zip(SLIPS, amplification(horizon, slope), strict=True):
            theta = np.asarray(spec["amplified_error"], dtype=float)
            alpha = 2 ** np.floor(np.log2(theta / factors[-1]))  # 1 - alpha is exact, or else rounds to 1
            theta, alpha = theta[alpha <= 1], alpha[alpha <= 1]
            if not alpha.size:
                continue
            policy = slipping(slip, expert, target, alpha)
            gap, errors = nash_imitation_gap(game, policy), proxies(game, expert, policy)
            bounds = upper_bounds(errors, horizon, slope, reward_slope, HALF_SPAN)
            measured = {"nash_imitation_gap": gap, **errors._asdict()}
            measured |= {f"bound_{name}": bound for name, bound in bounds._asdict().items()}
            measured |= {f"ratio_{name}": gap / bound for name, bound in bounds._asdict().items()}
            rows.append(
                pd.DataFrame(
                    {
                        "slip": slip,
                        **point,
                        "amplified_error": theta,
                        "theta": alpha * factors[-1],
                        "alpha": alpha,
                        **measured,
                    }
                )
            )
            gone = np.asarray(population_flow(game, policy))[..., game.states.index("s1")]
            proof = proof_of_lower_bound(slip, point, alpha, gone, rows[-1], factors)
            steps += [(slip, name, side[0].size, excess(*side)) for name, side in proof.items()]
    proof = pd.DataFrame(steps, columns=["slip", "step", "points", "excess"])
    proof = proof.groupby(["slip", "step"], sort=False).agg({"points": "sum", "excess": "max"}).reset_index()
    return pd.concat(rows, ignore_index=True), proof


def slipping(
    slip: str, expert: Float[Array, "H S A"], target: Float[Array, "H S A"], alpha: Float[np.ndarray, " alphas"]
) -> Float[Array, "alphas H S A"]:
    """The expert who slips to the target with probability alpha, at every step or at the first one only."""
    slips = np.ones(len(expert)) if slip == "steady" else np.eye(len(expert))[0]
    return mixture(expert, target, np.asarray(alpha)[:, None] * slips)


def proof_of_lower_bound(
    slip: str,
    point: Mapping,
    alpha: Float[np.ndarray, " alphas"],
    gone: Float[np.ndarray, "alphas H"],
    measured: pd.DataFrame,
    factors: Float[np.ndarray, " H"],
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The steps of the proof in `notebooks/theory.ipynb`, as (left, right) with left <= right; equalities twice.

    Args:
        point: L_P, L_r and H.
        gone: m_n, the population in s1.
        measured: the rows of `tightness` of these slips.
        factors: c_n for the steady slip, g_n for the single one.
    """
    slope, reward_slope, horizon = point[SWEPT], point["reward_lipschitz"], point["horizon"]
    theta = alpha * factors[-1]
    small = theta < 1
    error, gap = measured[SLIPS[slip]].to_numpy(), measured["nash_imitation_gap"].to_numpy()
    linear = alpha[:, None] * factors
    earned = (1 + 2 * reward_slope) * gone.sum(axis=1)
    ratio = measured[f"ratio_{SLIPS[slip]}"].to_numpy()
    steps = {
        "1. the error is 2 alpha": (error, 2 * alpha),
        "1. the error is 2 alpha (conversely)": (2 * alpha, error),
        "2. growth from above": (gone, linear),
        "3. growth from below": (((1 - theta)[:, None] * linear)[small], gone[small]),
        "4. the gap is (1 + 2 L_r) sum m_n": (gap, earned),
        "4. the gap is (1 + 2 L_r) sum m_n (conversely)": (earned, gap),
    }
    if horizon >= 3:
        reached = (1 - theta) * SHARE
        steps["5. the share of the bound"] = (reached[small], ratio[small])
    if slope > 0:
        flat = (1 + 2 * reward_slope) * (1 + slope) / (2 * slope * (1 - theta[small]))
        steps["6. MFC-ADV: gap over error, for all H"] = ((gap / measured["mfc_adv"].to_numpy())[small], flat)
    steps["7. outside the regime: saturation"] = (gap, np.full_like(gap, (1 + 2 * reward_slope) * (horizon - 1)))
    return steps


def excess(left: np.ndarray, right: np.ndarray) -> float:
    """The largest (left - right) / right; -inf where there is nothing to compare."""
    some = right > 0
    return float(np.max(left[some] / right[some] - 1, initial=-np.inf))


def exponents(table: pd.DataFrame) -> pd.DataFrame:
    """How NIG per unit of error grows with H in the first table of `tightness`, by regression over its longer horizons.

    Returns:
        One row per slip, L_P and L_r, from the smallest amplified error and the upper half of the horizons: fitted
        (slope of log(NIG / error) on H, for the proxy that the slip makes tight), theory (log(1 + L_P)), mfc_power
        (slope of log(NIG / MFC error) on log H: 2 is quadratic, 0 is bounded), ratio_low and ratio_high (of NIG over
        the tight bound), constant (`SHARE`), mfc_first and mfc_last (NIG over the MFC bound at the shortest and the
        longest horizon), and mfc_rise (the largest growth of that ratio from one horizon to the next).
    """
    small = table[table["amplified_error"] == table["amplified_error"].min()]
    rows = []
    for (slip, slope, reward_slope), group in small.groupby(["slip", SWEPT, "reward_lipschitz"], sort=False):
        group = group.sort_values("horizon")
        late = group[group["horizon"] >= group["horizon"].median()]
        gap, error = late["nash_imitation_gap"], late[SLIPS[slip]]
        ratio = group[f"ratio_{SLIPS[slip]}"]
        rows.append(
            {
                "slip": slip,
                SWEPT: slope,
                "reward_lipschitz": reward_slope,
                "fitted": _slope(late["horizon"], np.log(gap / error)),
                "theory": np.log1p(slope),
                "mfc_power": _slope(np.log(late["horizon"]), np.log(gap / late["mfc_adv"])),
                "ratio_low": ratio.min(),
                "ratio_high": ratio.max(),
                "constant": SHARE,
                "mfc_first": group["ratio_mfc_adv"].iloc[0],
                "mfc_last": group["ratio_mfc_adv"].iloc[-1],
                "mfc_rise": group["ratio_mfc_adv"].pct_change().max(),
            }
        )
    return pd.DataFrame(rows)


def _slope(x: pd.Series, y: pd.Series) -> float:
    return float(np.polyfit(x, y, 1)[0]) if len(x) > 1 else np.nan
