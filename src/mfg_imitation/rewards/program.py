"""The linear programs of reward recovery."""

import numpy as np
import scipy

from mfg_imitation.errors import InputError


def least(name: str, cost: np.ndarray, rows, right: np.ndarray, low: np.ndarray, high: np.ndarray):
    """Minimise cost x with rows x <= right and low <= x <= high, by HiGHS; `scipy.optimize.linprog`'s result.

    The dual simplex ends in a corner, the same one every time.

    Raises:
        InputError: HiGHS did not find an optimum.
    """
    bounds = np.stack([low, high], axis=-1)
    found = scipy.optimize.linprog(cost, scipy.sparse.csc_array(rows), right, bounds=bounds, method="highs-ds")
    if found.status:
        raise InputError(f"{name}'s linear program: {found.message}")
    return found
