"""Plain NumPy, by the book: python reference.py CASE.npz RUNS"""

import sys

import numpy as np
from case import ACTIONS, measure, report

case = np.load(sys.argv[1])
policy, neighbours = case["policy"], case["neighbours"]
aim = (1 - case["slip"]) * np.eye(ACTIONS) + case["slip"] / ACTIONS


def gap() -> float:
    mu, flow = case["initial"], []
    for pi in policy:
        flow.append(mu)
        mu = np.bincount(neighbours.ravel(), np.einsum("sa,sak->sk", mu[:, None] * pi, kernel(mu)).ravel())
    best = own = np.zeros(mu.size)
    for pi, mu in zip(policy[::-1], flow[::-1], strict=True):
        P = kernel(mu)
        r = (case["place_reward"] - case["crowd_cost"] * np.log(mu + case["smallest_share"]))[:, None]
        best = (r + np.einsum("sak,sk->sa", P, best[neighbours])).max(axis=1)
        own = (pi * (r + np.einsum("sak,sk->sa", P, own[neighbours]))).sum(axis=1)
    return case["initial"] @ (best - own)


def kernel(mu) -> np.ndarray:
    """P[s, a, k] of neighbours[s, k]."""
    moved = aim * np.maximum(0, 1 - case["congestion"] * mu[neighbours])[:, None, :]
    moved[..., 0] += 1 - moved.sum(axis=-1)
    return moved


report(*measure(gap, int(sys.argv[2])))
