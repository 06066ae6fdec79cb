"""Equal records counted, crowd by crowd and step by step: every crowd's moves happen in its own population.

`records` counts those of one population, sample by sample. Here the samples are crowds of any sizes, one policy is
common to them, and the probabilities of their moves have derivatives in the kernel and in the populations.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, weighed
from mfg_imitation.imitation.records import Records, power_of_two


class CrowdRecords(NamedTuple):
    """Distinct records in B blocks, one for each crowd and step that was observed, of W records each (padded).

    Attributes:
        crowd, step: of every block.
        population: mu-hat of the block: where the crowd is at this step.
        observed: what its trajectories weigh together.
        state, action, successor: s, a and s'; s' is the number of states where no move was seen.
        count: what the trajectories with the record weigh together; 0 in those that pad.
        cell: the number of the record's step and state, alike in all crowds.
        cells: step and state of every cell.
        which: the record of every step of every trajectory, as an index into the flattened blocks; -1 where a
            trajectory is no longer observed.
    """

    crowd: Int[np.ndarray, " B"]
    step: Int[np.ndarray, " B"]
    population: Float[np.ndarray, "B S"]
    observed: Float[np.ndarray, " B"]
    state: Int[np.ndarray, "B W"]
    action: Int[np.ndarray, "B W"]
    successor: Int[np.ndarray, "B W"]
    count: Float[np.ndarray, "B W"]
    cell: Int[np.ndarray, "B W"]
    cells: Int[np.ndarray, "C 2"]
    which: Int[np.ndarray, "M H"]

    def together(self) -> Records:
        """All records as those of one sample."""
        step = np.broadcast_to(self.step[:, None], self.state.shape)
        arrays = (step, self.state, self.action, self.successor, self.count, self.cell)
        return Records(*(jnp.asarray(array.reshape(1, -1)) for array in arrays), jnp.asarray(self.cells[None]))

    def flows(self, horizon: int) -> Float[np.ndarray, "crowds H S"]:
        """mu-hat of every crowd; NaN at steps at which nobody of it is observed."""
        flows = np.full((self.crowd.max() + 1, horizon, self.population.shape[1]), np.nan)
        flows[self.crowd, self.step] = self.population
        return flows


def crowd_records(demonstrations: Demonstrations, crowds: Int[np.ndarray, " M"], game: Game) -> CrowdRecords:
    """The distinct records of checked demonstrations of one sample.

    Args:
        crowds: which crowd every trajectory is in, from 0 on.
    """
    horizon, n_states, n_actions = game.policy_shape
    states, actions, weights = weighed(demonstrations)
    states, actions, observed = states.astype(np.int64), actions.astype(np.int64), weights > 0
    successors = np.full(states.shape, n_states)
    successors[:, :-1] = np.where(observed[:, 1:], states[:, 1:], n_states)
    block = crowds[:, None] * horizon + np.arange(horizon)
    keys = ((block * n_states + states) * n_actions + actions) * (n_states + 1) + successors
    distinct, found = np.unique(keys[observed], return_inverse=True)
    count = np.bincount(found, weights[observed])
    rest, successor = np.divmod(distinct, n_states + 1)
    rest, action = np.divmod(rest, n_actions)
    block, state = np.divmod(rest, n_states)
    blocks, which_block, sizes = np.unique(block, return_inverse=True, return_counts=True)
    place = np.arange(len(distinct)) - np.concatenate([[0], np.cumsum(sizes)[:-1]])[which_block]
    width = power_of_two(int(sizes.max()))
    step = block % horizon
    cells, cell = np.unique(step * n_states + state, return_inverse=True)

    def laid_out(array, dtype=np.int32):
        filled = np.zeros((len(blocks), width), dtype)
        filled[which_block, place] = array
        return filled

    population = np.zeros((len(blocks), n_states))
    np.add.at(population, (which_block, state), count)
    total = population.sum(axis=1)
    which = np.full(states.shape, -1)
    which[observed] = (which_block * width + place)[found]
    return CrowdRecords(
        *np.divmod(blocks, horizon),
        population / total[:, None],
        total,
        laid_out(state),
        laid_out(action),
        laid_out(successor),
        laid_out(count, float),
        laid_out(cell),
        np.stack(np.divmod(cells, n_states), axis=-1).astype(np.int32),
        which,
    )


def likely_moves(
    game: Game, records: CrowdRecords, population: Float[Array, "B S"] | None = None
) -> Float[Array, "B W A"]:
    """P_n(s' | s, a, mu) of every record for every action; 1 where no move was seen; for traced code, too.

    Args:
        population: mu of every block; None stands for mu-hat.
    """
    population = records.population if population is None else population

    @jax.checkpoint
    def one(block):
        n, mu, state, successor = block
        reached = game.successors[state] == successor[:, None, None]
        moved = jnp.sum(jnp.where(reached, game.probabilities(n, mu)[state], 0), axis=-1)
        return jnp.where((successor == len(game.states))[:, None], 1.0, moved)

    blocks = (records.step, population, records.state, records.successor)
    return jax.lax.map(one, tuple(map(jnp.asarray, blocks)))
