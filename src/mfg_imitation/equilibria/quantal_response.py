"""Experts that are not exactly Nash: quantal response equilibria, who choose the better action more often, not always.

At temperature t a player earns t times the entropy of its choices beside its rewards, so that in its own population
pi_n(a|s) is proportional to exp(Q_n(s, a) / t), with Q the action values of that smoothed game (McKelvey and Palfrey
1995; the assumption of MF-AIRL, Chen et al. 2021). As t falls to 0 it approaches a Nash equilibrium.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.checks import check_count, check_positive, check_probabilities, checked
from mfg_imitation.engine.flow import check_along, flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.recursion import backward
from mfg_imitation.engine.value import reward_range, reward_range_of
from mfg_imitation.equilibria.expert import Convergence, Equilibrium
from mfg_imitation.equilibria.smoothed import SMALL, smoothed_equilibrium
from mfg_imitation.games.game import Game

#: What the temperature is multiplied by on its way down; the square root of it where that was too far.
COOLING = 0.5

#: Smoothed games that are solved on the way, at most.
MOST_GAMES = 200

#: What a start is moved by towards the uniform policy: mirror descent never takes up an action of probability 0.
MOVED = 1e-3

#: Steps of regularised mirror descent between two looks at the residual, and how its step grows and shrinks after it.
STRETCH = 25
GROWTH, SHRINKAGE = 1.2, 0.5


@checked
def quantal_response(
    game: Game,
    temperature: float,
    *,
    start: Float[Array, "H S A"] | None = None,
    tolerance: float = 1e-10,
    iterations: int = 20_000,
) -> Equilibrium:
    """A quantal response equilibrium, with its residual measured.

    Where a policy has at most `SMALL` numbers, Newton's method follows the equilibria from a high temperature down to
    the one asked for. Larger games, and those where that path turns back, are left to mirror descent regularised by the
    entropy, which adds step_size (Q - t log pi) to the logits.

    Args:
        temperature: in units of reward.
        start: where mirror descent starts, all actions made possible. None follows the path, or starts uniformly. There
            may be several equilibria where the temperature is low; this says which one is looked for.
        tolerance: bound on the residual, the largest difference of a probability from the quantal response.
        iterations: of mirror descent, at most.

    Returns:
        The equilibrium. Its `exploitability` is that of the game itself, so that it is above 0; its status is
        "converged" when the residual met the tolerance, else "iteration limit".

    Raises:
        InputError: an argument out of its range.
    """
    check_positive("temperature", temperature)
    check_positive("tolerance", tolerance)
    check_count("iterations", iterations)
    temperature, policy, done = jnp.asarray(temperature, float), None, 0
    uniform = game.uniform_policy()
    if start is not None:
        start = mixture(check_probabilities("start", start, game.policy_shape), uniform, MOVED)
    elif np.prod(game.policy_shape) <= SMALL:
        path = _followed(game, temperature)
        policy, done = path.policy, int(path.games)
    if policy is None or not float(_residual(game, policy, temperature)) <= tolerance:
        logits = jnp.log(uniform if start is None else start)
        state = _State(logits, jnp.asarray(jnp.inf), 1 / jnp.asarray(reward_range(game), float))
        while done < iterations and not float(state.residual) <= tolerance:
            state, done = _stretch(game, temperature, state), done + STRETCH
        policy = jax.nn.softmax(state.logits)
    check_along(game, policy)
    status = "converged" if float(_residual(game, policy, temperature)) <= tolerance else "iteration limit"
    exploitability = float(nash_imitation_gap(game, policy))
    record = Convergence(np.array([float(done)]), np.array([exploitability]))
    return Equilibrium(policy, exploitability, done, status, record)


def response_of(
    game: Game, policy: Float[Array, "H S A"], temperature: Float[Array, ""]
) -> tuple[Float[Array, "H S A"], Float[Array, "H S A"]]:
    """The quantal response to the population of a policy, and its action values Q; for traced code."""

    def step(value, inputs):
        n, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return temperature * jax.nn.logsumexp(q / temperature, axis=-1), (jax.nn.softmax(q / temperature), q)

    return backward(game, step, flow_of(game, policy))[1]


def _residual_of(game, policy, temperature) -> Float[Array, ""]:
    return jnp.abs(response_of(game, policy, temperature)[0] - policy).max()


_residual = eqx.filter_jit(_residual_of)


class _Path(NamedTuple):
    temperature: Float[Array, ""]
    cooling: Float[Array, ""]
    values: Float[Array, "H-1 S"]
    policy: Float[Array, "H S A"]
    games: Int[Array, ""]
    arrived: Bool[Array, ""]


@eqx.filter_jit
def _followed(game, temperature) -> _Path:
    """The equilibria from where every action is nearly as good as any other, down to `temperature`."""
    uniform, unit = game.uniform_policy(), reward_range_of(game)

    def step(path):
        aim = jnp.maximum(path.temperature * path.cooling, temperature)
        found = smoothed_equilibrium(game, jnp.log(uniform), aim, unit, path.values)
        values, policy = found.values, jnp.exp(found.log_policy)
        taken = _Path(aim, path.cooling, values, policy, path.games + 1, aim <= temperature)
        refused = path._replace(cooling=jnp.sqrt(path.cooling), games=path.games + 1)
        return jax.tree.map(lambda new, old: jnp.where(found.solved, new, old), taken, refused)

    def unfinished(path):
        return ~path.arrived & (path.games < MOST_GAMES)

    hot = jnp.maximum(temperature, unit * game.horizon) / COOLING
    start = _Path(
        hot, jnp.asarray(COOLING), jnp.zeros(uniform.shape[:2])[1:], uniform, jnp.asarray(0), jnp.asarray(False)
    )
    return jax.lax.while_loop(unfinished, step, start)


class _State(NamedTuple):
    logits: Float[Array, "H S A"]
    residual: Float[Array, ""]
    step_size: Float[Array, ""]


@eqx.filter_jit
def _stretch(game, temperature, state) -> _State:
    def step(_, logits):
        q = response_of(game, jax.nn.softmax(logits), temperature)[1]
        kept = jnp.maximum(1 - state.step_size * temperature, 0)
        return jax.nn.log_softmax(kept * logits + jnp.minimum(state.step_size, 1 / temperature) * q)

    logits = jax.lax.fori_loop(0, STRETCH, step, state.logits)
    residual = _residual_of(game, jax.nn.softmax(logits), temperature)
    better = residual < state.residual
    step_size = state.step_size * jnp.where(better, GROWTH, SHRINKAGE)
    return _State(jnp.where(better, logits, state.logits), jnp.where(better, residual, state.residual), step_size)
