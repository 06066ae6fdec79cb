"""The bridge, on which small slips use the bounds by BC, vanilla-ADV and MFC-ADV up, constants included.

Three slips from its expert, with probability alpha: *steady*, at every step, and *single*, at the first one only, where
home is drawn to the pit; and *calm*, at the first step only, where it is not. The share of the pit grows to at most
theta = alpha gamma_{H-1}, with gamma_n = c_n, g_n (see `amplification`) and 1 (n >= 1). For theta < 1, and the bridge
falling with probability w at every step,

    NIG / bound >= (1 - alpha) (1 - theta) (1 - (H - 1) w) min(1, w / (L_P theta)),

which is close to 1 if L_P theta <= w << 1 / H. The proof is in `notebooks/theory.ipynb`.
"""

import itertools
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import occupancy, population_flow
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.proxies import proxies
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.bounds import upper_bounds
from mfg_imitation.theory.lower_bound import excess, slipping

#: R of the bridge: rewards from -1/2 to 1/2 in the experts' population.
HALF_SPAN = 0.5


class Slip(NamedTuple):
    """A way to slip: the proxy whose bound it uses up, the share of L_P that draws those at home, and which steps."""

    proxy: str
    attraction: float
    steps: str


SLIPS = {
    "steady": Slip("bc", 1.0, "steady"),
    "single": Slip("vanilla_adv", 1.0, "single"),
    "calm": Slip("mfc_adv", 0.0, "single"),
}


def bridge(file: GameFile, spec: Mapping) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All slips over the grid: how much of the bounds they use up, and every step of the proof.

    Args:
        file: of the bridge.
        spec: `transition_lipschitz`, `reward_lipschitz`, `horizon`, `amplified_error` (values of theta, met up to a
            factor of 2) and `fall` (values of w), lists. Slips are at most sure: a theta that asks for more has no row.

    Returns:
        One row per slip and point: slip, proxy (whose bound it uses up), transition_lipschitz, reward_lipschitz,
        horizon, fall, amplified_error (as asked), theta (as met), alpha, exploitability (of the expert, units of
        reward), nash_imitation_gap (units of reward), error (by the proxy), bound, ratio (gap / bound), and proved, the
        lower bound on the ratio, 0 where the theorem says nothing.
        One row per slip and step of the proof: slip, step, points, excess, the largest (left - right) / right.
    """
    rows, steps = [], []
    names = SWEPT, "reward_lipschitz", "horizon", "fall"
    for values in itertools.product(*(spec[name] for name in names)):
        for slip in SLIPS:
            table, proof = _measured(file, slip, dict(zip(names, values, strict=True)), spec["amplified_error"])
            rows.append(table)
            steps += [(slip, name, side[0].size, excess(*side)) for name, side in proof.items()]
    proof = pd.DataFrame(steps, columns=["slip", "step", "points", "excess"])
    proof = proof.groupby(["slip", "step"], sort=False).agg({"points": "sum", "excess": "max"}).reset_index()
    return pd.concat(rows, ignore_index=True), proof


def growth(slip: str, horizon: int, transition_lipschitz: float) -> Float[np.ndarray, " H"]:
    """gamma_n, the share of the pit at step n per unit of alpha, while it is small."""
    c, g = amplification(horizon, transition_lipschitz)
    return {"steady": c, "single": g, "calm": 1.0 * (np.arange(horizon) > 0)}[slip]


def proved_share(
    alpha: Float[np.ndarray, "..."], theta: Float[np.ndarray, "..."], fall: float, horizon: int, slope: float
) -> Float[np.ndarray, "..."]:
    """The lower bound on NIG / bound of the module's docstring, 0 for theta >= 1 or (H - 1) w >= 1; without a unit."""
    saved = np.minimum(1, fall / np.maximum(slope * theta, np.finfo(float).tiny))
    return (1 - alpha) * np.maximum(1 - theta, 0) * max(1 - (horizon - 1) * fall, 0) * saved


def _measured(file: GameFile, slip: str, point: dict, amplified_error) -> tuple[pd.DataFrame, dict]:
    proxy, attraction, when = SLIPS[slip]
    game = file.load(**point, attraction=attraction)
    expert = known_expert(game)
    factors = growth(slip, game.horizon, point[SWEPT])
    asked = np.asarray(amplified_error, dtype=float)
    alpha = 2 ** np.floor(np.log2(asked / factors[-1]))  # 1 - alpha is exact, or else rounds to 1
    asked, alpha = asked[alpha <= 1], alpha[alpha <= 1]
    policy = slipping(when, expert.policy, file.slip(game), alpha)
    gap, errors = nash_imitation_gap(game, policy), proxies(game, expert.policy, policy)
    bounds = upper_bounds(errors, game.horizon, point[SWEPT], point["reward_lipschitz"], HALF_SPAN)
    error, bound = (np.asarray(getattr(those, proxy)) for those in (errors, bounds))
    theta = alpha * factors[-1]
    table = pd.DataFrame(
        {
            "slip": slip,
            "proxy": proxy,
            **point,
            "amplified_error": asked,
            "theta": theta,
            "alpha": alpha,
            "exploitability": expert.exploitability,
            "nash_imitation_gap": gap,
            "error": error,
            "bound": bound,
            "ratio": gap / bound,
            "proved": proved_share(alpha, theta, point["fall"], game.horizon, point[SWEPT]),
        }
    )
    return table, _proof(game, policy, when, point, factors, table)


def _proof(
    game: Game,
    policy: Float[Array, "alphas H S A"],
    when: str,
    point: Mapping,
    factors: Float[np.ndarray, " H"],
    table: pd.DataFrame,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The steps of the proof in `notebooks/theory.ipynb`, as (left, right) with left <= right; equalities twice."""
    slope, reward_slope, fall = point[SWEPT], point["reward_lipschitz"], point["fall"]
    alpha, theta, gap = (table[name].to_numpy() for name in ("alpha", "theta", "nash_imitation_gap"))
    n = np.arange(game.horizon)
    slips = alpha[:, None] * (np.ones(game.horizon) if when == "steady" else n == 0)
    flow = population_flow(game, policy)
    pit = np.asarray(flow)[..., game.states.index("pit")]
    seek = np.broadcast_to(np.eye(len(game.actions))[game.actions.index("seek")], game.policy_shape)
    places = np.stack([occupancy(game, seek, mu).sum(axis=-1) for mu in flow])
    saved = places[..., game.states.index("heaven")]
    before = np.cumsum(pit, axis=-1) - pit
    at_home = (1 - pit) * slips
    lost = (1 - fall) ** (game.horizon - 1 - n) * (pit + at_home) + saved
    earned = np.sum(2 * HALF_SPAN * lost + 2 * reward_slope * pit * (2 - at_home), axis=-1)
    small = theta < 1
    share = np.minimum(1, fall / np.maximum(slope * theta, np.finfo(float).tiny)) * (1 - (game.horizon - 1) * fall)
    linear, error = alpha[:, None] * factors, table["error"].to_numpy()
    return {
        "1. the error is 2 alpha": (error, 2 * alpha),
        "1. the error is 2 alpha (conversely)": (2 * alpha, error),
        "2. growth from above": (pit, linear),
        "3. growth from below": (((1 - theta)[:, None] * linear)[small], pit[small]),
        "4. the way to heaven": ((share[:, None] * slope * before)[small], saved[small]),
        "5. what the seeker gains": (earned, gap),
        "6. the share of the bound": (table["proved"].to_numpy()[small], table["ratio"].to_numpy()[small]),
        "7. no more than the bound": (table["ratio"].to_numpy(), np.ones_like(gap)),
    }
