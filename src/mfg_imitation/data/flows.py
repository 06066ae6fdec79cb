"""Observed against predicted: where the data's population is, step by step, and where every imitator's own one goes."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
import pandas as pd
import scipy
from jaxtyping import Array, Float

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.data.resampling import portions
from mfg_imitation.engine.flow import population_flow
from mfg_imitation.games.game import Game
from mfg_imitation.games.wrapped import WrappedGame
from mfg_imitation.imitation.crowd_records import CrowdRecords

#: What `flows_table` calls the rows of the data.
DATA = "data"

#: A state with less predicted mass is one in which nobody is predicted.
NOBODY = 1e-12

#: Normal quantile of the observed shares' intervals (Wilson).
QUANTILE = float(scipy.special.ndtri(0.975))


#: The population of every block of the records, by what predicts it.
Flows = Mapping[str, Float[np.ndarray, "B S"]]


class BegunElsewhere(WrappedGame):
    """A game in which the population begins somewhere else."""

    first: Float[Array, " S"]
    initial = property(lambda self: self.first)


def predicted_flows(game: Game, records: CrowdRecords, policies: Mapping[str, Float[Array, "H S A"]]) -> Flows:
    """The population that each policy creates if all follow it, in every block of the records.

    One crowd begins as the game says, each of several ones as it was seen to begin.
    """
    crowds = np.unique(records.crowd)
    found = {}
    for name, policy in policies.items():
        flows = []
        for crowd in crowds:
            here = records.crowd == crowd
            first = jnp.asarray(records.population[np.argmax(here & (records.step == 0))])
            begun = BegunElsewhere(game, first) if len(crowds) > 1 else game
            flows.append(np.asarray(population_flow(begun, policy))[records.step[here]])
        found[name] = np.concatenate(flows)
    return found


def flows_table(data: Dataset, records: CrowdRecords, predicted: Flows) -> pd.DataFrame:
    """One row per source (`DATA`, or an algorithm), crowd, step and state: share; of the data also low and high.

    The interval of a share is Wilson's, at 95%, of as many trajectories as the weighted ones are worth; `observed` says
    how many that is.
    """
    effective = effective_sizes(data, records)
    frames = []
    for name, shares in {DATA: records.population, **predicted}.items():
        index = np.indices(shares.shape)
        frame = pd.DataFrame(
            {
                "of": name,
                "crowd": np.array(data.trajectories.crowd_names, object)[records.crowd[index[0].ravel()]],
                "step": records.step[index[0].ravel()],
                "state": np.array(data.game.states, object)[index[1].ravel()],
                "share": shares.ravel(),
            }
        )
        if name == DATA:
            n = np.repeat(effective, shares.shape[1])
            frame["low"], frame["high"] = _wilson(frame["share"].to_numpy(), n)
            frame["observed"] = n
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def goodness_table(data: Dataset, records: CrowdRecords, predicted: Flows) -> pd.DataFrame:
    """How well predicted flows fit, step by step and overall (crowd and step are then missing).

    Per step, Pearson's chi-squared of the trajectories observed there, with one degree less than there are states in
    which anybody is predicted. Steps hang together, as the same trajectories are seen at all of them; so the p-value of
    the sum over steps is that of the same sum when trajectories are drawn again, around what was observed. Imitators
    were fitted to the same data, which makes p-values larger: a small one counts.

    Returns:
        of, crowd, step, chi_square, degrees, p_value; largest, the largest difference of a share, and state, where.
    """
    rows, effective = [], effective_sizes(data, records)
    sums = _sums_again(data, records, predicted, effective)
    for name, shares in predicted.items():
        chi = (_squares(records.population, shares) * effective[:, None]).sum(axis=1)
        degrees = (shares > NOBODY).sum(axis=1) - 1
        p = np.where(degrees > 0, scipy.stats.chi2.sf(chi, np.maximum(degrees, 1)), np.where(chi > 0, 0.0, np.nan))
        difference = np.abs(records.population - shares)
        for b, state in enumerate(difference.argmax(axis=1)):
            crowd = data.trajectories.crowd_names[records.crowd[b]]
            step, largest = int(records.step[b]), difference[b, state]
            rows.append((name, crowd, step, chi[b], degrees[b], p[b], largest, data.game.states[state]))
        worst = np.unravel_index(difference.argmax(), difference.shape)
        overall = (1 + np.sum(sums[name] >= chi.sum())) / (1 + len(sums[name])) if np.isfinite(chi.sum()) else 0.0
        where = data.game.states[worst[1]]
        rows.append((name, None, None, chi.sum(), degrees.sum(), overall, difference[worst], where))
    columns = ["of", "crowd", "step", "chi_square", "degrees", "p_value", "largest", "state"]
    return pd.DataFrame(rows, columns=columns).astype({"step": "Int64"})


def effective_sizes(data: Dataset, records: CrowdRecords) -> Float[np.ndarray, " B"]:
    """How many trajectories of equal weight the observed ones are worth in every block (Kish)."""
    weights, which = data.trajectories.weights, records.which
    block = np.maximum(which, 0) // records.state.shape[1]
    squares = np.where(which >= 0, weights[:, None] ** 2, 0)
    return records.observed**2 / np.bincount(block.ravel(), squares.ravel(), minlength=len(records.step))


def _sums_again(data, records, predicted: Flows, effective) -> dict[str, Float[np.ndarray, " draws"]]:
    """The sums over steps when trajectories are drawn again, around what was observed."""
    n_blocks, n_states = records.population.shape
    places = np.arange(n_blocks)[:, None] * n_states + records.state
    ones = (np.ones(places.size), (np.arange(places.size), places.ravel()))
    gathered = scipy.sparse.csr_array(ones, (places.size, n_blocks * n_states))
    weights = {
        name: np.where(shares > NOBODY, effective[:, None] / np.maximum(shares, NOBODY), 0)
        for name, shares in predicted.items()
    }
    sums = {name: [] for name in predicted}
    for drawn in portions(data, records, n_blocks * n_states + places.size) if predicted else ():
        flows = (drawn @ gathered).reshape(len(drawn), n_blocks, n_states)
        observed = flows.sum(axis=-1, keepdims=True)
        flows = np.where(observed > 0, flows / np.where(observed > 0, observed, 1), records.population)
        squares = (flows - records.population) ** 2
        for name, weight in weights.items():
            sums[name].append((squares * weight).sum(axis=(1, 2)))
    return {name: np.concatenate(some) for name, some in sums.items()}


def _squares(observed, predicted) -> Float[np.ndarray, "B S"]:
    nobody = predicted <= NOBODY
    square = (observed - predicted) ** 2 / np.where(nobody, 1, predicted)
    return np.where(nobody, np.where(observed > NOBODY, np.inf, 0), square)


def _wilson(share, n) -> tuple[np.ndarray, np.ndarray]:
    square = QUANTILE**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = np.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
