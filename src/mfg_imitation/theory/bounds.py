"""Upper bounds on the Nash imitation gap by each proxy (paper, Theorems of Sections 4.1 to 4.3; constants re-derived).

The printed constants could not be read from the text this project had; these are the ones that the proof steps give.
Notation: d_n = |mu^pi_n - mu^E_n| and e_n = |mu^{pi',pi}_n - mu^{pi',E}_n|, one policy pi' in two populations, all
1-norms; sums run over n = 0 ... H - 1. Everything starts from Lemma 1, for a Nash expert:

    NIG <= 2 L_r sum d_n + r_max ( sum |rho^{E,E}_n - rho^{pi,E}_n| + 2 max over pi' of sum e_n ).

and from the step of Lemma 5, e_{n+1} <= e_n + L_P d_n with e_0 = 0. For an expert with exploitability delta, add delta.
How the bound of each proxy follows is said where the proxy is defined, in `engine.proxies`.
"""

from collections import namedtuple

import numpy as np
from jaxtyping import Float

from mfg_imitation.engine.proxies import PROXIES, Proxies
from mfg_imitation.engine.proxies.proxy import Constants

#: The proxies that have a bound.
BOUNDED = {name: entry for name, entry in PROXIES.items() if entry.bound is not None}

#: The bounds on NIG by the names of their proxies, in the unit of the reward; a proxy without a bound has no field.
Bounds = namedtuple("Bounds", BOUNDED)


def upper_bounds(
    proxies: Proxies,
    horizon: int,
    transition_lipschitz: Float[np.ndarray, "*batch"] | float,
    reward_lipschitz: Float[np.ndarray, "*batch"] | float,
    reward_bound: Float[np.ndarray, "*batch"] | float,
) -> Bounds:
    """The bound on NIG that each proxy gives, in the unit of the reward; arguments broadcast.

    Args:
        proxies: the errors of the policies.
        horizon: H.
        transition_lipschitz, reward_lipschitz: L_P and L_r, in the 1-norm (paper, Assumption 1).
        reward_bound: r_max, the largest |r_n(s, a, mu^E_n)| (paper, Assumption 2).

    Returns:
        The bounds under the names of their proxies. A bound too large for float64 is infinite; what is exactly
        0, be it a proxy, L_r or r_max, adds nothing however far errors grow.
    """
    errors = Proxies(*(np.asarray(error, dtype=float) for error in proxies))
    slopes = (np.asarray(number, dtype=float) for number in (transition_lipschitz, reward_lipschitz, reward_bound))
    constants = Constants(horizon, *slopes)
    with np.errstate(over="ignore"):
        return Bounds(**{name: np.asarray(entry.bound(errors, constants)) for name, entry in BOUNDED.items()})
