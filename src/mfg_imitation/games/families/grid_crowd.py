"""A crowd on a two-dimensional grid, open or with walls (after Geist et al. 2022 and Perolat et al. 2021)."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Int

from mfg_imitation.errors import InputError
from mfg_imitation.games.families.crowd_walk import CROWD_PARAMETERS, CrowdWalk
from mfg_imitation.games.families.family import Parameter, family
from mfg_imitation.games.sizes import check_policy_size

#: Row and column that an action adds.
STEPS = {"stay": (0, 0), "up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}

#: For every action but staying, the place of the one that leads back.
BACK = (1, 0, 3, 2)


@family("grid_crowd")
class GridCrowd(CrowdWalk):
    """A crowd spreads over a grid, without or with a goal; see `CrowdWalk` for kernel and reward.

    The grid is `rows` x `columns` and open, everyone beginning where `start` says, or it is drawn as text: in
    `map`, one line a row, # is a wall, . a free cell, S a start and G a goal (a free cell that pays
    `goal_reward` at every step). With several starts everyone begins at a random one; a map without S begins
    everywhere. Without walls neighbours are found by shifting the grid, not by looking them up.

    Attributes:
        open_shape: (rows, columns) of a grid without walls, else None.
    """

    open_shape: tuple[int, int] | None = eqx.field(static=True)

    parameters: ClassVar = {
        "rows": Parameter(10, "rows of an open grid", minimum=1, maximum=4000),
        "columns": Parameter(10, "columns of an open grid", minimum=1, maximum=4000),
        "start": Parameter(
            "everywhere", "where everyone begins on an open grid", choices=("everywhere", "corner", "center")
        ),
        "map": Parameter((), "a grid drawn as text, instead of rows, columns and start"),
        "goal_reward": Parameter(0.0, "reward of a goal cell, at every step"),
        **CROWD_PARAMETERS,
    }

    def __init__(self, *, horizon, rows, columns, start, map, goal_reward, **crowd):
        plan = _drawn(map) if map else _open(rows, columns, start)
        free = plan != "#"
        check_policy_size(horizon, free.sum(), len(STEPS))
        cells = [tuple(cell) for cell in np.argwhere(free).tolist()]
        marks = plan[free]
        begin = marks == "S" if (marks == "S").any() else np.ones(len(cells))
        self.open_shape = plan.shape if free.all() else None
        self._lay_out(
            horizon=horizon,
            cells=cells,
            actions=tuple(STEPS),
            initial=begin / begin.sum(),
            neighbours=_neighbours(free),
            place_reward=goal_reward * (marks == "G"),
        )
        self._populate(**crowd)

    def _ahead(self, values):
        if not self.open_shape:
            return super()._ahead(values)
        _, columns = self.open_shape
        padded = jnp.pad(values, columns)  # nothing is asked of a cell in the loop over them, which is then vectorised
        up, down, left, right = (padded[columns + step :][: values.size] for step in (-columns, columns, -1, 1))
        column = jnp.arange(values.size) % columns
        return [up, down, jnp.where(column > 0, left, 0), jnp.where(column < columns - 1, right, 0)]

    def _arrivals(self, moved):
        if not self.open_shape:
            return super()._arrivals(moved)
        return sum(self._ahead(some)[back] for some, back in zip(moved, BACK, strict=True))


def _open(rows: int, columns: int, start: str) -> np.ndarray:
    plan = np.full((rows, columns), ".")
    if start != "everywhere":
        plan[(0, 0) if start == "corner" else (rows // 2, columns // 2)] = "S"
    return plan


def _neighbours(free: Bool[np.ndarray, "rows columns"]) -> Int[np.ndarray, "S A"]:
    index = np.full(np.add(free.shape, 2), -1, dtype=np.int32)
    index[1:-1, 1:-1][free] = here = np.arange(free.sum())
    y, x = np.nonzero(free)
    aims = np.stack([index[1 + y + dy, 1 + x + dx] for dy, dx in STEPS.values()], axis=-1)
    return np.where(aims >= 0, aims, here[:, None]).astype(np.int32)


def _drawn(lines: tuple[str, ...]) -> np.ndarray:
    for i, line in enumerate(lines):
        if len(line) != len(lines[0]):
            raise InputError(f"map[{i}]: has {len(line)} cells, the first line has {len(lines[0])}")
        for mark in line:
            if mark not in "#.SG":
                raise InputError(f"map[{i}]: {mark!r} is no cell; allowed are # (wall), . (free), S (start), G (goal)")
    if set("".join(lines)) <= {"#"}:
        raise InputError("map: has no free cell")
    return np.array([list(line) for line in lines])
