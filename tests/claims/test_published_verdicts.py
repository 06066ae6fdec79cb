"""What the scorecard says of the published grid, derived a second time: from closed forms in NumPy, without the engine.

In the attractor with imitators pi_alpha, m_n is the share that has left s0: m_0 = 0 and 1 - m_{n+1} =
(1 - m_n) (1 - alpha) (1 - min(1, L_P m_n)). The population loses sum m_n. An agent that deviates plays a0 throughout
and is still in s0 with b_{n+1} = b_n (1 - min(1, L_P m_n)): it gains sum b_n - (1 - m_n) (re-derived).
"""

import numpy as np
import pandas as pd
import pytest
import yaml
from workflow_runs import REPOSITORY

from mfg_imitation.claims.claim import CLAIMS
from mfg_imitation.names import JUDGED_GAPS, SWEPT
from mfg_imitation.studies.long_horizons import long_horizons

NIG, VALUE = JUDGED_GAPS
GRID = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text("utf-8"))["sweep"]
ALPHA = np.concatenate([[0], np.geomspace(GRID["alpha"]["smallest"], 1, 8001)])

#: Observations of Section 5 that the numbers contradict.
FAILS = {
    ("BC worsens with L_P", NIG),
    ("vanilla-ADV worsens with L_P", NIG),
    ("vanilla-ADV worsens with H", NIG),
    ("like BC when both are large", NIG),
    ("like BC when L_P is large", NIG),
    ("like BC when H is large", NIG),
    ("like BC when H is large", VALUE),
    ("like BC when H is large enough", NIG),
    ("MFC-ADV is less influenced", NIG),
}


def panel(slope: float, horizon: int) -> pd.DataFrame:
    """Proxies and gaps of pi_alpha, over alpha."""
    zero = np.zeros_like(ALPHA)
    left, deviators, mistaken = (
        zero,
        zero,
        zero,
    )  # m, 1 - b, and what imitators among experts no longer do: small numbers
    value_gap, nig, vanilla, mfc = 0, 0, zero, zero
    for _ in range(horizon):
        value_gap, nig = value_gap + left, nig + left - deviators
        # rho differs from the expert's, all in (s0, a0): what is missing there is elsewhere
        mistaken = mistaken + (1 - mistaken) * ALPHA
        vanilla, mfc = np.maximum(vanilla, 2 * mistaken), np.maximum(mfc, 2 * (left + (1 - left) * ALPHA))
        drawn = np.minimum(1, slope * left)
        left, deviators = (
            left + (1 - left) * (ALPHA + drawn - ALPHA * drawn),
            deviators + (1 - deviators) * drawn,
        )
    columns = {"alpha": ALPHA, "bc": 2 * ALPHA, "vanilla_adv": vanilla, "mfc_adv": mfc, NIG: nig, VALUE: value_gap}
    return pd.DataFrame({SWEPT: slope, "horizon": horizon, **columns})


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    sweep = pd.concat([panel(slope, horizon) for slope in GRID[SWEPT] for horizon in GRID["horizon"]])
    tables = {"sweep": sweep, "long_horizons": long_horizons(GRID[SWEPT])}
    observations = [name for name in CLAIMS if CLAIMS.module(name).endswith("section_5_observations")]
    return pd.DataFrame([row for name in observations for row in CLAIMS[name].rows(tables)])


def test_the_same_observations_fail(rows):
    failed = rows[rows["measured"] > rows["threshold"]]
    assert set(zip(failed["claim"], failed["gap"], strict=True)) == FAILS
    assert rows["measured"].notna().all()


def test_the_published_numbers_are_those_of_the_closed_forms(rows):
    """To what the two grids of alpha resolve: two parts in a hundred of a number, or a thousandth of a panel."""
    published = pd.read_csv(REPOSITORY / "data/reference/scorecard.csv").set_index(["claim", "gap"])["measured"]
    for row in rows.itertuples():
        (number,) = published[published.index.isin([(row.claim, row.gap)])] if row.gap else published[row.claim]
        assert number == pytest.approx(row.measured, rel=0.02, abs=1e-3), (row.claim, row.gap)
