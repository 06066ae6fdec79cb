"""Leaving a building (Perolat et al. 2021, Scaling up Mean Field Games with Online Mirror Descent)."""

import itertools
from typing import ClassVar

import numpy as np

from mfg_imitation.games.families.crowd_walk import CROWD_PARAMETERS, CrowdWalk, neighbour_table
from mfg_imitation.games.families.family import Parameter, family
from mfg_imitation.games.families.grid_crowd import STEPS
from mfg_imitation.games.sizes import check_policy_size


@family("evacuation")
class Evacuation(CrowdWalk):
    """A crowd leaves a building by its stairs; see `CrowdWalk` for kernel and reward.

    Floors 0 ... F - 1 are open grids. Two stairwells stand in opposite corners, and each flight of stairs is
    in the other well than the flight below it, so that everyone has to cross every floor. Being on floor 0
    pays `ground_reward` at every step. Everyone begins anywhere in the building. A state is (floor, row,
    column).
    """

    parameters: ClassVar = {
        "floors": Parameter(3, "number of floors, the ground floor included", minimum=1, maximum=100),
        "rows": Parameter(5, "rows of a floor", minimum=2, maximum=100),
        "columns": Parameter(5, "columns of a floor", minimum=2, maximum=100),
        "ground_reward": Parameter(10.0, "reward of being on the ground floor, at every step"),
        **CROWD_PARAMETERS,
    }

    def __init__(self, *, horizon, floors, rows, columns, ground_reward, **crowd):
        check_policy_size(horizon, floors * rows * columns, len(STEPS) + 2)
        wells = (0, 0), (rows - 1, columns - 1)
        cells = list(itertools.product(range(floors), range(rows), range(columns)))

        def flight(cell, lower, rise):  # the flight between floors lower and lower + 1
            floor, *place = cell
            return (floor + rise, *place) if tuple(place) == wells[lower % 2] else cell

        steps = [lambda cell, dy=dy, dx=dx: (cell[0], cell[1] + dy, cell[2] + dx) for dy, dx in STEPS.values()]
        steps += [lambda cell: flight(cell, cell[0] - 1, -1), lambda cell: flight(cell, cell[0], 1)]
        self._lay_out(
            horizon=horizon,
            cells=cells,
            actions=(*STEPS, "downstairs", "upstairs"),
            initial=np.full(len(cells), 1 / len(cells)),
            neighbours=neighbour_table(cells, steps),
            place_reward=[ground_reward * (cell[0] == 0) for cell in cells],
        )
        self._populate(**crowd)
