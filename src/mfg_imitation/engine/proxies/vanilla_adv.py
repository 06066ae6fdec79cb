"""The error of vanilla-ADV (paper, Section 4.2)."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.proxies.proxy import (
    LARGEST,
    Comparison,
    Constants,
    amplification,
    capped,
    decomposed,
    in_two_populations,
    largest_distance,
    proxy,
)


def vanilla_adv_bound(errors, constants: Constants) -> Float[Array, "*batch"]:
    """The bound on NIG, exponential in H for L_P > 0 while errors are small (see `theory.bounds` for d_n, o_n and e_n).

    1. |rho^{E,E}_n - rho^{pi,E}_n| <= eps by definition; d_0 = 0, as every population starts in mu_0.
    2. d_n <= e_n + eps with pi' = pi, and e_{n+1} <= e_n + L_P d_n (paper, Lemma 5).
    3. Together d_n <= g_n eps and e_n <= (g_n - 1) eps for n >= 1.
    4. o_n <= eps + e_n with pi' = pi (ours).
    5. Together 2 L_r sum g_n + R (H + 2 sum over n >= 1 of (g_n - 1)): the factor that the paper's steps give, too.
    6. At L_P = 0: 2 L_r (H - 1) + R H.
    """
    eps, (_, g) = jnp.asarray(errors.vanilla_adv), amplification(constants.horizon, constants.transition)
    d = capped(eps, g)
    e = in_two_populations(d, constants.transition)
    return decomposed(constants, d, jnp.minimum(LARGEST, eps[..., None] + e), e)


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
