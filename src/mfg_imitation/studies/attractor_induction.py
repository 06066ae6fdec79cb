"""The paper's game by induction, without the engine."""

import numpy as np
from jaxtyping import Float


def attractor_induction(
    transition_lipschitz: float, horizon: int, alpha: Float[np.ndarray, " alphas"]
) -> dict[str, Float[np.ndarray, " alphas"]]:
    """The errors and the gaps of pi_alpha by induction over the mass m_n in s1 (paper, Eqs. 28-33, re-derived).

    m_0 = 0, m_{n+1} = m_n + (1 - m_n)(alpha + (1 - alpha) min(1, L_P m_n)). The sum of m_n is what the population loses
    (Eq. 33). A deviator, who always plays a0, is drawn away all the same: its mass in s1 is d_0 = 0,
    d_{n+1} = d_n + (1 - d_n) min(1, L_P m_n), and the sum of m_n - d_n is the Nash imitation gap (ours).
    """
    m, deviator, lost, gained = (np.zeros_like(alpha) for _ in range(4))
    for _ in range(horizon - 1):
        drawn = np.minimum(1, transition_lipschitz * m)
        m, deviator = m + (1 - m) * (alpha + (1 - alpha) * drawn), deviator + (1 - deviator) * drawn
        lost, gained = lost + m, gained + m - deviator
    return {
        "bc": 2 * alpha,
        "vanilla_adv": 2 * (1 - (1 - alpha) ** horizon),
        "mfc_adv": 2 * (1 - (1 - alpha) * (1 - m)),
        "nash_imitation_gap": gained,
        "population_value_gap": lost,
    }
