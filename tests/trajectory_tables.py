"""Trajectories as users have them: tables, one row a step."""

import numpy as np
import pandas as pd

#: Of the small epidemic that data sets are tested with.
HORIZON = 6


def rows_of(game, demonstrations, lengths=None) -> pd.DataFrame:
    """The trajectories as a user's table: one row a step, up to their lengths."""
    who, step = np.indices(demonstrations.states.shape)
    kept = np.full(who.shape, True) if lengths is None else step < np.asarray(lengths)[:, None]
    names = {
        "state": np.array(game.states)[np.asarray(demonstrations.states)],
        "action": np.array(game.actions)[np.asarray(demonstrations.actions)],
    }
    columns = {"trajectory": who, "step": step, **names}
    return pd.DataFrame({name: column[kept] for name, column in columns.items()})
