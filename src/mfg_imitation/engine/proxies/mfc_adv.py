"""The error of MFC-ADV (paper, Section 4.3)."""

from jaxtyping import Array, Float

from mfg_imitation.engine.proxies.proxy import Comparison, Constants, largest_distance, proxy


def mfc_adv_bound(errors, constants: Constants) -> Float[Array, "*batch"]:
    """The bound on NIG, quadratic in H for L_P > 0; arithmetic only, so that traced code may use it.

    Constants re-derived; see `theory.bounds` for d_n and e_n.

    1. d_n <= eps for n >= 1 by definition, and d_0 = 0.
    2. Hence e_n <= L_P (n - 1) eps for n >= 1; summed, L_P (H - 1)(H - 2) / 2 eps.
    3. |rho^{E,E}_n - rho^{pi,E}_n| <= |rho^E_n - rho^pi_n| + |rho^{pi,pi}_n - rho^{pi,E}_n| <= eps + e_n.
    4. Lemma 1 with 1.-3., e_n now counting three times: 2 L_r (H - 1) + r_max (H + 3 L_P (H - 1)(H - 2) / 2).
    5. At L_P = 0: 2 L_r (H - 1) + r_max H.
    """
    horizon, slope, reward_slope, reward_bound = constants
    pairs = (horizon - 1) * (horizon - 2) / 2
    return errors.mfc_adv * (2 * reward_slope * (horizon - 1) + reward_bound * (horizon + 3 * slope * pairs))


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
