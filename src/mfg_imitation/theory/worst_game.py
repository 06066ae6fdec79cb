"""A search for the game in which the MFC-ADV bound is tightest: game, expert and imitator move together, by gradient.

The games are all those whose kernel and reward are affine in the population: with members of it in state i,
P(.|s,a,mu) = sum over i of mu(i) K_i(.|s,a) and r(s,a,mu) = sum over i of mu(i) R_i(s,a). Their Lipschitz constants
are exact, max |K_i - K_j| / 2 and max |R_i - R_j| / 2. The expert is free to stop being Nash on the way, and pays for
it; what is left of its exploitability is added to the bound.

Three things keep the search away from what tests nothing. Rewards cannot shrink in the experts' population only: their
half span counts as `HALF_SPAN` at least, and L_r is at most that. Imitators err in a share `FAULTY` of their actions at
most, and the ascent looks at the bound before it saturates. And three make it find what there is: states are left
seldom at first, since what mixes fast forgets its population; faults begin early; and half of the starts are what was
found for the next shorter horizon.
"""

import itertools
from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap, nash_imitation_gap_of
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.proxies import PROXIES, Proxies, proxies, proxies_of
from mfg_imitation.engine.proxies.proxy import Constants
from mfg_imitation.engine.value import half_span_of
from mfg_imitation.games.game import DenseGame
from mfg_imitation.imitation.ascent import advance, begin
from mfg_imitation.io.reference import PRECISION
from mfg_imitation.names import SWEPT
from mfg_imitation.theory.bounds import upper_bounds

#: First rate of the ascent on logits; it falls to 0 linearly.
RATE = 0.1

#: R of the games that are looked for, and the largest L_r.
HALF_SPAN = 0.5

#: The largest share of their actions in which imitators do not follow the expert.
FAULTY = 0.01

#: Logits by which a random game begins: of staying, of following the expert at every step, and after the first.
STAY, FOLLOW, LATER = 4, 4, 6

#: An error that no bound saturates at, for `_objective`.
TINY = 1e-9

#: How many times the expert's exploitability counts against a candidate.
PRICE = 10


class AffineGame(DenseGame):
    """A game affine in the population, of three tables; everyone begins in state 0."""

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    kernel: Float[Array, "S A S S"]
    rewards: Float[Array, "S A S"]

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        return jnp.einsum("i,saij->saj", mu, self.kernel)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.rewards @ mu

    def lipschitz(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """L_P and L_r, both exact."""
        kernel = jnp.abs(self.kernel[:, :, :, None] - self.kernel[:, :, None]).sum(axis=-1)
        reward = jnp.abs(self.rewards[:, :, :, None] - self.rewards[:, :, None])
        return kernel.max() / 2, reward.max() / 2


class Candidate(NamedTuple):
    """What moves: logits of kernel, expert and imitator, and rewards before tanh bounds them.

    The first entry of a kernel or a reward does not depend on the population. Of a kernel the others weigh L_P, which
    does not move; of a reward there are none where it is to be alike in all populations.
    """

    kernel: Float[Array, "S A S+1 S"]
    rewards: Float[Array, "S A S+1|1"]
    expert: Float[Array, "H S A"]
    fault: Float[Array, "H S A+1"]


def worst_games(spec: Mapping, seed: int) -> pd.DataFrame:
    """The tightest game found for every horizon and L_P, with rewards that may depend on the population or not.

    Args:
        spec: `states`, `actions`, `transition_lipschitz` (in [0, 1]) and `horizon` (lists), `starts` (for each
            combination, at least 2; for all but the shortest horizon half of them are continued) and `iterations`.

    Returns:
        One row per combination: interaction (in the reward: free or none), transition_lipschitz (what the bound is
        given), horizon, reward_lipschitz, half_span, exploitability (of the expert), mfc_adv (proxy of the
        imitator), nash_imitation_gap, bound (by the MFC-ADV theorem, plus the exploitability) and ratio (of the two),
        all measured again with the generic engine; and the precision of each: of ratio by how much it could be less,
        had any half of the starts been left out; of the others infinite, as games that are as good differ in them.
    """
    rows = []
    for interaction, slope in itertools.product(("free", "none"), spec[SWEPT]):
        found = None
        for horizon in sorted(spec["horizon"]):
            row, found = _worst(spec, interaction, slope, horizon, seed, found)
            rows.append(row)
    return pd.DataFrame(rows)


def _worst(
    spec: Mapping, interaction: str, slope: float, horizon: int, seed: int, shorter: Candidate | None
) -> tuple[dict, Candidate]:
    """A row, and all games that were found, the best first.

    Args:
        shorter: the games found for the next shorter horizon, the best first; None where there is none.
    """
    start = _starts(spec, interaction, horizon, seed)
    if shorter is not None:
        half, longer = spec["starts"] // 2, _longer(shorter, horizon)
        start = jax.tree.map(lambda new, old: jnp.concatenate([new[half:], old[:half]]), start, longer)
    ends, value = _ascend(start, jnp.asarray(slope, dtype=float), jnp.asarray(spec["iterations"]))
    order = np.argsort(-np.asarray(value), kind="stable")
    ends = jax.tree.map(itemgetter(order), ends)
    best, middle = (_measured(jax.tree.map(itemgetter(end), ends), slope) for end in (0, spec["starts"] // 2))
    point = {"interaction": interaction, SWEPT: slope, "horizon": horizon}
    precision = dict.fromkeys(best, np.inf) | {"ratio": abs(best["ratio"] - middle["ratio"])}
    return {**point, **best, **{name + PRECISION: of for name, of in precision.items()}}, ends


def _starts(spec: Mapping, interaction: str, horizon: int, seed: int) -> Candidate:
    """Random games, with random experts and imitators near them."""
    n_states, n_actions, number = spec["states"], spec["actions"], spec["starts"]
    rng = np.random.default_rng([seed, horizon])
    pairs = n_states, n_actions
    fault = rng.normal(size=(number, horizon, n_states, n_actions + 1))
    fault[..., 0] += FOLLOW
    fault[:, 1:, :, 0] += LATER
    start = Candidate(
        kernel=3 * rng.normal(size=(number, *pairs, n_states + 1, n_states)) + STAY * np.eye(n_states)[:, None, None],
        rewards=rng.normal(size=(number, *pairs, n_states + 1 if interaction == "free" else 1)),
        expert=3 * rng.normal(size=(number, horizon, *pairs)),
        fault=fault,
    )
    return jax.tree.map(jnp.asarray, start)


def _longer(found: Candidate, horizon: int) -> Candidate:
    """The same games for a longer horizon, the last step's policies repeated."""

    def repeated(logits):
        last = jnp.repeat(logits[:, -1:], horizon - logits.shape[1], axis=1)
        return jnp.concatenate([logits, last], axis=1)

    return found._replace(expert=repeated(found.expert), fault=repeated(found.fault))


def _measured(end: Candidate, slope: float) -> dict[str, float]:
    """What an ascent has found, by the generic engine."""
    game, expert, policy = build(end, slope)
    reward_slope = float(game.lipschitz()[1])
    half_span = float(half_span_of(game, flow_of(game, expert)))
    exploitability = float(nash_imitation_gap(game, expert))
    errors = Proxies(*map(float, proxies(game, expert, policy)))
    gap = float(nash_imitation_gap(game, policy))
    bound = float(upper_bounds(errors, game.horizon, slope, reward_slope, half_span).mfc_adv) + exploitability
    return {
        "reward_lipschitz": reward_slope,
        "half_span": half_span,
        "exploitability": exploitability,
        "mfc_adv": errors.mfc_adv,
        "nash_imitation_gap": gap,
        "bound": bound,
        "ratio": gap / bound,
    }


def build(candidate: Candidate, slope) -> tuple[AffineGame, Float[Array, "H S A"], Float[Array, "H S A"]]:
    """Game, expert and imitator of a candidate; L_P of the game is at most `slope`, and L_r at most `HALF_SPAN`."""
    kernel = jax.nn.softmax(candidate.kernel, axis=-1)
    rewards = HALF_SPAN * jnp.tanh(candidate.rewards)
    coupled = rewards[..., 1:] if rewards.shape[-1] > 1 else 0.0
    horizon, n_states, n_actions = candidate.expert.shape
    game = AffineGame(
        states=tuple(f"s{i}" for i in range(n_states)),
        actions=tuple(f"a{i}" for i in range(n_actions)),
        horizon=horizon,
        initial=jnp.eye(n_states)[0],
        kernel=(1 - slope) * kernel[:, :, :1] + slope * kernel[:, :, 1:],
        rewards=jnp.broadcast_to(rewards[..., :1] + coupled, (n_states, n_actions, n_states)),
    )
    expert = jax.nn.softmax(candidate.expert, axis=-1)
    weights = jax.nn.softmax(candidate.fault, axis=-1)
    imitated = weights[..., :1] * expert + weights[..., 1:]
    return game, expert, mixture(expert, imitated, FAULTY)


def _objective(candidate, slope):
    """NIG over the bound by MFC-ADV, with so high a price on the exploitability of the expert that it stays Nash.

    The bound is that of a small error, times the error: where errors saturate it is larger than the theorem's.
    """
    game, expert, policy = build(candidate, slope)
    flow = flow_of(game, expert)
    half_span = jnp.maximum(half_span_of(game, flow), HALF_SPAN)
    constants = Constants(game.horizon, slope, game.lipschitz()[1], half_span)
    errors = proxies_of(game, expert, flow, policy)
    small = errors._replace(mfc_adv=jnp.asarray(TINY))
    bound = PROXIES["mfc_adv"].bound(small, constants) * errors.mfc_adv / TINY
    lost = PRICE * nash_imitation_gap_of(game, expert)
    return (nash_imitation_gap_of(game, policy) - lost) / (bound + lost)


@eqx.filter_jit
def _ascend(starts, slope, iterations):
    def look(candidate, iteration, done):
        value, gradient = jax.value_and_grad(lambda candidate: -_objective(candidate, slope))(candidate)
        return value, gradient, candidate

    def one(start):
        state = begin(start, jnp.asarray(jnp.inf), start)
        best = advance(look, state, jnp.asarray(0), iterations, iterations, RATE).best
        return best.kept, -best.value

    return jax.vmap(one)(starts)
