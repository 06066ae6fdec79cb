"""The table behind the report's sliders: proxies and gaps on an even, fine grid, rounded to what a screen shows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mfg_imitation.engine.gaps import Gaps
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.studies.slip_paths import measures, slips_on_grid

#: Significant digits that are kept.
DIGITS = 5


def explorer(file: GameFile, axes: Mapping) -> pd.DataFrame:
    """One row per stop of the sliders: the policies pi_alpha of `sweep.sweep` on an even grid of L_P, H and log alpha.

    Args:
        file: of the game; its expert is known in closed form.
        axes: `transition_lipschitz` and `horizon`, each with `smallest`, `largest` and `step`; `alpha` with `decades`
            below 1 and stops `per_decade`.

    Returns:
        Columns transition_lipschitz, horizon, alpha, the fields of `Proxies` (1-norms) and of `Gaps` (units of reward
        over the horizon).

    Raises:
        InputError: a broken file, or an expert that is no equilibrium at some point of the grid.
    """
    grid = {name: stops(**axes[name]) for name in (SWEPT, "horizon")}
    decades, density = axes["alpha"]["decades"], axes["alpha"]["per_decade"]
    alpha = 10.0 ** (np.arange(-decades * density, 1) / density)
    frames = [
        measures(game, expert, target, alpha).assign(**point)
        for point, game, expert, target in slips_on_grid(file, grid)
    ]
    measured = ["alpha", *Proxies._fields, *Gaps._fields]
    table = pd.concat(frames, ignore_index=True)[[SWEPT, "horizon", *measured]]
    return table.assign(**table[measured].map(lambda value: float(f"{value:.{DIGITS}g}")))


def stops(smallest: float, largest: float, step: float) -> list[float]:
    """The stops of a slider, both ends included where the step leads there; whole numbers stay whole."""
    count = int((largest - smallest) / step + 1e-9) + 1
    return [round(smallest + step * number, 10) for number in range(count)]
