"""One game against the theorems and every step of their proofs: how often they hold, and how much of them is used up.

Whatever exploitability an expert is left with is subtracted from the gaps, as the theorems with an approximate expert
have it. An inequality that is far from equality wherever it is looked at is hardly checked: so its sharpness is
reported, the largest left / right.
"""

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
from mfg_imitation.engine.value import half_span_of
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.names import ROUNDING, SWEPT
from mfg_imitation.theory.bounds import BOUNDED, upper_bounds
from mfg_imitation.theory.proof_steps import OURS, Inequality, proof_steps

#: The names of the theorems' own inequalities, next to those of the steps of their proofs.
THEOREMS = {name: f"Theorem, {proxy.label}{OURS if proxy.where == 'ours' else ''}" for name, proxy in BOUNDED.items()}

#: By how much a left side may exceed the right one, beside `ROUNDING` times that: sums of rewards are rounded so.
ABSOLUTE = 1e-12

#: Right sides below it do not count for the sharpness: rounding would.
SMALLEST = 1e-7

#: Shares closer than this to each other are as good.
SIX_DIGITS = 1e-6


class Violated(InputError):
    """A theorem, or a step of its proof, that a game refutes; the message names both."""


class Findings(NamedTuple):
    """What is measured in one game, or in a batch of games along a leading axis.

    Attributes:
        exploitability: of the expert, in units of reward.
        half_span: R, half the largest difference between two rewards of a step in the expert's population.
        errors: the proxies of every policy.
        gap: the Nash imitation gap of every policy.
        steps: of every step of the proofs, both sides for every policy and place.
    """

    exploitability: Float[Array, ""]
    half_span: Float[Array, ""]
    errors: Proxies
    gap: Float[Array, " policies"]
    steps: dict[str, Inequality]


def examine(
    game: Game,
    expert: Float[Array, "H S A"],
    exploitability: Float[Array, ""],
    policies: Float[Array, "policies H S A"],
    slope: Float[Array, ""],
    reward_slope: Float[Array, ""],
    growth: tuple[Float[Array, " H"], Float[Array, " H"]],
) -> Findings:
    """Both sides of every inequality for every policy; unchecked, for use inside traced code; see `proof_steps`."""
    flow = flow_of(game, expert)

    def at(policy):
        errors, gap = proxies_of(game, expert, flow, policy), nash_imitation_gap_of(game, policy)
        steps = proof_steps(game, expert, exploitability, policy, errors, gap, slope, reward_slope, growth)
        return errors, gap, steps

    return Findings(exploitability, half_span_of(game, flow), *jax.vmap(at)(policies))


def tables_of(
    found: Findings,
    names: list[str],
    horizon: int,
    slope: Float[np.ndarray, " games"],
    reward_slope: Float[np.ndarray, " games"],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A batch of findings as tables.

    Args:
        names: what each game is, in words.
        slope, reward_slope: L_P and L_r.

    Returns:
        One row per game: policies (how many), exploitability (of the expert, units of reward), half_span (R), and for
        each proxy the largest (NIG - exploitability) / bound over the policies, 0 where that is negative.
        One row per game and inequality: game (its name), horizon, transition_lipschitz, step, and `counts`.
    """
    sides = theorems(found, horizon, slope, reward_slope)
    ratios = {name: _used_up(side).clip(0) for name, side in zip(BOUNDED, sides.values(), strict=True)}
    games = {"policies": found.gap.shape[1], "exploitability": found.exploitability, "half_span": found.half_span}
    here = pd.DataFrame({"game": names, "horizon": horizon, SWEPT: slope})
    steps = [here.assign(step=name, **counts(side)) for name, side in {**sides, **found.steps}.items()]
    return pd.DataFrame({**games, **ratios}), pd.concat(steps, ignore_index=True)


def theorems(
    found: Findings, horizon: int, slope: Float[np.ndarray, " games"], reward_slope: Float[np.ndarray, " games"]
) -> dict[str, Inequality]:
    """NIG - exploitability of the expert <= bound, by each proxy, for every game and policy."""
    exploitability, half_span = np.asarray(found.exploitability)[:, None], np.asarray(found.half_span)[:, None]
    bounds = upper_bounds(found.errors, horizon, slope[:, None], reward_slope[:, None], half_span)
    gap = np.asarray(found.gap) - exploitability
    return {theorem: Inequality(gap, right) for theorem, right in zip(THEOREMS.values(), bounds, strict=True)}


def counts(side: Inequality) -> dict[str, np.ndarray]:
    """For every game of a batch: checks, how often left <= right was looked at; violations; the largest excess
    left - right; and sharpness, the largest left / right, see `SMALLEST`.

    A violation is an excess of more than `ABSOLUTE` and `ROUNDING` times the right side.
    """
    left, right = (np.asarray(array).reshape(len(array), -1) for array in side)
    return {
        "checks": left.shape[1],
        "violations": np.sum(~(left <= right * (1 + ROUNDING) + ABSOLUTE), axis=1),
        "excess": np.max(left - right, axis=1, initial=-np.inf),
        "sharpness": _used_up(side),
    }


def _used_up(side: Inequality) -> Float[np.ndarray, " games"]:
    left, right = (np.asarray(array).reshape(len(array), -1) for array in side)
    some = right >= SMALLEST
    return np.max(np.where(some, left / np.where(some, right, 1), -np.inf), axis=1, initial=-np.inf)


def refuse_violations(steps: pd.DataFrame) -> None:
    """Stop at an inequality that does not hold.

    Args:
        steps: the second table of `tables_of`.

    Raises:
        Violated: one line with the step of the proof and the game; of several steps, the first in the proofs' order.
    """
    wrong = steps[steps["violations"] > 0]
    if wrong.empty:
        return
    order = {name: place for place, name in enumerate(sorted(steps["step"].unique(), key=_late))}
    row = wrong.loc[wrong["step"].map(order).idxmin()]
    others = wrong["step"].nunique() - 1
    raise Violated(
        f"{row['step']} is violated by {row['excess']:.3g} in {row['game']}; "
        f"{wrong['violations'].sum()} violations in all, in {others} other steps too"
    )


def summary(steps: pd.DataFrame) -> pd.DataFrame:
    """The second table of `tables_of` by step.

    Returns:
        One row per step: step, games, checks, violations, sharpness, the largest over the games with L_P > 0, and
        sharpest, the first game where it is met to six digits: which of several does not hang on rounding.
    """
    groups = steps.groupby("step", sort=False)
    table = groups.agg(games=("game", "nunique"), checks=("checks", "sum"), violations=("violations", "sum"))
    coupled = steps[steps[SWEPT] > 0]
    largest = coupled.groupby("step", sort=False)["sharpness"].max()
    here = coupled["step"].map(largest)
    close = coupled[coupled["sharpness"] >= here - SIX_DIGITS * here.abs()]
    return table.assign(sharpness=largest, sharpest=close.groupby("step")["game"].first()).reset_index()


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
