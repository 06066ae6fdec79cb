"""MFGLib's exploitability_score, in its own single precision: python with_mfglib.py CASE.npz RUNS"""

import sys

import mfglib.alg  # noqa: F401 (before its environments, or MFGLib's imports run in a circle)
import numpy as np
import torch
from case import ACTIONS, measure, report
from mfglib.env import Environment
from mfglib.scoring import exploitability_score

case = {name: torch.as_tensor(array) for name, array in np.load(sys.argv[1]).items()}
case = {
    name: array.to(torch.get_default_dtype()) if array.is_floating_point() else array.long()
    for name, array in case.items()
}
horizon, n_states, _ = case["policy"].shape
neighbours = case["neighbours"]
aim = (1 - case["slip"]) * torch.eye(ACTIONS) + case["slip"] / ACTIONS
SUCCESSORS = neighbours[:, None, :].expand(-1, ACTIONS, -1)
STATES = torch.arange(n_states)[:, None, None].expand_as(SUCCESSORS)
CHOSEN = torch.arange(ACTIONS)[None, :, None].expand_as(SUCCESSORS)


def transition(env, t, joint):
    mu = joint.sum(dim=-1)
    moved = aim * torch.clamp(1 - case["congestion"] * mu[neighbours], min=0)[:, None, :]
    moved[..., 0] += 1 - moved.sum(dim=-1)
    return torch.zeros(n_states, n_states, ACTIONS).index_put((SUCCESSORS, STATES, CHOSEN), moved, accumulate=True)


def reward(env, t, joint):
    earned = case["place_reward"] - case["crowd_cost"] * torch.log(joint.sum(dim=-1) + case["smallest_share"])
    return earned[:, None].expand(-1, ACTIONS)


environment = Environment(
    T=horizon - 1,
    S=(n_states,),
    A=(ACTIONS,),
    mu0=case["initial"],
    r_max=20.0,
    reward_fn=reward,
    transition_fn=transition,
)
if __name__ == "__main__":
    report(*measure(lambda: exploitability_score(environment, case["policy"]), int(sys.argv[2])))
