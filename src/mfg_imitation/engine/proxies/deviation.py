"""The error with a bound that is linear in the horizon (ours; the paper asks for one in its conclusion)."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.deviation import deviation_between
from mfg_imitation.engine.proxies.mfc_adv import mfc_adv
from mfg_imitation.engine.proxies.proxy import LARGEST, Comparison, Constants, capped, decomposed, proxy


def deviation_bound(errors, constants: Constants) -> Float[Array, "*batch"]:
    """The bound on NIG, linear in H whatever L_P (ours; see `theory.bounds` for d_n, o_n and e_n).

    1. eps_MFC <= eps: d_n <= eps for n >= 1, d_0 = 0, and o_n <= eps.
    2. eps_dev <= eps: e_{k+1} <= e_k + E |P_k(.|s,a,mu^pi_k) - P_k(.|s,a,mu^E_k)| along rho^{pi',E}_k, as kernels of
       mu^pi carry differences on without making them larger. Summed over n, change k counts H - 1 - k times, so that
       sum e_n <= H eps_dev, for every pi'.
    3. Together 2 L_r (H - 1) + 2 R H <= 2 H (L_r + R).
    """
    steps = np.arange(constants.horizon)
    d = capped(errors.deviation, 1.0 * (steps > 0))
    all_steps = capped(errors.deviation, np.ones(constants.horizon))
    return decomposed(constants, d, all_steps, all_steps)


@proxy(
    "deviation",
    "deviation",
    summary="the larger of the MFC-ADV error and of what imitators change for a deviator; its bound is linear in H",
    formula=r"\max\{\varepsilon_{\mathrm{MFC}}, \min\{2, \varepsilon_{\mathrm{dev}}\}\}$, $\varepsilon_{\mathrm{dev}} ="
    r" \frac{1}{H} \max_{\pi'} \sum_k (H-1-k) \, E_{\rho^{\pi',E}_k}"
    r" \|P_k(\cdot|s,a,\mu^\pi_k) - P_k(\cdot|s,a,\mu^E_k)\|_1",
    where="ours",
    bound=deviation_bound,
    order=4,
)
def linear(comparison: Comparison) -> Float[Array, ""]:
    """max(eps_MFC, eps_dev), with eps_dev as `engine.deviation` has it, at most 2: neither alone bounds the gap.

    Where eps_dev <= eps_MFC, as it is if L_P (H - 1)(H - 2) <= 2 H, it is the MFC-ADV error. No e_n is above 2, so that
    sum e_n <= H eps holds of an eps_dev that is cut there, too.
    """
    changed = deviation_between(comparison.game, comparison.expert_flow, comparison.own.sum(axis=-1))
    return jnp.maximum(mfc_adv(comparison), jnp.minimum(LARGEST, changed))
