"""Is this an equilibrium at all? The exploitability of a data set's own policy, with an interval."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.data.resampling import portions
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.engine.value import reward_range
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.crowd_records import CrowdRecords, likely_moves
from mfg_imitation.imitation.expectation_maximisation import Model
from mfg_imitation.imitation.noisy_labels import FIRST_NOISE, fit_records
from mfg_imitation.imitation.records import Records, spread

#: The data's own policies: as recorded, and as really played, where labels are noisy.
RECORDED, PLAYED = "as recorded", "without label noise"

#: Fits of noisy labels go on until no probability changes by more, or for so many steps.
TOLERANCE, MOST_STEPS = 1e-5, 1000

#: Noisy labels of more records, times actions, are explained once, and not again for every draw: that takes minutes.
MOST_REFITTED = 2**15

#: From counts of records [draws, R] to policies [draws, H, S, A].
Policy = Callable[[Float[np.ndarray, "draws R"]], Float[Array, "draws H S A"]]


def equilibrium_table(data: Dataset, game: Game, records: CrowdRecords) -> pd.DataFrame:
    """One row per own policy of the data: what one agent could gain by leaving it while all others keep to it.

    Noise in a policy makes it look exploitable. The interval is the basic bootstrap's, twice the estimate less the
    quantiles of what is found when trajectories are drawn again, so that what noise adds is taken off again; its ends
    are at least 0.

    Args:
        game: with the kernel and the reward in which gaps are measured.

    Returns:
        policy (`RECORDED`, `PLAYED`); exploitability (the Nash imitation gap, units of reward over the horizon), low,
        high (95%), bias (what noise adds, by the bootstrap); unit (the range of the rewards times the horizon). Without
        interval and bias where `MOST_REFITTED` forbids.
    """
    ways = {RECORDED: cloned(game, records)}
    noise = data.file.declaration["label_noise"]
    if noise != 0:
        ways[PLAYED] = played(game, records, noise)
    counts, rows = records.count.reshape(1, -1), []
    size = int(np.prod(game.policy_shape)) + int(np.prod(game.successors.shape)) + counts.size
    for name, policy in ways.items():
        if name == PLAYED and counts.size * len(game.actions) > MOST_REFITTED:
            rows.append({"policy": name, "exploitability": float(nash_imitation_gap(game, policy(counts))[0])})
            continue
        drawn = portions(data, records, size)
        all_counts = [np.concatenate([counts, next(drawn)]), *drawn]  # in one portion, mostly: one program
        gap, *again = np.concatenate([np.asarray(nash_imitation_gap(game, policy(some))) for some in all_counts])
        low, high = np.maximum(2 * gap - np.quantile(again, [0.975, 0.025]), 0)
        bias = np.mean(again) - gap
        rows.append({"policy": name, "exploitability": gap, "low": low, "high": high, "bias": bias})
    columns = ["policy", "exploitability", "low", "high", "bias"]
    return pd.DataFrame(rows, columns=columns).assign(unit=float(reward_range(game)) * game.horizon)


def cloned(game: Game, records: CrowdRecords) -> Policy:
    """The recorded actions, counted; uniform where nobody was."""
    shape = game.policy_shape
    step = np.broadcast_to(records.step[:, None], records.state.shape)
    places = np.ravel_multi_index((step, records.state, records.action), shape).ravel()

    def policy(counts):
        nothing = jnp.zeros((len(counts), int(np.prod(shape))))
        occupancy = nothing.at[:, places].add(counts)  # noqa: PD008
        return policy_of_occupancy(occupancy.reshape(-1, *shape))

    return policy


def played(game: Game, records: CrowdRecords, label_noise: str | float) -> Policy:
    """What was really played, by the likelihood of noisy labels in every crowd's own population."""
    mode = "estimate" if label_noise == "estimate" else "given"
    model = Model(
        jnp.asarray(FIRST_NOISE if mode == "estimate" else label_noise, float),
        jnp.asarray(TOLERANCE),
        jnp.asarray(MOST_STEPS),
    )
    one = records.together()
    possible = likely_moves(game, records).reshape(1, -1, len(game.actions))

    def policy(counts):
        def repeated(leaf):
            return jnp.broadcast_to(leaf, (len(counts), *leaf.shape[1:]))

        many = Records(*map(repeated, one))._replace(count=jnp.asarray(counts))
        found = fit_records(many, repeated(possible), model, mode, True)
        return spread(game, many, found.account.policy, 1 / len(game.actions))

    return policy
