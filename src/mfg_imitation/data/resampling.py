"""The trajectories of a data set drawn again and again: what intervals and overall tests stand on.

Trajectories are drawn with replacement, crowd by crowd. Whatever follows from how often each record was met follows
from one product of sparse matrices: how often each trajectory was drawn, times what each trajectory shows.
"""

from collections.abc import Iterator

import numpy as np
import scipy
from jaxtyping import Float, Int

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.imitation.crowd_records import CrowdRecords
from mfg_imitation.imitation.demonstrations import weighed

#: Draws are made in portions that keep arrays below so many numbers.
LARGEST = 2**24


def portions(data: Dataset, records: CrowdRecords, size: int) -> Iterator[Float[np.ndarray, "draws R"]]:
    """What every record counts in some of the draws, portion after portion, until all have been.

    Args:
        size: numbers that one draw will need.
    """
    total, done = data.file.declaration["resamples"], 0
    size = max(size, len(data.trajectories.lengths))
    generator = np.random.default_rng(data.file.declaration["seed"])
    shown = _shown(data, records)
    while done < total:
        number = int(min(max(LARGEST // size, 1), total - done))
        yield _drawn(data.trajectories.crowds, number, generator) @ shown
        done += number


def _shown(data: Dataset, records: CrowdRecords) -> "scipy.sparse.csr_array":
    """What every trajectory adds to the count of every record."""
    weights, which = weighed(data.demonstrations)[2], records.which
    seen = which >= 0
    rows = np.broadcast_to(np.arange(len(which))[:, None], which.shape)[seen]
    return scipy.sparse.csr_array((weights[seen], (rows, which[seen])), (len(which), records.count.size))


def _drawn(crowds: Int[np.ndarray, " M"], number: int, generator) -> Float[np.ndarray, "draws M"]:
    """How often each trajectory was drawn."""
    times = np.zeros((number, len(crowds)))
    for crowd in np.unique(crowds):
        members = np.flatnonzero(crowds == crowd)
        for row in times:
            row[members] = np.bincount(generator.integers(len(members), size=len(members)), minlength=len(members))
    return times
