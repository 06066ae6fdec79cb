"""The error of MFC-ADV (paper, Section 4.3)."""

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.proxies.proxy import (
    Comparison,
    Constants,
    capped,
    decomposed,
    in_two_populations,
    largest_distance,
    proxy,
)


def mfc_adv_bound(errors, constants: Constants) -> Float[Array, "*batch"]:
    """The bound on NIG, quadratic in H for L_P > 0 while errors are small; traced code may use it.

    See `theory.bounds` for d_n, o_n and e_n.

    1. d_n <= eps for n >= 1 by definition, and d_0 = 0.
    2. Hence e_n <= L_P (n - 1) eps for n >= 1 (paper, Lemma 5); summed, L_P (H - 1)(H - 2) / 2 eps.
    3. o_n <= eps by definition. The paper goes by way of |rho^{E,E}_n - rho^{pi,E}_n| <= eps + e_n here, and so counts
       e_n three times in all; the direct comparison (ours) counts it once.
    4. Together 2 L_r (H - 1) + R (H + L_P (H - 1)(H - 2) / 2): a third of the quadratic term of the paper's steps.
    5. At L_P = 0: 2 L_r (H - 1) + R H.
    """
    steps = np.arange(constants.horizon)
    d = capped(errors.mfc_adv, 1.0 * (steps > 0))
    o = capped(errors.mfc_adv, np.ones(constants.horizon))
    return decomposed(constants, d, o, in_two_populations(d, constants.transition))


@proxy(
    "mfc_adv",
    "MFC-ADV",
    summary="compares occupancies in the population that the imitator itself creates",
    formula=r"\max_n \|\rho^{E,E}_n - \rho^{\pi,\pi}_n\|_1",
    where="paper, Section 4.3, Eq. 20",
    bound=mfc_adv_bound,
    order=3,
)
def mfc_adv(comparison: Comparison) -> Float[Array, ""]:
    """max over n of |rho^{E,E}_n - rho^{pi,pi}_n|, the imitator in its own population."""
    return largest_distance(comparison.expert, comparison.own)
