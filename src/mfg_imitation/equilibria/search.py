"""From a rough equilibrium of a small game to an exact one: a path of smoothed games, Newton steps, and a search.

Methods of the first order circle or crawl where an equilibrium mixes and the game is not monotone. Here the
equilibrium conditions are solved as equations, with dense Jacobians: meant for games with at most some thousand
numbers in a policy.
"""

from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.equilibria.attempt import Polished
from mfg_imitation.equilibria.newton import newton
from mfg_imitation.equilibria.smoothing_path import follow_path
from mfg_imitation.games.game import Game


def search(game: Game, policy: Float[Array, "H S A"], unit: float, tolerance: float, seed: int) -> Iterator[Polished]:
    """Attempt after attempt, each yielded, to get below `tolerance`: endless, the caller decides when to stop.

    First the path from the uniform policy. Then paths from close to the end of the last and to the best policy, which
    are short. Then Newton steps from the best policy after a random change: some steps replaced, or its
    later part played one step sooner or later, which is how equilibria of epidemics differ from each other.
    """
    random = np.random.default_rng(seed)
    unit, tolerance = jnp.asarray(unit), jnp.asarray(tolerance)  # traced: other numbers compile nothing anew
    uniform = game.uniform_policy()
    found = follow_path(game, uniform, unit, tolerance)
    yield found
    best = min(Polished(policy, nash_imitation_gap(game, policy), jnp.asarray(0)), found, key=_exploitability)
    for share in (0.01, 0.05, 0.3, 0.01):
        for start in (found.policy, best.policy):
            found = follow_path(game, (1 - share) * start + share * uniform, unit, tolerance)
            yield found
            best = min(best, found, key=_exploitability)
    current, attempt = best, 0
    while True:
        start = current.policy if attempt == 0 else _changed(np.array(current.policy), random)
        found = newton(game, start, (5, 10, 2)[attempt % 3] / unit, tolerance)
        yield found
        slack = 0.5 * random.exponential() if attempt % 4 == 0 else 0.0
        if found.exploitability < current.exploitability * (1 + slack):
            current = found
        attempt += 1


def _exploitability(attempt: Polished) -> float:
    return float(attempt.exploitability)


def _changed(policy: np.ndarray, random: np.random.Generator) -> np.ndarray:
    horizon, n_states, n_actions = policy.shape
    for _ in range(random.integers(1, 3)):
        n = random.integers(horizon)
        match random.integers(3):
            case 0:
                policy = np.concatenate([policy[:n], policy[n + 1 :], policy[-1:]])
            case 1:
                policy = np.concatenate([policy[:n], policy[n : n + 1], policy[n:-1]])
            case _:
                steps = min(random.integers(1, 4), horizon - n)
                policy[n : n + steps] = random.dirichlet(np.full(n_actions, 0.5), (steps, n_states))
    return policy
