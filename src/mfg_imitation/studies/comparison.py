"""Two games side by side: what everyone earns in each."""

from collections.abc import Mapping

import pandas as pd


def rewards_by_step(flows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What the experts' populations earn at every step.

    Args:
        flows: by the game's name, what `game_summary.flow_table` returns of it.

    Returns:
        Columns game, step, reward (mean over the population), earned (its sum up to this step, in units of reward).
    """
    frames = []
    for game, flow in flows.items():
        reward = (flow["population"] * flow["reward"]).groupby(flow["step"]).sum()
        columns = {"game": game, "step": reward.index, "reward": reward.to_numpy()}
        frames.append(pd.DataFrame({**columns, "earned": reward.cumsum().to_numpy()}))
    return pd.concat(frames, ignore_index=True)
