"""The error of vanilla-ADV (paper, Section 4.2)."""

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.proxies.proxy import Comparison, Constants, amplification, largest_distance, proxy, times


def vanilla_adv_bound(errors, constants: Constants) -> Float[np.ndarray, "*batch"]:
    """The bound on NIG, exponential in H for L_P > 0 (constants re-derived; see `theory.bounds` for d_n and e_n).

    1. |rho^{E,E}_n - rho^{pi,E}_n| <= eps by definition; d_0 = 0, as every population starts in mu_0.
    2. d_n <= e_n + eps with pi' = pi, and e_{n+1} <= e_n + L_P d_n.
    3. Together d_n <= g_n eps and e_n <= (g_n - 1) eps for n >= 1.
    4. Lemma 1 with 1. and 3.: 2 L_r sum g_n + r_max (H + 2 sum over n >= 1 of (g_n - 1)).
    5. At L_P = 0: 2 L_r (H - 1) + r_max H.
    """
    n, (_, g) = np.arange(constants.horizon), amplification(constants.horizon, constants.transition)
    excess = np.where(n == 0, 0, g - 1)
    of_reward = times(np.asarray(constants.reward, dtype=float)[..., None], 2 * g)
    of_kernel = times(np.asarray(constants.reward_bound, dtype=float)[..., None], 1 + 2 * excess)
    return times(np.asarray(errors.vanilla_adv), np.sum(of_reward + of_kernel, axis=-1))


@proxy(
    "vanilla_adv",
    "vanilla-ADV",
    summary="compares occupancies of one imitator among experts, in the experts' population",
    formula=r"\max_n \|\rho^{E,E}_n - \rho^{\pi,E}_n\|_1",
    where="paper, Section 4.2, Eq. 17",
    bound=vanilla_adv_bound,
    order=2,
)
def vanilla_adv(comparison: Comparison) -> Float[Array, ""]:
    """max over n of |rho^{E,E}_n - rho^{pi,E}_n|, the imitator among experts."""
    return largest_distance(comparison.expert, comparison.among_experts)
