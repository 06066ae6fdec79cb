"""Policies on a path away from the expert, with their proxies and gaps: the data of Figure 2."""

from collections.abc import Mapping

import pandas as pd

from mfg_imitation.engine.gaps import Gaps
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import SWEPT
from mfg_imitation.studies.slip_paths import alpha_grid, resolved_path, slips_on_grid


def sweep(file: GameFile, grid: Mapping) -> pd.DataFrame:
    """One row per policy pi_alpha = (1 - alpha) pi^E + alpha pi^target, for every value of L_P and of the horizon.

    The target is the policy that the game's file names under `sweep.towards`, else the uniform one.

    Args:
        file: of the game; its expert is known in closed form.
        grid: `transition_lipschitz` and `horizon`, lists of values; `alpha`, see `alpha_grid` and `resolved_path`.

    Returns:
        Columns game, transition_lipschitz (missing where the game has no such parameter), horizon, alpha, the fields
        of `Proxies` (1-norms) and the fields of `Gaps` (units of reward over the horizon).

    Raises:
        InputError: a broken file, or an expert that is no equilibrium at some point of the grid.
    """
    first = alpha_grid(grid["alpha"]["linear"], grid["alpha"]["smallest"], grid["alpha"]["logarithmic"])
    frames = []
    for point, game, expert, target in slips_on_grid(file, grid):
        path = resolved_path(game, expert, target, first, grid["alpha"]["resolution"])
        frames.append(path.assign(game=file.name, **point))
    columns = ["game", SWEPT, "horizon", "alpha", *Proxies._fields, *Gaps._fields]
    return pd.concat(frames, ignore_index=True).reindex(columns=columns)
