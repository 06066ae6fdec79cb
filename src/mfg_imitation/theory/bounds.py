"""Upper bounds on the Nash imitation gap by each proxy (paper, Theorems of Sections 4.1 to 4.3; constants re-derived).

The printed constants could not be read from the text this project had; these are the ones that the proof steps give.
Notation: d_n = |mu^pi_n - mu^E_n| and e_n = |mu^{pi',pi}_n - mu^{pi',E}_n|, one policy pi' in two populations, all
1-norms; sums run over n = 0 ... H - 1. Everything starts from Lemma 1, for a Nash expert:

    NIG <= 2 L_r sum d_n + r_max ( sum |rho^{E,E}_n - rho^{pi,E}_n| + 2 max over pi' of sum e_n ).

and from the step of Lemma 5, e_{n+1} <= e_n + L_P d_n with e_0 = 0. For an expert with exploitability delta, add delta.
"""

import numpy as np
from jaxtyping import Float

from mfg_imitation.engine.proxies import Proxies


def upper_bounds(
    proxies: Proxies,
    horizon: int,
    transition_lipschitz: Float[np.ndarray, "*batch"] | float,
    reward_lipschitz: Float[np.ndarray, "*batch"] | float,
    reward_bound: Float[np.ndarray, "*batch"] | float,
) -> Proxies:
    """The bound on NIG that each proxy gives, in the unit of the reward; arguments broadcast.

    Args:
        proxies: the errors of the policies.
        horizon: H.
        transition_lipschitz, reward_lipschitz: L_P and L_r, in the 1-norm (paper, Assumption 1).
        reward_bound: r_max, the largest |r_n(s, a, mu^E_n)| (paper, Assumption 2).

    Returns:
        The three bounds under the names of their proxies. A bound too large for float64 is infinite; what is exactly
        0, be it a proxy, L_r or r_max, adds nothing however far errors grow.
    """
    factors = bound_factors(horizon, transition_lipschitz, reward_lipschitz, reward_bound)
    with np.errstate(over="ignore"):
        return Proxies(*(_times(np.asarray(e), f) for e, f in zip(proxies, factors, strict=True)))


def bound_factors(horizon: int, transition_lipschitz, reward_lipschitz, reward_bound) -> Proxies:
    """What each proxy is multiplied by; see `upper_bounds` for the arguments."""
    n = np.arange(horizon)
    slope = np.asarray(transition_lipschitz, dtype=float)
    reward_slope, bound = np.asarray(reward_lipschitz, dtype=float), np.asarray(reward_bound, dtype=float)
    c, g = amplification(horizon, slope)
    with np.errstate(over="ignore"):
        return Proxies(
            bc=_bc(n, c, reward_slope, bound),
            vanilla_adv=_vanilla_adv(n, g, reward_slope, bound),
            mfc_adv=mfc_adv_factor(horizon, slope, reward_slope, bound),
        )


def amplification(
    horizon: int, transition_lipschitz
) -> tuple[Float[np.ndarray, "*batch H"], Float[np.ndarray, "*batch H"]]:
    """How far errors have grown at every step: c_n when one is made at each step, g_n when it is made at the first.

    c_n = ((1 + L_P)^n - 1) / L_P (n when L_P = 0) and g_n = (1 + L_P)^{n-1} (0 when n = 0), both continuous at L_P = 0.
    """
    n = np.arange(horizon)
    slope = np.asarray(transition_lipschitz, dtype=float)[..., None]
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        c = np.where(slope == 0, n, np.expm1(n * np.log1p(slope)) / slope)
        g = np.where(n == 0, 0, np.exp((n - 1) * np.log1p(slope)))
    return c, g


def _bc(n, c, reward_slope, bound):
    """BC, exponential in H for L_P > 0.

    1. A policy error, then a kernel error: d_{n+1} <= (1 + L_P) d_n + eps (Lemma 4), so d_n <= c_n eps.
    2. Hence e_n <= L_P (c_0 + ... + c_{n-1}) eps = (c_n - n) eps.
    3. Among experts only the policy errs: |rho^{E,E}_n - rho^{pi,E}_n| <= (n + 1) eps (Lemma 3).
    4. Lemma 1 with 1.-3.: the sum of 2 L_r c_n + r_max (n + 1 + 2 (c_n - n)).
    5. At L_P = 0: L_r H (H - 1) + r_max H (H + 1) / 2.
    """
    return np.sum(_times(reward_slope[..., None], 2 * c) + _times(bound[..., None], n + 1 + 2 * (c - n)), axis=-1)


def _vanilla_adv(n, g, reward_slope, bound):
    """Vanilla-ADV, exponential in H for L_P > 0.

    1. |rho^{E,E}_n - rho^{pi,E}_n| <= eps by definition; d_0 = 0, as every population starts in mu_0.
    2. d_n <= e_n + eps with pi' = pi, and e_{n+1} <= e_n + L_P d_n.
    3. Together d_n <= g_n eps and e_n <= (g_n - 1) eps for n >= 1.
    4. Lemma 1 with 1. and 3.: 2 L_r sum g_n + r_max (H + 2 sum over n >= 1 of (g_n - 1)).
    5. At L_P = 0: 2 L_r (H - 1) + r_max H.
    """
    excess = np.where(n == 0, 0, g - 1)
    return np.sum(_times(reward_slope[..., None], 2 * g) + _times(bound[..., None], 1 + 2 * excess), axis=-1)


def mfc_adv_factor(horizon: int, slope, reward_slope, bound):
    """What the MFC-ADV proxy is multiplied by, quadratic in H for L_P > 0; arithmetic only, for traced code too.

    1. d_n <= eps for n >= 1 by definition, and d_0 = 0.
    2. Hence e_n <= L_P (n - 1) eps for n >= 1; summed, L_P (H - 1)(H - 2) / 2 eps.
    3. |rho^{E,E}_n - rho^{pi,E}_n| <= |rho^E_n - rho^pi_n| + |rho^{pi,pi}_n - rho^{pi,E}_n| <= eps + e_n.
    4. Lemma 1 with 1.-3., e_n now counting three times: 2 L_r (H - 1) + r_max (H + 3 L_P (H - 1)(H - 2) / 2).
    5. At L_P = 0: 2 L_r (H - 1) + r_max H.
    """
    pairs = (horizon - 1) * (horizon - 2) / 2
    return 2 * reward_slope * (horizon - 1) + bound * (horizon + 3 * slope * pairs)


def _times(factor, amount):
    """Their product, 0 where the factor is 0: also when the amount is infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(factor == 0, 0, factor * amount)
