"""MFC-ADV over neural networks: matching that generalises, as the class of policies is small (ours).

Each of the networks of `network_policy`, fitted to nine tenths of the trajectories, goes on to minimise the distance
between its own population's occupancy and that of its nine tenths. It is stopped by the last tenth: by the sum of
squares there, which is least in expectation at the expert's occupancy, as a sum of 1-norms is not. The mean of the
networks is taken if the parts that they had not seen leave no doubt; otherwise what they began as, with the records.

The distance is softened as that of MFC-ADV: |d| is sqrt(d^2 + 1 / M^2), so that less than a trajectory matters little.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_seed, checked
from mfg_imitation.engine.control import through_population
from mfg_imitation.engine.flow import flow_of, occupancy
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, fitted, one_by_one
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, empirical_occupancy
from mfg_imitation.imitation.matching import total
from mfg_imitation.imitation.mfc_adv import mfc_adv
from mfg_imitation.imitation.network import Guess, mean_policy, networks, with_records
from mfg_imitation.imitation.policy_network import Surroundings, fit, surroundings
from mfg_imitation.imitation.progress import one_after_the_other

#: The mean gain on what was not seen is beyond doubt from so many of its standard errors on.
SURE = 3.0


@algorithm(
    "mfc_adv_network",
    "MFC-ADV, network",
    summary="is MFC-ADV over small neural networks, from cloned ones until trajectories held out are matched no better",
    needs=("kernel", "who can follow whom"),
    stationary=False,
    variant_of="mfc_adv",
)
@checked
def mfc_adv_network(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    *,
    iterations: int = 2000,
    seed: int = 0,
) -> Imitation:
    """Fit networks whose populations look like the demonstrations; knows the kernel, never looks at the reward (ours).

    Args:
        demonstrations: at least two trajectories; a batch may lead them, of samples say; each is fitted by itself. An
            occupancy stands for infinitely many trajectories, which need no network: of it this is `mfc_adv`.
        iterations: at most so many steps of each network, to clone and again to match.
        seed: of the split and of the networks' first parameters; the same for every sample.

    Returns:
        The fit. Its objective is that of `mfc_adv`, the sum over n of |rho-hat_n - rho^pi_n|, in [0, 2 H], and its
        certificate the same number, as no sum is below 0. Its status is "cloned" where matching left a doubt, and the
        policy is that of `network_policy`; else "stopped early" where all networks were stopped by what they had not
        seen, or "iteration limit". Its iterations are the most that a network took to match best.

    Raises:
        InputError: the demonstrations are not of this game, have weights, or are a single trajectory; less than one
            iteration; a seed below 0.
    """
    check_count("iterations", iterations)
    check_seed(seed)
    if not isinstance(demonstrations, Demonstrations):
        return mfc_adv(demonstrations, game, iterations=iterations)
    check_demonstrations(demonstrations, game)
    if demonstrations.weights is not None:
        raise InputError("demonstrations.weights: mfc_adv_network takes whole trajectories, which all count alike")
    n_trajectories = np.shape(demonstrations.states)[-2]
    guess, around = networks(game, n_trajectories, iterations, False, seed), surroundings(game)

    def of_sample(states, actions) -> Imitation:
        start = guess(states, np.eye(len(game.actions))[actions])
        softness, most = jnp.asarray(1 / n_trajectories), jnp.asarray(iterations)
        fits, gains = one_after_the_other(
            "MFC-ADV, networks", lambda i: _match(game, around, start, softness, most, i), len(start.counts)
        )
        policy, steps, stopped, sure = _chosen(around, start, fits, gains)
        target = empirical_occupancy(Demonstrations(states, actions), game)
        objective = total(occupancy(game, policy) - target, "sum")
        status = np.where(sure, np.where(stopped, "stopped early", "iteration limit"), "cloned")
        return fitted(policy, objective, status, steps, objective)

    return one_by_one(of_sample, *map(np.asarray, demonstrations[:2]), axes=2)


@eqx.filter_jit
def _match(game: Game, around: Surroundings, start: Guess, softness, iterations, i):
    """Network i, matched until the part that it has not seen stops it; and by how much it misses that part less than it
    did with the records."""
    counts = start.counts[i]
    seen_counts = start.counts.sum(axis=0) - counts

    def own(policy):
        return flow_of(game, policy)[..., None] * policy

    def recorded(counts):
        shares = game.horizon * counts / counts.sum()
        return jnp.zeros(game.policy_shape).at[start.steps, start.states].add(shares)

    seen, unseen = recorded(seen_counts), recorded(counts)

    def distance(network):
        """A loss with the gradient of the distance, by the adjoint of the population: it keeps no kernels."""
        policy = network.policy(around)
        fixed = jax.lax.stop_gradient(policy)
        flow = flow_of(game, fixed)
        difference = flow[..., None] * fixed - seen
        f = difference / jnp.sqrt(difference**2 + softness**2)
        _, q = through_population(game, fixed, flow, lambda n, mu: f[n])
        return jnp.sum(flow[..., None] * q * policy)

    def missed(policy):
        return jnp.sum((own(policy) - unseen) ** 2)

    network = jax.tree.map(lambda leaf: leaf[i], start.networks)
    cloned = with_records(network.policy(around), start.strength, start.steps, start.states, seen_counts)
    found = fit(network, distance, lambda network: missed(network.policy(around)), iterations)
    return found, missed(cloned) - found.held_out


@eqx.filter_jit
def _chosen(around, start: Guess, fits, gains):
    """The policy; the most steps of a network; whether all were stopped; whether matching is taken."""
    sure = gains.mean() > SURE * gains.std(ddof=1) / jnp.sqrt(gains.size)
    policy = jnp.where(sure, mean_policy(fits.network, around), start.policy)
    return policy, jnp.where(sure, fits.iteration.max(), 0), fits.stopped.all(), sure
