"""A reward that the records of a data set tell, and the game with it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.recovered_reward import recover_reward
from mfg_imitation.rewards.linear import LinearRewardGame, RewardClass, reward_class

#: The weights, where there are none.
NO_WEIGHTS = pd.DataFrame(columns=["of", "weight"])


class Recovered(NamedTuple):
    """A recovered reward.

    Attributes:
        game: the one that the data set is analysed in, with this reward.
        weights: a row each: of (what the weight is of) and weight.
        remark: what there is to say of it.
    """

    game: Game
    weights: pd.DataFrame
    remark: str


def recovered(data: Dataset, game: Game) -> Recovered:
    """The reward by maximum causal entropy in the population that was recorded, see `recover_reward`.

    Raises:
        InputError: features that the game's file does not have, or that its reward is not affine in.
    """
    features = data.file.declaration["features"]
    try:
        rewards = reward_class(features, game)
        found = recover_reward(data.demonstrations, game, features)
    except InputError as error:
        data.file.refuse("features", f"do not go with the game: {error}")
    remark = (
        "The reward is recovered from these records, by maximum causal entropy. Gaps are in its own unit, in which "
        "players who answer it at temperature 1 do as these did. It cannot say whether they do well: that question is "
        "left out."
    )
    if found.status != "optimal":
        remark += f" The search has not converged: its loss may lie {found.certificate:.2g} above the least one."
    weights = pd.DataFrame({"of": _names(data, game, rewards), "weight": np.asarray(found.weights)})
    return Recovered(LinearRewardGame(game, rewards, found.weights), weights, remark)


def _names(data: Dataset, game: Game, rewards: RewardClass) -> list[str]:
    """What every weight is of."""
    features = data.file.declaration["features"]
    pairs = [f"{state}, {action}" for state in game.states for action in game.actions]
    if features == "table":
        return pairs
    if features == "steps":
        return [f"step {n}: {pair}" for n in range(game.horizon) for pair in pairs]
    if features == "declared":
        return list(data.file.game.declaration["features"])
    return [*features, "the rest of the reward"][: rewards.size]
