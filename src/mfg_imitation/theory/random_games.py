"""The theorems and every step of their proofs, held against random games: a violation anywhere is found and named.

Games of equal shape are one batch: they are solved together by a fixed number of steps, and whatever exploitability an
expert is left with is added to the bounds, as the theorems with an approximate expert have it.
"""

import itertools
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.proxies import Proxies, proxies_of
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.engine.value import reward_bound_of, reward_range_of
from mfg_imitation.equilibria.mirror_descent import begin_mirror_descent, mirror_descent_chunk
from mfg_imitation.errors import InputError
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.games.game import Game
from mfg_imitation.names import ROUNDING, SWEPT
from mfg_imitation.theory.bounds import BOUNDED, upper_bounds
from mfg_imitation.theory.proof_steps import Inequality, proof_steps

#: Steps of the solver between two measurements, see `solvers.GROWTH`.
CHUNK = 25

#: The names of the theorems' own inequalities, next to those of the steps of their proofs.
THEOREMS = {name: f"Theorem, {proxy.label}" for name, proxy in BOUNDED.items()}

#: What makes a game: the columns that name it.
GAME = ("states", "actions", "branches", "horizon", SWEPT, "reward_lipschitz", "seed")


class Violated(InputError):
    """A theorem, or a step of its proof, that a game refutes; the message names both."""


class Findings(NamedTuple):
    """What is measured in one game, or in a batch of games along a leading axis.

    Attributes:
        exploitability: of the expert that was found, in units of reward.
        reward_bound: r_max, the largest |r_n(s, a, mu^E_n)|.
        errors: the proxies of every policy.
        gap: the Nash imitation gap of every policy.
        steps: of every step of the proofs, both sides for every policy and place.
    """

    exploitability: Float[Array, ""]
    reward_bound: Float[Array, ""]
    errors: Proxies
    gap: Float[Array, " policies"]
    steps: dict[str, Inequality]


def random_games(spec: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random Garnets, several policies in each: both sides of every theorem and of every step of its proof.

    Args:
        spec: `sizes` (mappings with states, actions, branches), `horizon`, `transition_lipschitz`, `reward_lipschitz`
            (lists: every combination is drawn), `games` (how often), `solver_iterations`, and `alpha`, distances from
            the expert, see `policies_near`.
        seed: of the games and the policies.

    Returns:
        One row per game: the columns of `GAME`, policies (how many), exploitability (of the expert, units of reward),
        reward_bound (r_max), and for each proxy the largest (NIG - exploitability) / bound over the policies, 0
        where that is negative.
        One row per game and inequality: the columns of `GAME`, step, checks, violations, and excess, the largest
        (left - right) / (1 + |right|).
    """
    rng = np.random.default_rng(seed)
    tables = []
    for size, horizon in itertools.product(spec["sizes"], spec["horizon"]):
        points = [
            {
                **size,
                "horizon": horizon,
                SWEPT: slope,
                "reward_lipschitz": reward_slope,
                "seed": int(rng.integers(2**32)),
            }
            for slope, reward_slope in itertools.product(spec[SWEPT], spec["reward_lipschitz"])
            for _ in range(spec["games"])
        ]
        tables.append(random_batch(points, spec["solver_iterations"], spec["alpha"], rng))
    games, steps = zip(*tables, strict=True)
    return pd.concat(games, ignore_index=True), pd.concat(steps, ignore_index=True)


def random_batch(
    points: list[dict], solver_iterations: int, alpha: list[float], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`random_games` for Garnets of equal shape, each given by its parameters."""
    horizon = points[0]["horizon"]
    games = stack([RandomGarnet(**point) for point in points])
    frame = pd.DataFrame(points)[list(GAME)]
    slope, reward_slope = (frame[name].to_numpy(float) for name in (SWEPT, "reward_lipschitz"))
    random = rng.dirichlet(np.ones(len(games.actions)), (len(points), horizon, len(games.states)))
    found = _examine(
        games,
        jnp.asarray(random),
        jnp.asarray(alpha),
        jnp.asarray(slope),
        jnp.asarray(reward_slope),
        tuple(map(jnp.asarray, amplification(horizon, slope))),
        max(solver_iterations // CHUNK, 1),
    )
    sides = theorems(found, horizon, slope, reward_slope)
    exploitability = np.asarray(found.exploitability)[:, None]
    ratios = {
        name: np.max((gap - exploitability) / np.maximum(right - exploitability, ROUNDING), axis=1).clip(min=0)
        for name, (gap, right) in zip(BOUNDED, sides.values(), strict=True)
    }
    measured = {
        "policies": found.gap.shape[1],
        "exploitability": found.exploitability,
        "reward_bound": found.reward_bound,
    }
    steps = [frame.assign(step=name, **counts(side)) for name, side in {**sides, **found.steps}.items()]
    return frame.assign(**measured, **ratios), pd.concat(steps, ignore_index=True)


def theorems(
    found: Findings, horizon: int, slope: Float[np.ndarray, " games"], reward_slope: Float[np.ndarray, " games"]
) -> dict[str, Inequality]:
    """NIG <= bound + exploitability of the expert, by each proxy, for every game and policy."""
    exploitability, bound = np.asarray(found.exploitability)[:, None], np.asarray(found.reward_bound)[:, None]
    bounds = upper_bounds(found.errors, horizon, slope[:, None], reward_slope[:, None], bound)
    gap = np.asarray(found.gap)
    return {
        theorem: Inequality(gap, right + exploitability)
        for theorem, right in zip(THEOREMS.values(), bounds, strict=True)
    }


def counts(side: Inequality) -> dict[str, np.ndarray]:
    """How often left <= right was looked at and violated, and the worst excess, for every game of a batch.

    A violation is an excess of more than `ROUNDING` times 1 + |right|.
    """
    left, right = (np.asarray(array).reshape(len(array), -1) for array in side)
    with np.errstate(invalid="ignore"):
        excess = np.where(np.isinf(right), -1.0, (left - right) / (1 + np.abs(right)))
    return {
        "checks": excess.shape[1],
        "violations": np.sum(~(excess <= ROUNDING), axis=1),
        "excess": excess.max(axis=1),
    }


def refuse_violations(steps: pd.DataFrame) -> None:
    """Stop at an inequality that does not hold.

    Args:
        steps: the second table of `random_games`.

    Raises:
        Violated: one line with the step of the proof and the game; of several steps, the first in the proofs' order.
    """
    wrong = steps[steps["violations"] > 0]
    if wrong.empty:
        return
    order = {name: place for place, name in enumerate(sorted(steps["step"].unique(), key=_late))}
    row = wrong.loc[wrong["step"].map(order).idxmin()]
    game = ", ".join(f"{name} = {row[name]}" for name in GAME)
    others = wrong["step"].nunique() - 1
    raise Violated(
        f"{row['step']} is violated by {row['excess']:.3g} (of 1 + its right side) in the random_garnet with {game}; "
        f"{wrong['violations'].sum()} violations in all, in {others} other steps too"
    )


def summary(steps: pd.DataFrame) -> pd.DataFrame:
    """The second table of `random_games` by step: games, checks, violations, and the largest excess over all games."""
    groups = steps.groupby("step", sort=False)
    table = groups.agg(games=("seed", "size"), checks=("checks", "sum"), violations=("violations", "sum"))
    return table.assign(excess=groups["excess"].max()).reset_index()


def stack(games: list[Game]) -> Game:
    """Games of equal shape as one, with a leading axis on all its arrays: for `jax.vmap`."""
    return jax.tree.map(lambda *arrays: jnp.asarray(np.stack(arrays)), *games)


def policies_near(
    game: Game,
    expert: Float[Array, "H S A"],
    random: Float[Array, "H S A"],
    alpha: Float[Array, " alphas"],
) -> Float[Array, "policies H S A"]:
    """(1 - alpha) expert + alpha target for every alpha and target, unchecked, for use inside traced code.

    Targets are the uniform policy, the `random` one, the deterministic one that follows its largest probabilities, the
    one that takes the expert's favourite actions (of an equilibrium, a best response to its population, in which
    rounding breaks no tie), and the deterministic one at the first step only.
    """
    deterministic = jax.nn.one_hot(random.argmax(axis=-1), random.shape[-1])
    answer = jax.nn.one_hot(expert.argmax(axis=-1), expert.shape[-1])
    single = jnp.concatenate([deterministic[:1], expert[1:]])
    targets = jnp.stack([game.uniform_policy(), random, deterministic, answer, single])
    return mixture(expert, targets, alpha[:, None, None]).reshape(-1, *expert.shape)


def _late(step: str) -> bool:
    return step in THEOREMS.values()


@partial(jax.jit, static_argnums=6)
def _examine(games, random, alpha, slope, reward_slope, growth, chunks) -> Findings:
    def one(game, random, slope, reward_slope, growth):
        start = begin_mirror_descent(game, 1 / reward_range_of(game))
        solved = jax.lax.fori_loop(0, chunks, lambda _, state: mirror_descent_chunk(game, state, CHUNK), start)
        expert, exploitability = solved.policy, solved.exploitability
        flow = flow_of(game, expert)
        policies = policies_near(game, expert, random, alpha)

        def at(policy):
            steps = proof_steps(game, expert, exploitability, policy, slope, reward_slope, growth)
            return proxies_of(game, expert, flow, policy), nash_imitation_gap_of(game, policy), steps

        return Findings(exploitability, reward_bound_of(game, flow), *jax.vmap(at)(policies))

    return jax.vmap(one)(games, random, slope, reward_slope, growth)
