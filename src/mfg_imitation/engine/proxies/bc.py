"""The error of behavioral cloning (paper, Section 4.1)."""

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


def bc_bound(errors, constants: Constants) -> Float[Array, "*batch"]:
    """The bound on NIG, exponential in H for L_P > 0 while errors are small (see `theory.bounds` for d_n, o_n and e_n).

    1. A policy error, then a kernel error: d_{n+1} <= (1 + L_P) d_n + eps (paper, Lemma 4), so d_n <= c_n eps.
    2. Hence e_n <= L_P (c_0 + ... + c_{n-1}) eps = (c_n - n) eps (paper, Lemma 5).
    3. o_n <= d_n + eps: a population error, then a policy error (ours).
    4. Together the sum of 2 L_r c_n + R (n + 1 + 2 (c_n - n)): the factor that the paper's steps give, too.
    5. At L_P = 0: L_r H (H - 1) + R H (H + 1) / 2.
    """
    eps, (c, _) = jnp.asarray(errors.bc), amplification(constants.horizon, constants.transition)
    d = capped(eps, c)
    return decomposed(
        constants, d, jnp.minimum(LARGEST, d + eps[..., None]), in_two_populations(d, constants.transition)
    )


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
