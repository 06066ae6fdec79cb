"""Reading the panels of Figure 2 in numbers: a gap as a function of a proxy, along one path of policies."""

import numpy as np
import pandas as pd
from jaxtyping import Float

from mfg_imitation.names import SWEPT

#: Proxy values at which curves are compared: [0, 2) in steps of 1/1000. At 2 itself proxies saturate (rho^pi and rho^E
#: have nothing in common) and a curve is no function any more.
ERRORS = np.arange(2000) / 1000

#: "A given gap": these shares of the smallest panel's height, so that every panel reaches them.
LEVELS = (0.1, 0.25, 0.5, 0.9)


def panels(sweep: pd.DataFrame) -> dict[tuple[float, int], pd.DataFrame]:
    """The sweep table cut by (L_P, H), each panel in ascending order of alpha."""
    groups = sweep.sort_values("alpha", kind="stable").groupby([SWEPT, "horizon"])
    return {key: panel.reset_index(drop=True) for key, panel in groups}


def corner(sweep: pd.DataFrame, *, amplified: bool, long: bool) -> pd.DataFrame | None:
    """The panel with the largest (or else smallest positive) L_P and the largest (or else smallest) horizon, if any."""
    slopes = sorted(value for value in sweep[SWEPT].unique() if value > 0)
    horizons = sorted(sweep["horizon"].unique())
    if not slopes:
        return None
    return panels(sweep)[slopes[-1 if amplified else 0], horizons[-1 if long else 0]]


def curve(panel: pd.DataFrame, proxy: str, gap: str) -> Float[np.ndarray, " errors"]:
    """The gap at the proxy values `ERRORS`, as a share of the panel's largest gap, linear between the policies."""
    return np.interp(ERRORS, panel[proxy], panel[gap]) / panel[gap].max()


def rise(panel: pd.DataFrame, proxy: str, other: str, gap: str) -> float:
    """How far the curve of `proxy` rises above that of `other`, at most; as a share of the panel's height."""
    return float(np.max(curve(panel, proxy, gap) - curve(panel, other, gap)))


def distance(panel: pd.DataFrame | None, proxy: str, other: str, gap: str) -> float:
    """Area between the two curves as a share of the panel, in [0, 1]; NaN when there is no panel."""
    if panel is None:
        return np.nan
    return float(np.mean(np.abs(curve(panel, proxy, gap) - curve(panel, other, gap))))


def nearness_to_bc(panel: pd.DataFrame | None, gap: str) -> float:
    """Where the curve of vanilla-ADV lies between BC's, 0, and MFC-ADV's, 1: a share of the two areas; NaN for none."""
    to_bc = distance(panel, "vanilla_adv", "bc", gap)
    return ratio(to_bc, to_bc + distance(panel, "vanilla_adv", "mfc_adv", gap))


def ratio(part: float, whole: float) -> float:
    """NaN, which is "not measured", where there is nothing to compare with."""
    return part / whole if whole else np.nan


def error_allowed(panel: pd.DataFrame, proxy: str, gap: str, level: float) -> float:
    """The proxy value at which the gap first reaches `level`: a smaller error ensures a smaller gap on this path.

    Infinite when the path never reaches the level.
    """
    reached = np.flatnonzero(panel[gap].to_numpy() >= level)
    if reached.size == 0:
        return np.inf
    step = panel.iloc[max(reached[0] - 1, 0) : reached[0] + 1]
    return float(np.interp(level, step[gap], step[proxy]))


def errors_allowed(sweep: pd.DataFrame, proxy: str, gap: str) -> pd.DataFrame:
    """`error_allowed` for every panel (rows: L_P, H) and every level of `LEVELS` (columns)."""
    cut = panels(sweep)
    height = min(panel[gap].max() for panel in cut.values())
    rows = [[error_allowed(panel, proxy, gap, share * height) for share in LEVELS] for panel in cut.values()]
    return pd.DataFrame(rows, columns=LEVELS, index=pd.MultiIndex.from_tuples(cut, names=[SWEPT, "horizon"]))


def growth(sweep: pd.DataFrame, proxy: str, gap: str, along: str) -> float:
    """Largest relative growth of the error allowed when L_P, or the horizon, steps to its next larger value."""
    other = "horizon" if along == SWEPT else SWEPT
    allowed = errors_allowed(sweep, proxy, gap).sort_index(level=along)
    return float((allowed / allowed.groupby(level=other).shift() - 1).max(axis=None))


def decades(sweep: pd.DataFrame, proxy: str, gap: str) -> float:
    """Over how many powers of ten the error allowed for a given gap varies between the panels, at most."""
    allowed = np.log10(errors_allowed(sweep, proxy, gap))
    return float((allowed.max() - allowed.min()).max())
