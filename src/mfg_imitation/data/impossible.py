"""Records that a game forbids: starts where nobody starts, and moves that no action, or not the recorded one, makes."""

from collections.abc import Mapping

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Int

from mfg_imitation.games.declared import DeclaredGame
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.crowd_records import crowd_records, likely_moves
from mfg_imitation.imitation.demonstrations import Demonstrations
from mfg_imitation.imitation.parameter_profile import with_parameters


def impossible_records(
    demonstrations: Demonstrations,
    crowds: Int[np.ndarray, " M"],
    game: Game,
    *,
    noisy: bool,
    unknown: Mapping[str, tuple[float, float]],
) -> Bool[np.ndarray, "M H"]:
    """Which records the game forbids in the population that each crowd shows.

    Args:
        noisy: recorded actions may not be those that were played: a move is possible if any action makes it so.
        unknown: bounds of parameters that are estimated: the game is looked at halfway between them.
    """
    if unknown and isinstance(game, DeclaredGame):
        game = with_parameters(game, {name: (low + high) / 2 for name, (low, high) in unknown.items()})
    records = crowd_records(demonstrations, crowds, game)
    likely = np.asarray(_likely(game, records._replace(which=records.which[:0])))
    chosen = np.take_along_axis(likely, records.action[..., None], axis=-1)[..., 0]
    chance = likely.max(axis=-1) if noisy else chosen
    # What rounding leaves of 1 minus all the others is nothing.
    forbidden = ((chance <= 8 * np.finfo(chance.dtype).eps) & (records.count > 0)).ravel()
    found = forbidden[records.which] & (records.which >= 0)
    if len(np.unique(crowds)) == 1:  # several crowds begin where each of them is seen to begin
        found[:, 0] |= np.asarray(game.initial)[np.asarray(demonstrations.states)[:, 0]] <= 0
    return found


@eqx.filter_jit
def _likely(game, records):
    return likely_moves(game, records)
