"""The bounds: against a direct recursion, at their limits, and where errors saturate."""

import numpy as np
import pytest

from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.theory.bounds import upper_bounds

ONE = Proxies(1.0, 1.0, 1.0, 1.0)
SMALL = 1e-9  # an error that saturates nowhere below


def by_recursion(error, horizon, slope, reward_slope, half_span):
    """The decomposition with every inequality of the proofs an equality, step by step, all cut at 2."""
    d, e, d_v, e_v, e_m = 0.0, 0.0, 0.0, 0.0, 0.0
    bc = vanilla = mfc = linear = 0.0
    for n in range(horizon):
        d_m = 0.0 if n == 0 else min(2, error)
        bc += 2 * reward_slope * d + half_span * (min(2, d + error) + e)
        vanilla += 2 * reward_slope * d_v + half_span * (min(2, e_v + error) + e_v)
        mfc += 2 * reward_slope * d_m + half_span * (min(2, error) + e_m)
        linear += 2 * reward_slope * d_m + half_span * 2 * min(2, error)
        d, e = min(2, (1 + slope) * d + error), min(2, e + slope * d)
        e_v = min(2, e_v + slope * d_v)
        d_v = min(2, e_v + error)
        e_m = min(2, e_m + slope * d_m)
    return Proxies(bc, vanilla, mfc, linear)


@pytest.mark.parametrize("horizon", [1, 2, 3, 10])
@pytest.mark.parametrize("slope", [0, 0.1, 1, 3])
@pytest.mark.parametrize("error", [SMALL, 1e-3, 0.3, 2.0])
def test_bounds_are_what_the_recursions_of_the_proofs_add_up_to(error, horizon, slope):
    wanted = by_recursion(error, horizon, slope, 0.7, 1.3)
    np.testing.assert_allclose(upper_bounds(Proxies(*[error] * 4), horizon, slope, 0.7, 1.3), wanted, rtol=1e-12)


@pytest.mark.parametrize("slope", [0.0, 0.1, 1.0, 3.0])
def test_the_factors_of_small_errors_are_those_of_the_table(slope):
    """NIG / eps, by sums of powers: each proxy's own closed form."""
    horizon, reward_slope, half_span = 7, 0.6, 1.7
    n = np.arange(horizon)
    c = np.array([sum((1 + slope) ** k for k in range(i)) for i in n])
    g = np.array([0, *((1 + slope) ** k for k in range(horizon - 1))])
    pairs = (horizon - 1) * (horizon - 2) / 2
    crowd = 2 * reward_slope * (horizon - 1)
    wanted = (
        np.sum(2 * reward_slope * c + half_span * (n + 1 + 2 * (c - n))),
        np.sum(2 * reward_slope * g) + half_span * (horizon + 2 * np.sum(g[1:] - 1)),
        crowd + half_span * (horizon + slope * pairs),
        crowd + 2 * half_span * horizon,
    )
    found = upper_bounds(Proxies(*[SMALL] * 4), horizon, slope, reward_slope, half_span)
    np.testing.assert_allclose(np.array(found) / SMALL, wanted, rtol=1e-12)


def test_without_interaction_the_closed_forms_of_the_table():
    horizon, reward_slope, span = 7, 0.5, 2.0
    found = upper_bounds(Proxies(*[0.125] * 4), horizon, 0, reward_slope, span)
    linear = 0.125 * (2 * reward_slope * (horizon - 1) + span * horizon)
    assert found.bc == 0.125 * (reward_slope * horizon * (horizon - 1) + span * horizon * (horizon + 1) / 2)
    assert found.vanilla_adv == found.mfc_adv == linear


@pytest.mark.parametrize("slope", [1e-300, 1e-18, 1e-12, 1e-8])
def test_bounds_are_continuous_where_the_interaction_vanishes(slope):
    small = Proxies(*[1e-6] * 4)
    np.testing.assert_allclose(
        upper_bounds(small, 200, slope, 1.0, 1.0), upper_bounds(small, 200, 0, 1.0, 1.0), rtol=1e-5
    )


@pytest.mark.parametrize("slope", [0.0, 1.0, 1e6, 1e300])
def test_no_bound_is_above_twice_the_trivial_one_or_undefined(slope):
    horizon, reward_slope, half_span = 200, 0.5, 2.0
    for error in (0.0, 1e-300, 1e-3, 2.0):
        found = upper_bounds(Proxies(*[error] * 4), horizon, slope, reward_slope, half_span)
        assert all(0 <= bound <= 4 * horizon * (reward_slope + half_span) for bound in found)
        assert (error > 0) or found == (0, 0, 0, 0)


def test_bounds_broadcast():
    slopes = np.array([0.0, 0.5, 1.0])
    together = upper_bounds(Proxies(*np.full((4, 3), 0.1)), 9, slopes, 0.5, 1.0)
    one_error = upper_bounds(Proxies(*[0.1] * 4), 9, slopes, 0.5, 1.0)
    for i, slope in enumerate(slopes):
        alone = upper_bounds(Proxies(*[0.1] * 4), 9, slope, 0.5, 1.0)
        np.testing.assert_allclose([bound[i] for bound in together], alone)
        np.testing.assert_allclose([bound[i] for bound in one_error], alone)


def test_amplification_is_a_sum_of_powers():
    c, g = amplification(12, 0.3)
    np.testing.assert_allclose(c, [sum(1.3**k for k in range(n)) for n in range(12)], atol=1e-15)
    np.testing.assert_allclose(g, [0, *(1.3**k for k in range(11))], rtol=1e-14)
