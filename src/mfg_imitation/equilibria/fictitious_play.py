"""Fictitious play, a stretch at a time."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.engine.flow import agent_flow_of, flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.engine.value import best_response_of
from mfg_imitation.equilibria.solver import solver
from mfg_imitation.games.game import Game


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


def begin_fictitious_play(game: Game, step_size: Float[Array, ""] | float) -> FictitiousPlay:
    """Fictitious play at the uniform policy; it has no step size."""
    uniform = game.uniform_policy()
    return FictitiousPlay(uniform, nash_imitation_gap_of(game, uniform), uniform, jnp.asarray(1, int))


@solver(
    "fictitious_play",
    summary="averages best responses to the average population",
    begin=begin_fictitious_play,
    stretch=25,
    iterations=5000,
)
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
        return policy_of_occupancy(mixture, answer), count + 1

    average, count = jax.lax.fori_loop(0, iterations, step, (state.average, state.count))
    measured = nash_imitation_gap_of(game, average)
    better = measured < state.exploitability
    policy = jnp.where(better, average, state.policy)
    return FictitiousPlay(policy, jnp.minimum(measured, state.exploitability), average, count)
