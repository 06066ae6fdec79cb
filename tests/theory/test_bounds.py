"""The bounds: against a direct recursion, at their limits, and where float64 ends."""

import numpy as np
import pytest

from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.theory.bounds import upper_bounds

ONE = Proxies(1.0, 1.0, 1.0)


def by_recursion(horizon, slope, reward_slope, reward_bound):
    """Lemma 1 with every inequality of the proofs an equality, step by step, for an error of 1."""
    d, e, d_v, e_v, e_m = 0.0, 0.0, 0.0, 0.0, 0.0
    bc = vanilla = mfc = 0.0
    for n in range(horizon):
        d_m = 0.0 if n == 0 else 1.0
        bc += 2 * reward_slope * d + reward_bound * (n + 1 + 2 * e)
        vanilla += 2 * reward_slope * d_v + reward_bound * (1 + 2 * e_v)
        mfc += 2 * reward_slope * d_m + reward_bound * (1 + e_m + 2 * e_m)
        d, e = (1 + slope) * d + 1, e + slope * d
        e_v = e_v + slope * d_v
        d_v = e_v + 1
        e_m = e_m + slope * d_m
    return Proxies(bc, vanilla, mfc)


@pytest.mark.parametrize("horizon", [1, 2, 3, 10])
@pytest.mark.parametrize("slope", [0, 0.1, 1, 3])
def test_bounds_are_what_the_recursions_of_the_proofs_add_up_to(horizon, slope):
    wanted = by_recursion(horizon, slope, 0.7, 1.3)
    np.testing.assert_allclose(upper_bounds(ONE, horizon, slope, 0.7, 1.3), wanted, rtol=1e-12)


def test_without_interaction_the_closed_forms_of_the_table():
    horizon, reward_slope, bound = 7, 0.5, 2.0
    found = upper_bounds(ONE, horizon, 0, reward_slope, bound)
    linear = 2 * reward_slope * (horizon - 1) + bound * horizon
    assert found.bc == reward_slope * horizon * (horizon - 1) + bound * horizon * (horizon + 1) / 2
    assert found.vanilla_adv == found.mfc_adv == linear


@pytest.mark.parametrize("slope", [1e-300, 1e-18, 1e-12, 1e-8])
def test_bounds_are_continuous_where_the_interaction_vanishes(slope):
    np.testing.assert_allclose(upper_bounds(ONE, 200, slope, 1.0, 1.0), upper_bounds(ONE, 200, 0, 1.0, 1.0), rtol=1e-5)


def test_what_is_too_large_is_infinite_and_never_undefined():
    found = upper_bounds(Proxies(1e-3, 1e-3, 1e-3), 200, 1e6, 0.0, 1.0)
    assert np.isinf(found.bc) and np.isinf(found.vanilla_adv) and np.isfinite(found.mfc_adv)
    assert upper_bounds(Proxies(0.0, 0.0, 0.0), 200, 1e6, 1.0, 1.0) == (0, 0, 0)
    found = upper_bounds(Proxies(1e-3, 1e-3, 1e-3), 200, 1e6, 1.0, 0.0)
    assert np.isinf(found.bc) and np.isinf(found.vanilla_adv)
    assert np.isfinite(upper_bounds(ONE, 200, 1.0, 1.0, 1.0)).all()


def test_bounds_broadcast():
    slopes = np.array([0.0, 0.5, 1.0])
    together = upper_bounds(Proxies(*np.full((3, 3), 0.1)), 9, slopes, 0.5, 1.0)
    for i, slope in enumerate(slopes):
        alone = upper_bounds(Proxies(0.1, 0.1, 0.1), 9, slope, 0.5, 1.0)
        np.testing.assert_allclose([bound[i] for bound in together], alone)


def test_amplification_is_a_sum_of_powers():
    c, g = amplification(12, 0.3)
    np.testing.assert_allclose(c, [sum(1.3**k for k in range(n)) for n in range(12)], atol=1e-15)
    np.testing.assert_allclose(g, [0, *(1.3**k for k in range(11))], rtol=1e-14)
    assert upper_bounds(ONE, 12, 0.3, 0.5, 1.0).mfc_adv == pytest.approx(2 * 0.5 * 11 + 12 + 3 * 0.3 * 55)
