"""How the largest Nash imitation gap at a given error grows with the horizon."""

import numpy as np
import pandas as pd

from mfg_imitation.io.reference import PRECISION


def frontier_growth(frontier: pd.DataFrame) -> pd.DataFrame:
    """How the frontier per unit of error grows with H, at the smallest error.

    Returns:
        One row per game and proxy with at least two horizons: game, proxy, error, shortest and longest (H),
        frontier_first and frontier_last (NIG / e there), share (of the bound that the frontier reaches at the longest),
        power (slope of log(NIG / e) on log H: 2 is quadratic, 1 linear, 0 bounded), and beside it bound_power and
        pairs_power, the same of the theorem's bound and of (H - 1)(H - 2), as short horizons are no powers; of those
        that hang on the search, also the precision.
    """
    rows = []
    small = frontier[frontier["error"] == frontier["error"].min()]
    for (game, proxy), group in small.groupby(["game", "proxy"], sort=False):
        group = group.sort_values("horizon")
        if len(group) < 2:
            continue
        length = np.log(group["horizon"]).to_numpy()
        pairs = (group["horizon"] - 1) * (group["horizon"] - 2)
        found = (group["frontier"] / group["error"]).to_numpy()
        precision = (group[f"frontier{PRECISION}"] / group["error"]).to_numpy()
        weights = np.abs(length - length.mean()) / np.sum((length - length.mean()) ** 2)  # of the fit
        rows.append(
            {
                "game": game,
                "proxy": proxy,
                "error": group["error"].iloc[0],
                "shortest": group["horizon"].iloc[0],
                "longest": group["horizon"].iloc[-1],
                "frontier_first": found[0],
                "frontier_last": found[-1],
                "share": (group["frontier"] / group["bound"]).iloc[-1],
                "power": np.polyfit(length, np.log(group["frontier"]), 1)[0],
                "bound_power": np.polyfit(length, np.log(group["bound"]), 1)[0],
                "pairs_power": np.polyfit(length, np.log(pairs), 1)[0] if pairs.min() > 0 else np.nan,
                f"frontier_first{PRECISION}": precision[0],
                f"frontier_last{PRECISION}": precision[-1],
                f"share{PRECISION}": precision[-1] * (group["error"] / group["bound"]).iloc[-1],
                f"power{PRECISION}": np.sum(weights * precision / found),
            }
        )
    searched = "frontier_first", "frontier_last", "share", "power"
    columns = ["game", "proxy", "error", "shortest", "longest", *searched, "bound_power", "pairs_power"]
    return pd.DataFrame(rows, columns=[*columns, *(f"{name}{PRECISION}" for name in searched)])
