"""The error of behavioral cloning (paper, Section 4.1)."""

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.proxies.proxy import Comparison, Constants, amplification, largest_distance, proxy, times


def bc_bound(errors, constants: Constants) -> Float[np.ndarray, "*batch"]:
    """The bound on NIG, exponential in H for L_P > 0 (constants re-derived; see `theory.bounds` for d_n and e_n).

    1. A policy error, then a kernel error: d_{n+1} <= (1 + L_P) d_n + eps (Lemma 4), so d_n <= c_n eps.
    2. Hence e_n <= L_P (c_0 + ... + c_{n-1}) eps = (c_n - n) eps.
    3. Among experts only the policy errs: |rho^{E,E}_n - rho^{pi,E}_n| <= (n + 1) eps (Lemma 3).
    4. Lemma 1 with 1.-3.: the sum of 2 L_r c_n + r_max (n + 1 + 2 (c_n - n)).
    5. At L_P = 0: L_r H (H - 1) + r_max H (H + 1) / 2.
    """
    n, (c, _) = np.arange(constants.horizon), amplification(constants.horizon, constants.transition)
    of_reward = times(np.asarray(constants.reward, dtype=float)[..., None], 2 * c)
    of_kernel = times(np.asarray(constants.reward_bound, dtype=float)[..., None], n + 1 + 2 * (c - n))
    return times(np.asarray(errors.bc), np.sum(of_reward + of_kernel, axis=-1))


@proxy(
    "bc",
    "BC",
    summary="compares actions, state by state, where the experts are",
    formula=r"\max_n \sum_s \mu^E_n(s) \, \|\pi^E_n(\cdot|s) - \pi_n(\cdot|s)\|_1",
    where="paper, Section 4.1, Eq. 13",
    bound=bc_bound,
    order=1,
)
def bc(comparison: Comparison) -> Float[Array, ""]:
    """max over n of sum over s of mu^E_n(s) |pi^E_n(.|s) - pi_n(.|s)|."""
    return largest_distance(comparison.expert, comparison.expert_flow[..., None] * comparison.policy)
