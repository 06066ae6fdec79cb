"""From which horizon on vanilla-ADV is more like behavioral cloning than like MFC-ADV (paper, Section 5)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mfg_imitation.claims.panel_curves import nearness_to_bc
from mfg_imitation.claims.section_5_observations import HALF, LONGEST
from mfg_imitation.names import JUDGED_GAPS, SWEPT
from mfg_imitation.studies.attractor_induction import attractor_induction

#: Imitators on the path, with those whose errors the population amplifies to 1 within `LONGEST` steps.
ALPHA = np.concatenate([[0], np.geomspace(1e-160, 1, 2001)])


def long_horizons(slopes: Iterable[float]) -> pd.DataFrame:
    """The smallest horizon H, for every L_P > 0 and both gaps, at which `nearness_to_bc` is at most `HALF` for good.

    "For good" is: at every horizon from H to `LONGEST`. The curves come from `attractor_induction`, all horizons.

    Args:
        slopes: values of L_P; 0 is passed over, as both ADVs are one there.

    Returns:
        Columns transition_lipschitz, gap, horizon (infinite where there is none) and share (there, or at `LONGEST`).
    """
    rows = []
    for slope in filter(None, slopes):
        panels = [pd.DataFrame(attractor_induction(slope, horizon, ALPHA)) for horizon in range(2, LONGEST + 1)]
        for gap in JUDGED_GAPS:
            shares = np.array([nearness_to_bc(panel, gap) for panel in panels])
            above = np.flatnonzero(~(shares <= HALF))
            first = above[-1] + 1 if above.size else 0
            horizon, at = (first + 2.0, first) if first < len(panels) else (np.inf, -1)
            rows.append({SWEPT: slope, "gap": gap, "horizon": horizon, "share": shares[at]})
    return pd.DataFrame(rows, columns=[SWEPT, "gap", "horizon", "share"])
