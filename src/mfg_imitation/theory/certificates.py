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

#: Below it an error of a distance to the expert is too near to float64's rounding of 1 to be compared.
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
    rows = []
    for (slope, horizon), panel in sweep[sweep["alpha"] >= SMALLEST].groupby([SWEPT, "horizon"]):
        point = {SWEPT: slope, "horizon": horizon}
        game = file.load(**point)
        half_span = float(half_span_of(game, population_flow(game, known_expert(game).policy)))
        errors = Proxies(*(panel[name].to_numpy() for name in Proxies._fields))
        bounds = upper_bounds(errors, horizon, *file.lipschitz(**point), half_span)
        least = np.min([bounds.bc, bounds.vanilla_adv, bounds.mfc_adv], axis=0)
        over = {f"over_{name}": float(np.max(getattr(bounds, name) / least)) for name in Bounds._fields}
        rows.append({**point, **over})
    return pd.DataFrame(rows)
