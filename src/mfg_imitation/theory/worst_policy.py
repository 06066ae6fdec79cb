"""The worst case at a given error: sup of NIG over all policies whose proxy is at most e, by ascent from many starts.

What is found is a policy, so that the number is a certified lower estimate of the supremum. The theorem bounds it from
above. Between the two lies the truth, for every game and not for a one-parameter family alone.
"""

from collections.abc import Mapping
from functools import partial
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
from mfg_imitation.engine.value import half_span_of
from mfg_imitation.equilibria.expert import Equilibrium, known_expert
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.imitation.ascent import ADAM
from mfg_imitation.io.reference import PRECISION
from mfg_imitation.names import ROUNDING, SWEPT
from mfg_imitation.theory.bounds import BOUNDED, upper_bounds

#: Rate of the ascent on logits, of Adam; halved from round to round.
RATE = 0.3

#: The rounds of an ascent: after each the policy is brought back to the error e exactly, and measured.
ROUNDS = 6

#: Bisections of the weight of the expert, in logits between -SPAN and SPAN: to float64's last digits.
BISECTIONS, SPAN = 60, 60.0

#: The slips' probabilities: smallest, largest, how many (ten a decade).
FAMILY = (1e-12, 1, 121)


class Direction(NamedTuple):
    """A policy as logits: of following the expert, and of each action instead of it.

    pi_n(a|s) = w pi^E_n(a|s) + (1 - w) tau_n(a|s), where w(s) and tau come from one softmax. A number added to all
    logits of the expert moves the policy along a path from tau to the expert, along which every proxy is continuous.
    """

    logits: Float[Array, "H S A+1"]
    shift: Float[Array, ""]


def frontier(file: GameFile, expert: Equilibrium, spec: Mapping, seed: int) -> pd.DataFrame:
    """The frontier of one game beside the curve of a family of policies (below) and the theorem (above).

    A game with an expert in closed form is looked at for every horizon of the grid, any other one as it is.

    Args:
        file: of the game, with its Lipschitz constants.
        expert: of the game as it is.
        spec: `horizon` (list), `error` (`smallest`, `largest`, `values`: the e, log-spaced), `starts` (random ones) and
            `iterations` of each ascent.

    Returns:
        One row per horizon, proxy and e: game, transition_lipschitz and reward_lipschitz (as declared), horizon,
        exploitability (of the expert), proxy, error (e), frontier (largest NIG found, units of reward), its precision
        (by how much it could be less, had any half of the starts been left out), reached (the proxy of that policy),
        family (largest NIG of the policies with a proxy of at most e that slip towards the
        declared target, or the uniform one, at every step or at one), and bound (theorem at e, plus exploitability).
    """
    game = file.load()
    horizons = [game.horizon] if game.known_expert() is None else spec["horizon"]
    frames = []
    for horizon in horizons:
        here = file.load(horizon=horizon)
        equilibrium = expert if game.known_expert() is None else known_expert(here)
        frames.append(_frontier(here, file, equilibrium, spec, seed).assign(game=file.name, horizon=horizon))
    return pd.concat(frames, ignore_index=True)


def _frontier(game: Game, file: GameFile, expert: Equilibrium, spec: Mapping, seed: int) -> pd.DataFrame:
    policy = jnp.asarray(expert.policy)
    error = np.geomspace(spec["error"]["smallest"], spec["error"]["largest"], spec["error"]["values"])
    family = slips(game, policy, file.slip(game))
    of_family = measured(game, policy, family)
    found = ascend(game, policy, error, starts(game, spec["starts"], seed), spec["iterations"])
    slope, reward_slope = file.lipschitz(horizon=game.horizon)
    half_span = float(half_span_of(game, flow_of(game, policy)))
    errors = Proxies(*[error] * len(PROXIES))
    bounds = upper_bounds(errors, game.horizon, slope, reward_slope, half_span)
    tables = []
    for index, (proxy, bound) in enumerate(bounds._asdict().items()):
        of_ascents = measured(game, policy, found[index])
        candidates = pd.concat([of_family, of_ascents])[[proxy, "gap"]].to_numpy()
        best = [largest(candidates, e) for e in error]
        ends = np.sort(of_ascents["gap"].to_numpy().reshape(len(error), -1))[:, ::-1]
        half = ends[:, ends.shape[1] // 2]
        tables.append(
            pd.DataFrame(
                {
                    "proxy": proxy,
                    "error": error,
                    "frontier": [gap for _, gap in best],
                    f"frontier{PRECISION}": np.maximum([gap for _, gap in best] - half, 0),
                    "reached": [reached for reached, _ in best],
                    "family": [largest(of_family[[proxy, "gap"]].to_numpy(), e)[1] for e in error],
                    "bound": bound + expert.exploitability,
                }
            )
        )
    constants = {SWEPT: slope, "reward_lipschitz": reward_slope, "exploitability": expert.exploitability}
    return pd.concat(tables).assign(**constants)


def largest(candidates: Float[np.ndarray, "policies 2"], error: float) -> tuple[float, float]:
    """(proxy, gap) of the candidate with the largest gap among those with a proxy of at most `error`."""
    allowed = candidates[candidates[:, 0] <= error * (1 + ROUNDING)]
    return tuple(map(float, allowed[np.argmax(allowed[:, 1])])) if len(allowed) else (0.0, 0.0)


def measured(game: Game, expert: Float[Array, "H S A"], policies: Float[Array, "*batch H S A"]) -> pd.DataFrame:
    """Proxies and gap of every policy, by the generic engine: columns of `Proxies` and gap."""
    policies = policies.reshape(-1, *game.policy_shape)
    columns = proxies(game, expert, policies)._asdict() | {"gap": nash_imitation_gap(game, policies)}
    return pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})


def slips(
    game: Game, expert: Float[Array, "H S A"], target: Float[Array, "H S A"] | None
) -> Float[Array, "policies H S A"]:
    """The expert, and policies that slip towards the target (None: the uniform policy), at every step or at one."""
    target = game.uniform_policy() if target is None else target
    alpha = np.concatenate([[0], np.geomspace(*FAMILY)])
    masks = np.concatenate([np.ones((1, game.horizon)), np.eye(game.horizon)])
    return mixture(expert, target, alpha[:, None, None] * masks).reshape(-1, *game.policy_shape)


def starts(game: Game, number: int, seed: int) -> Float[Array, "starts H S A+1"]:
    """Logits to ascend from: one fault at every step alike, one that fades, and random ones, rough and smooth."""
    horizon, n_states, n_actions = game.policy_shape
    even = np.zeros((horizon, n_states, n_actions + 1))
    early = even.copy()
    early[1:, :, 0] = 6
    late = even.copy()
    late[: horizon // 2, :, 0] = 6
    rng = np.random.default_rng(seed)
    width = np.where(np.arange(number) % 2, 1.0, 4.0)[:, None, None, None]
    return jnp.asarray(np.concatenate([[even, early, late], width * rng.normal(size=(number, *even.shape))]))


def policy_of(direction: Direction, expert: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The policy that a direction stands for."""
    logits = direction.logits + direction.shift * (jnp.arange(direction.logits.shape[-1]) == 0)
    weights = jax.nn.softmax(logits, axis=-1)
    return weights[..., :1] * expert + weights[..., 1:]


def ascend(
    game: Game,
    expert: Float[Array, "H S A"],
    error: Float[np.ndarray, " errors"],
    logits: Float[Array, "starts H S A+1"],
    iterations: int,
) -> Float[Array, "proxies errors starts H S A"]:
    """The best policy found from each start among those with a proxy of at most e, for each e and proxy with a bound.

    Each step follows the exact gradient of NIG along the surface on which the proxy is e: what a change of the logits
    does to the proxy is undone by the shift, and its effect on NIG is counted in. Then the shift is corrected.
    """
    return _ascend(game, expert, jnp.asarray(error), logits, max(iterations // ROUNDS, 1))


@eqx.filter_jit
def _ascend(game, expert, error, logits, iterations):
    flow = flow_of(game, expert)

    def one(proxy, e, start):
        def error_of(direction):
            return jnp.stack(proxies_of(game, expert, flow, policy_of(direction, expert)))[proxy]

        def gap(direction):
            return nash_imitation_gap_of(game, policy_of(direction, expert)) / e

        def log_error(direction):
            return jnp.log(error_of(direction))

        def restored(logits):
            def halve(_, bracket):
                low, high = bracket
                middle = (low + high) / 2
                fits = error_of(Direction(logits, middle)) <= e
                return jnp.where(fits, low, middle), jnp.where(fits, middle, high)

            return jax.lax.fori_loop(0, BISECTIONS, halve, (-SPAN, SPAN))[1]

        def step(i, carry, rate):
            direction, adam = carry
            of_gap = jax.grad(gap)(direction)
            size, of_error = jax.value_and_grad(log_error)(direction)
            bound_by_error = (jnp.abs(of_error.shift) > 1e-3) & (size > jnp.log(e) - 1)
            trade = jnp.where(bound_by_error, of_gap.shift / jnp.where(bound_by_error, of_error.shift, 1), 0)
            gradient = of_gap.logits - trade * of_error.logits
            move, adam = ADAM.update(gradient, adam)
            moved = Direction(direction.logits + rate * move, direction.shift)
            shift = direction.shift + jnp.clip(log_error(moved) - jnp.log(e), -1, 1)
            return Direction(moved.logits, jnp.clip(shift, -SPAN, SPAN)), adam

        def round_(carry, settings):
            direction, best_gap, best = carry
            rate, steps = settings
            begin = direction, ADAM.init(direction.logits)
            after = jax.lax.fori_loop(0, steps, partial(step, rate=rate), begin)[0].logits
            end = Direction(after, restored(after))
            value = gap(end)
            better = value > best_gap
            return (end, jnp.where(better, value, best_gap), jnp.where(better, policy_of(end, expert), best)), None

        begin = Direction(start, jnp.asarray(0.0)), jnp.asarray(-jnp.inf), expert
        # The start itself is looked at first: a round without a step.
        rates = np.concatenate([[0], RATE * 0.5 ** np.arange(ROUNDS)])
        steps = np.concatenate([[0], np.full(ROUNDS, iterations)])
        return jax.lax.scan(round_, begin, (rates, steps))[0][2]

    # One batch of all combinations: batches within batches take several times as long to trace.
    bounded = jnp.asarray([Proxies._fields.index(name) for name in BOUNDED])
    shape = bounded.size, error.size, len(logits)
    chosen, e, start = (index.ravel() for index in np.indices(shape))
    found = jax.vmap(one)(bounded[chosen], error[e], logits[start])
    return found.reshape(*shape, *game.policy_shape)
