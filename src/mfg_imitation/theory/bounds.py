"""Upper bounds on the Nash imitation gap by each proxy (paper, Theorems of Sections 4.1 to 4.3; constants re-derived).

The printed constants could not be read from the text this project had; these are the ones that proof steps give.
Notation, all 1-norms: d_n = |mu^pi_n - mu^E_n|, o_n = |rho^E_n - rho^pi_n| and e_n = |mu^{pi',pi}_n - mu^{pi',E}_n|,
one policy pi' in two populations; sums run over n = 0 ... H - 1. R is half the largest difference between two rewards
of one step at mu^E, which replaces the paper's r_max: constants added to all rewards of a step change no gap.

The paper starts from its Lemma 1, for a Nash expert:

    NIG <= 2 L_r sum d_n + r_max ( sum |rho^{E,E}_n - rho^{pi,E}_n| + 2 max over pi' of sum e_n ).

These bounds start from a decomposition of ours, which is never weaker, by the triangle inequality. NIG(pi) is the
maximum over pi' of

    [V(pi', mu^pi) - V(pi', mu^E)] + [V(pi', mu^E) - V(pi^E, mu^E)] + [V(pi^E, mu^E) - V(pi, mu^pi)],

where the middle is at most 0, and the last is compared directly, not by way of V(pi, mu^E):

    NIG <= 2 L_r sum d_n + R ( sum o_n + max over pi' of sum e_n ).

Both use the step of the paper's Lemma 5, e_{n+1} <= e_n + L_P d_n with e_0 = 0. For an expert with exploitability
delta, add delta. No 1-norm is above 2, so that every recursion is cut there: no bound exceeds 4 H (L_r + R), whatever
the error, which is twice the trivial 2 H R + 4 H L_r at most.
How the bound of each proxy follows is said where the proxy is defined, in `engine.proxies`; the bridge (see
`theory.bridge`) uses those of the paper's three proxies up.
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
    half_span: Float[np.ndarray, "*batch"] | float,
) -> Bounds:
    """The bound on NIG that each proxy gives, in the unit of the reward; arguments broadcast.

    Args:
        proxies: the errors of the policies.
        horizon: H.
        transition_lipschitz, reward_lipschitz: L_P and L_r, in the 1-norm (paper, Assumption 1).
        half_span: R, half the largest max - min over (s, a) of r_n(., ., mu^E_n); the paper's r_max, the largest
            |r_n(s, a, mu^E_n)| (Assumption 2), may stand for it.

    Returns:
        The bounds under the names of their proxies, at most 4 H (L_r + R).
    """
    errors = Proxies(*(np.asarray(error, dtype=float) for error in proxies))
    slopes = [np.asarray(number, dtype=float) for number in (transition_lipschitz, reward_lipschitz, half_span)]
    constants = Constants(horizon, *slopes)
    bounds = {name: np.asarray(entry.bound(errors, constants)) for name, entry in BOUNDED.items()}
    shape = np.broadcast_shapes(*(np.shape(number) for number in (*errors, *slopes)))
    return Bounds(**{name: np.broadcast_to(bound, shape)[()] for name, bound in bounds.items()})
