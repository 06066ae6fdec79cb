"""DAgger: the expert is asked what it would have done where the imitators come (Ross et al. 2011), in a population."""

from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_choice, check_count, check_probabilities, check_seed, checked
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.engine.players import draw, simulate
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import counts_of

#: Whose population the asking players live in.
POPULATIONS = ("own", "experts")


class Dagger(NamedTuple):
    """What every round has led to.

    Attributes:
        policies: cloned from all answers so far.
        queries: how many answers that took.
    """

    policies: Float[Array, "rounds H S A"]
    queries: Int[Array, " rounds"]


@checked
def dagger(
    game: Game,
    expert: Float[Array, "H S A"],
    rounds: int,
    queries_per_round: int,
    seed: int,
    population: Literal["own", "experts"] = "own",
) -> Dagger:
    """Ask the expert, round by round, for an action at every (n, s) that players of the latest policy visit.

    In the first round the expert itself plays, so that it ends as behavioral cloning does with as many recorded
    actions. An answer is drawn from the expert's policy there. Where the expert is never asked the policy is uniform.

    Args:
        expert: the policy that answers.
        queries_per_round: rounded up to whole trajectories, of H queries each.
        seed: of the players and of the answers.
        population: the mean field in which the players of a round live, and which drives their kernel: that of the
            policy they play, "own", or the "experts".

    Raises:
        InputError: `expert` is no policy of the game, an unknown population, or a number out of its range.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    check_count("rounds", rounds)
    check_count("queries_per_round", queries_per_round)
    check_seed(seed)
    check_choice("population", population, POPULATIONS)
    players = -(-int(queries_per_round) // game.horizon)
    policies = _dagger(game, expert, jax.random.key(seed), int(rounds), players, population == "own")
    return Dagger(policies, jnp.arange(1, rounds + 1) * players * game.horizon)


@eqx.filter_jit
def _dagger(game, expert, key, rounds, players, own) -> Float[Array, "rounds H S A"]:
    """Players are numbered on from round to round, so that no two share their random numbers."""
    key_play, key_answer = jax.random.split(key)
    experts = flow_of(game, expert)

    def ask(carry, r):
        counts, policy = carry
        flow = flow_of(game, policy) if own else experts
        states = simulate(game, policy, key_play, r * players + jnp.arange(players), flow).states
        at = expert[jnp.arange(game.horizon), states]
        chance = jax.random.uniform(jax.random.fold_in(key_answer, r), states.shape)
        answers = draw(at.reshape(-1, at.shape[-1]), chance.ravel()).reshape(states.shape)
        counts = counts + counts_of(game, states, answers)
        policy = cloned_policy(counts)
        return (counts, policy), policy

    return jax.lax.scan(ask, (jnp.zeros(game.policy_shape), expert), jnp.arange(rounds))[1]
