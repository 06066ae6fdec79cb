"""One stretch of each method that looks for an equilibrium: pure functions of a game and a state.

They hold for one game and are traced: `jax.vmap` over a stack of games of equal shape solves all of them at once. The
best policy so far, by its own measured exploitability, travels in every state.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.flow import agent_flow_of, flow_of
from mfg_imitation.game import Game
from mfg_imitation.value import best_response_of, nash_imitation_gap_of

#: Growth and shrinkage of the mirror descent's step after a stretch that did, or did not, lower the exploitability.
#: Of 1.5 and 2, over stretches of 10 and 25 iterations, on fourteen games: 1.5 with 25 did best overall; with
#: stretches of 10 it got stuck on four that it solves with 25.
GROWTH, SHRINKAGE = 1.5, 0.5

#: A step that has shrunk to this fraction of the first one starts again at the first one.
SMALLEST_STEP = 1e-6

#: One-point populations that `reward_range` looks at.
MOST_POINTS = 1000

#: Probabilities below this are not told apart from 0 when a policy is turned into logits.
SMALLEST_PROBABILITY = 1e-300


class MirrorDescent(NamedTuple):
    """State of online mirror descent.

    Attributes:
        policy: the best policy so far, from which the next stretch starts.
        exploitability: of `policy`, in units of reward.
        step_size: of the next stretch, in 1 / units of reward.
        first_step_size: where the step starts again when it has become too small.
    """

    policy: Float[Array, "H S A"]
    exploitability: Float[Array, ""]
    step_size: Float[Array, ""]
    first_step_size: Float[Array, ""]


class FictitiousPlay(NamedTuple):
    """State of fictitious play.

    Attributes:
        policy: the best policy so far.
        exploitability: of `policy`, in units of reward.
        average: the average policy, whose own population is what is answered next.
        count: best responses in the average.
    """

    policy: Float[Array, "H S A"]
    exploitability: Float[Array, ""]
    average: Float[Array, "H S A"]
    count: Int[Array, ""]


def begin_mirror_descent(game: Game, step_size: Float[Array, ""] | float) -> MirrorDescent:
    """Online mirror descent at the uniform policy."""
    uniform, step_size = game.uniform_policy(), jnp.asarray(step_size, dtype=float)
    return MirrorDescent(uniform, nash_imitation_gap_of(game, uniform), step_size, step_size)


def mirror_descent_chunk(game: Game, state: MirrorDescent, iterations: int) -> MirrorDescent:
    """`iterations` steps of online mirror descent (Perolat et al. 2022, Algorithm 1), restarted by what they gain.

    One step adds step_size * Q, the action values in the population of the policy, to the logits. At the end the last
    policy and the average of the stretch are measured. The better one becomes the start of the next stretch and the
    step grows; if neither is better than the start, the stretch is forgotten and the step shrinks. Restarting at the
    average is what settles games whose last iterates circle.
    """

    def step(_, carry):
        logits, total = carry
        policy = jax.nn.softmax(logits)
        flow, q = population_values(game, policy)
        return jax.nn.log_softmax(logits + state.step_size * q), total + flow[..., None] * policy

    start = jnp.log(jnp.maximum(state.policy, max(SMALLEST_PROBABILITY, jnp.finfo(state.policy.dtype).tiny)))
    logits, total = jax.lax.fori_loop(0, iterations, step, (start, jnp.zeros_like(start)))
    last = jax.nn.softmax(logits)
    candidates = jnp.stack([last, conditional(total, last)])
    measured = jax.vmap(lambda policy: nash_imitation_gap_of(game, policy))(candidates)
    winner = jnp.argmin(measured)
    better = measured[winner] < state.exploitability
    step_size = state.step_size * jnp.where(better, GROWTH, SHRINKAGE)
    return MirrorDescent(
        jnp.where(better, candidates[winner], state.policy),
        jnp.where(better, measured[winner], state.exploitability),
        jnp.where(step_size < SMALLEST_STEP * state.first_step_size, state.first_step_size, step_size),
        state.first_step_size,
    )


def begin_fictitious_play(game: Game) -> FictitiousPlay:
    """Fictitious play at the uniform policy."""
    uniform = game.uniform_policy()
    return FictitiousPlay(uniform, nash_imitation_gap_of(game, uniform), uniform, jnp.asarray(1, int))


def fictitious_play_chunk(game: Game, state: FictitiousPlay, iterations: int) -> FictitiousPlay:
    """`iterations` best responses, each averaged into the population (Perrin et al. 2020, Algorithm 1).

    Occupancies are averaged, not policies, and both within the *same* population, that of the average policy: where
    the kernel depends on the population, occupancies that come from different populations have no common kernel.
    """

    def step(_, carry):
        average, count = carry
        flow = flow_of(game, average)
        answer = best_response_of(game, flow).policy
        of_answer = agent_flow_of(game, answer, flow)[..., None] * answer
        mixture = (count * flow[..., None] * average + of_answer) / (count + 1)
        return conditional(mixture, answer), count + 1

    average, count = jax.lax.fori_loop(0, iterations, step, (state.average, state.count))
    measured = nash_imitation_gap_of(game, average)
    better = measured < state.exploitability
    policy = jnp.where(better, average, state.policy)
    return FictitiousPlay(policy, jnp.minimum(measured, state.exploitability), average, count)


def population_values(game: Game, policy: Float[Array, "H S A"]) -> tuple[Float[Array, "H S"], Float[Array, "H S A"]]:
    """The population of `policy`, and Q_n(s, a): what an agent earns from (s, a) on when everyone plays `policy`."""
    flow = flow_of(game, policy)

    def step(value, inputs):
        n, pi, mu = inputs
        q = game.reward(n, mu) + game.pull_back(n, mu, value)
        return jnp.sum(pi * q, axis=-1), q

    inputs = (jnp.arange(game.horizon), policy, flow)
    return flow, jax.lax.scan(step, jnp.zeros_like(game.initial), inputs, reverse=True)[1]


def conditional(occupancy: Float[Array, "H S A"], elsewhere: Float[Array, "H S A"]) -> Float[Array, "H S A"]:
    """The policy with this joint occupancy; `elsewhere` where nobody is."""
    mass = occupancy.sum(axis=-1, keepdims=True)
    return jnp.where(mass > 0, occupancy / jnp.where(mass > 0, mass, 1), elsewhere)


def reward_range(game: Game) -> Float[Array, ""]:
    """Largest minus smallest reward over the steps of the uniform policy's population and in one-point populations.

    A lower estimate of the range over all populations; 1 for a game whose rewards are all equal there. Of a game with
    many states only `MOST_POINTS` one-point populations are looked at, evenly spread, and none is stored.
    """
    n_states = game.initial.size
    points = np.linspace(0, n_states - 1, min(n_states, MOST_POINTS)).round().astype(int)

    def extremes(n, mu):
        reward = game.reward(n, mu)
        return jnp.stack([reward.min(), reward.max()])

    def at_point(inputs):
        n, s = inputs
        return extremes(n, jnp.zeros(n_states).at[s].set(1))

    steps = jnp.arange(game.horizon)
    flow = flow_of(game, game.uniform_policy())
    crowd = jax.lax.map(lambda inputs: extremes(*inputs), (steps, flow))
    corners = jax.lax.map(at_point, (jnp.arange(game.horizon, game.horizon + points.size) % game.horizon, points))
    found = jnp.concatenate([crowd, corners])
    width = found[:, 1].max() - found[:, 0].min()
    return jnp.where(width > 0, width, 1.0)
