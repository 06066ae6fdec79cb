"""Behavioral cloning by neural networks, and the records themselves where there are many of them (ours).

The trajectories are split into ten parts. Ten networks are fitted by maximum likelihood, each to nine parts until it
explains the tenth no better, and their mean is taken: what is noise in one is not in another. The mean is the centre of
a Dirichlet prior that counts as much as c records, and the records are added. How large c is, is decided by what the
networks had not seen: each of the ten parts is explained by the other nine, added to the network that did not see it.
c = 0 is behavioral cloning in all that is visited.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_count, check_seed, checked
from mfg_imitation.engine.policies import policy_of_occupancy
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm
from mfg_imitation.imitation.behavioral_cloning import behavioral_cloning
from mfg_imitation.imitation.demonstrations import Demonstrations, records_per_trajectory, weighed
from mfg_imitation.imitation.evidence import STRENGTHS, beside_cloning, first_best, log_evidence
from mfg_imitation.imitation.policy_network import Fit, PolicyNetwork, Surroundings, fit, surroundings
from mfg_imitation.imitation.progress import one_after_the_other
from mfg_imitation.imitation.records import padded, power_of_two

#: Parts that the trajectories are split into, and so networks.
PARTS = 10


@algorithm(
    "bc_network",
    "BC, network",
    summary="lets small neural networks guess what an expert does where few records say it",
    needs=("who can follow whom",),
    variant_of="bc",
)
@checked
def network_policy(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    seed: int = 0,
) -> Imitation:
    """Fit networks to the recorded actions, and add the records; neither reward nor kernel is looked at (ours).

    Args:
        demonstrations: at least two trajectories; a batch may lead them, of samples say; each is fitted by itself. An
            occupancy stands for infinitely many trajectories, which need no network: of it this is behavioral cloning.
        iterations: at most so many steps of each network.
        stationary: one policy for all steps, which the networks are not told apart.
        seed: of the split and of the networks' first parameters; the same for every sample.

    Returns:
        The fit; its objective is that of behavioral cloning, the mean over trajectories of -sum over n of
        log pi_n(a_n | s_n), in nats, and its certificate is how far that is above the least one, on purpose. Its
        status is "stopped early" where all networks were stopped by what they had not seen, else "iteration limit";
        its iterations are the most that a network took to its best parameters.

    Raises:
        InputError: the demonstrations are not of this game, or are a single trajectory; less than one iteration; a
            seed below 0.
    """
    check_count("iterations", iterations)
    check_seed(seed)
    cloned = behavioral_cloning(demonstrations, game, stationary=stationary)
    if not isinstance(demonstrations, Demonstrations):
        return cloned
    *batch, n_trajectories, horizon = demonstrations.states.shape
    guess = networks(game, n_trajectories, iterations, stationary, seed)
    samples = (leaf.reshape(-1, n_trajectories, horizon) for leaf in weighed(demonstrations))
    ends = [
        guess(states, np.eye(len(game.actions))[actions] * weights[..., None])[:3]
        for states, actions, weights in zip(*samples, strict=True)
    ]
    policy, iteration, stopped = (jnp.stack(leaf).reshape(*batch, *leaf[0].shape) for leaf in zip(*ends, strict=True))
    status = np.where(stopped, "stopped early", "iteration limit")
    return beside_cloning(policy, records_per_trajectory(demonstrations, game), cloned, status, iteration)


class Guess(NamedTuple):
    """What networks guess from one sample, and what they were fitted to.

    Attributes:
        policy: their mean, with the records added.
        iteration: the most steps that a network took to its best parameters.
        stopped: whether all of them were stopped.
        strength: c, how many records the mean stands for.
        networks: all of them; every array leads with the parts.
        steps, states: of everything visited; the rows of `counts`.
        counts: what was played there, in the part that a network has not seen.
    """

    policy: Float[Array, "H S A"]
    iteration: Int[Array, ""]
    stopped: Array
    strength: Float[Array, ""]
    networks: PolicyNetwork
    steps: Int[Array, " rows"]
    states: Int[Array, " rows"]
    counts: Float[Array, "parts rows A"]


def networks(game: Game, n_trajectories: int, iterations: int, stationary: bool, seed: int) -> Callable:
    """What fits networks to one sample of so many trajectories, and adds the records; see `network_policy`.

    Returns:
        (states [M, H], how much of every action was played there [M, H, A]) -> `Guess`.

    Raises:
        InputError: there is a single trajectory.
    """
    if n_trajectories < 2:
        raise InputError("demonstrations: one trajectory is too few for a network, which is stopped by another one")
    part = np.random.default_rng(seed).permutation(n_trajectories) % min(PARTS, n_trajectories)
    around, keys = surroundings(game), jax.random.split(jax.random.key(seed), part.max() + 1)
    if stationary:
        around = around._replace(clock=around.clock[:1])

    def guess(states: Int[np.ndarray, "M H"], played: Float[np.ndarray, "M H A"]) -> Guess:
        steps, states, counts = _cells(game, states, played, part, stationary)
        seen, place = np.unique(states, return_inverse=True)
        rows = min(power_of_two(seen.size), around.walk.shape[0])
        records = _Records(around.of(seen, rows), *map(jnp.asarray, (steps, place, counts)))
        fits = one_after_the_other(
            "networks",
            lambda i: _fit(game.policy_shape, records, i, keys[i], jnp.asarray(iterations)),
            len(keys),
        )
        policy, strength = _joined(around, records, jnp.asarray(states), fits.network)
        policy = jnp.broadcast_to(policy, game.policy_shape)
        stopped = fits.iteration.max(), fits.stopped.all()
        return Guess(policy, *stopped, strength, fits.network, records.steps, jnp.asarray(states), records.counts)

    return guess


class _Records(NamedTuple):
    """What was played where, in every part, and the surroundings of the states that were visited."""

    around: Surroundings
    steps: Int[Array, " rows"]
    places: Int[Array, " rows"]  # of the states among those visited
    counts: Float[Array, "parts rows A"]


def _cells(game, states, played, part, stationary):
    """Step and state of everything visited, and what was played there in every part, [parts, rows, A].

    Of a power of two of rows, or as many as there can be, the last ones empty, so that one program serves many samples.
    """
    horizon, n_states, n_actions = game.policy_shape
    steps = np.zeros(horizon, int) if stationary else np.arange(horizon)
    visited, row = np.unique(steps * n_states + states, return_inverse=True)
    size = min(power_of_two(visited.size), (1 + steps[-1]) * n_states)
    counts = np.zeros((part.max() + 1, size, n_actions))
    np.add.at(counts, (part[:, None], row.reshape(states.shape)), played)
    return *np.divmod(padded(visited, size, visited[0]), n_states), counts


@eqx.filter_jit
def _fit(shape: tuple[int, int, int], records: _Records, i: Int[Array, ""], key, iterations) -> Fit:
    """The network that has not seen part i."""

    def surprise(counts):
        weights = (counts / counts.sum()).astype(jnp.float32)
        return lambda network: (
            -jnp.sum(weights * jax.nn.log_softmax(network(records.around, records.steps, records.places)))
        )

    unseen = records.counts[i]
    network = PolicyNetwork(records.around.clock.shape[1], *shape[1:], key)
    return fit(network, surprise(records.counts.sum(axis=0) - unseen), surprise(unseen), iterations)


@eqx.filter_jit
def _joined(
    around: Surroundings, records: _Records, states: Int[Array, " rows"], fitted: PolicyNetwork
) -> tuple[Float[Array, "H S A"], Float[Array, ""]]:
    """The mean of the networks with the records added, and how many records the mean stands for."""
    total = records.counts.sum(axis=0)
    # A strength of 0 stands for the limit, which still tells the actions apart where nothing was recorded.
    strengths = jnp.maximum(jnp.asarray(STRENGTHS[:-1]), jnp.finfo(total.dtype).tiny ** 0.25)

    def unseen(inputs):
        network, part = inputs
        guess = jax.nn.softmax(network(records.around, records.steps, records.places).astype(float))
        seen = total - part
        return jax.lax.map(lambda strength: log_evidence(part, seen + strength * guess).sum(), strengths)

    evidence = jax.lax.map(unseen, (fitted, records.counts)).sum(axis=0)
    strength = strengths[first_best(evidence)]
    return with_records(mean_policy(fitted, around), strength, records.steps, states, total), strength


def mean_policy(networks: PolicyNetwork, around: Surroundings) -> Float[Array, "H S A"]:
    """The mean of several networks' policies, one after the other; their arrays lead with their number."""

    def add(mean, network):
        return mean + network.policy(around) / len(networks.places), None

    shape = len(around.clock), networks.places.shape[1], networks.choice.bias.shape[1]
    return jax.lax.scan(add, jnp.zeros(shape), networks)[0]


def with_records(
    policy: Float[Array, "H S A"],
    strength: Float[Array, ""],
    steps: Int[Array, " rows"],
    states: Int[Array, " rows"],
    counts: Float[Array, "rows A"],
) -> Float[Array, "H S A"]:
    """The policy that stands for so many records, and the records added."""
    return policy_of_occupancy((strength * policy).at[steps, states].add(counts))
