"""What each proxy certifies of one and the same imitator: the bounds on its gap, side by side (ours)."""

import numpy as np
import pandas as pd

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.engine.value import half_span_of
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.bounds import Bounds, upper_bounds

#: Nearer to the expert than this alpha errors are lost in rounding: some are differences of probabilities close to 1.
SMALLEST = 1e-12


def certificates(file: GameFile, sweep: pd.DataFrame) -> pd.DataFrame:
    """By how much every bound exceeds the least one of the same imitator, at most; one row per (L_P, H).

    A smaller error does not make a better certificate: on one path MFC-ADV's error is the largest of the three, as the
    population has amplified it. Constants of the bounds are the declared L_P and L_r, and R of the game.

    Args:
        file: of the game, which declares its Lipschitz constants.
        sweep: the table of its sweep; imitators nearer to the expert than alpha = `SMALLEST` are passed over.

    Returns:
        Columns transition_lipschitz, horizon, and for every bound over_<proxy>: the largest ratio of that bound to the
        smallest of the paper's three, 1 where it is the smallest for every imitator.
    """
    found = []
    for horizon, rows in sweep[sweep["alpha"] >= SMALLEST].groupby("horizon"):
        constants = {slope: _constants(file, {SWEPT: slope, "horizon": horizon}) for slope in rows[SWEPT].unique()}
        errors = Proxies(*(rows[name].to_numpy() for name in Proxies._fields))
        bounds = upper_bounds(errors, horizon, *np.array([constants[slope] for slope in rows[SWEPT]]).T)
        least = np.min([bounds.bc, bounds.vanilla_adv, bounds.mfc_adv], axis=0)
        over = {f"over_{name}": getattr(bounds, name) / least for name in Bounds._fields}
        found.append(rows[[SWEPT, "horizon"]].assign(**over).groupby([SWEPT, "horizon"]).max())
    return pd.concat(found).sort_index().reset_index()


def _constants(file: GameFile, point: dict[str, float]) -> tuple[float, float, float]:
    """L_P, L_r and R of the game at a point of the grid."""
    game = file.load(**point)
    return *file.lipschitz(**point), float(half_span_of(game, population_flow(game, known_expert(game).policy)))
