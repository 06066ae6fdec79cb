"""The likelihood of noisy labels where only occupancies are known: labels state by state, and the population they make.

minimise over pi and kappa   - sum over n, s, a of rho-hat_n(s, a) log((1 - kappa) pi_n(a|s) + kappa / |A|)
                             + lambda sum over n of KL(mu-hat_n | mu^pi_n)

The first part alone cannot tell noise from mixing; the second asks where the policy takes its own population, which
noise in the labels did not move. Ours; it never sees the reward.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_positive, checked
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import algorithm, fitted
from mfg_imitation.imitation.ascent import advance, begin, strokes
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.expectation_maximisation import uniform_noise
from mfg_imitation.imitation.trajectory_likelihood import LikelihoodFit

#: First step of the optimiser, in logits; it falls linearly to zero.
LEARNING_RATE = 0.1

#: Noise rates to start from: kappa is kept between 0 and 1/2, as more than half of the labels say what was played.
NOISE_STARTS, MOST_NOISE = (0.01, 0.1, 0.3), 0.5

#: Share of the uniform policy in every start.
EXPLORATION = 0.01

#: The weight of the population begins at this share of lambda and grows to it over the first half of the iterations.
FIRST_WEIGHT = 0.01

#: Below this, a share of the population counts as this in the divergence: states that a policy never reaches are dear,
#: not infinitely so.
NOWHERE = 1e-12

#: Iterations between two strokes of the progress bar.
CHUNK = 100


@algorithm(
    "population_likelihood",
    "population likelihood",
    summary="makes the recorded actions most likely, a share of them noise, in a population that looks like theirs",
    needs=("kernel",),
    stationary=False,
    variant_of="likelihood",
)
@checked
def population_likelihood(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    weight: float = 10.0,
    *,
    iterations: int = 1000,
    tolerance: float = 1e-2,
) -> LikelihoodFit:
    """Fit a policy and the noise rate of its labels to an occupancy, by gradient descent through the population.

    Every start is run for all iterations; the best point met is kept, the starts (unmixed, without noise) among them.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); a batch may lead either.
        weight: lambda > 0, nats that a nat of divergence between the populations counts.
        iterations: steps from each start.
        tolerance: bound on the certificate, in nats.

    Returns:
        The fit, see `LikelihoodFit`; nothing is impossible here. Its objective is that above, in nats per trajectory.
        Its certificate is what the last `CHUNK` steps still gained, times how many such there were: no bound, as the
        problem is not convex. Its status is "stationary" where that met the tolerance, else "iteration limit".

    Raises:
        InputError: `demonstrations` has the wrong shape or does not hold probabilities; a number is out of its range.
    """
    target = occupancy_to_fit(demonstrations, game)
    check_positive("weight", weight)
    check_count("iterations", iterations)
    check_positive("tolerance", tolerance)
    batch = target.shape[:-3]
    targets = target.reshape(-1, *game.policy_shape)
    weight, total_steps = jnp.asarray(weight, float), jnp.asarray(iterations)
    state = _begin(game, targets, weight)
    for first, end in strokes(iterations, CHUNK, "population likelihood"):
        before, last = state.best.value, end - first
        state = _advance(game, targets, state, weight, first, end, total_steps)
        jax.block_until_ready(state)
    (policy, noise), value, steps, gained = _best(state.best, before)
    certificate = gained * iterations / last
    status = np.where(np.asarray(certificate) <= tolerance, "stationary", "iteration limit")
    shaped = [leaf.reshape((*batch, *leaf.shape[1:])) for leaf in (policy, value, status, steps, certificate)]
    fit = fitted(*shaped)
    confusion = jax.vmap(lambda kappa: uniform_noise(kappa, len(game.actions)))(noise)
    confusion = confusion.reshape((*batch, *confusion.shape[1:]))
    noise, impossible = noise.reshape(batch), np.zeros(batch, int)
    if not batch:
        noise, impossible = float(noise), 0
    return LikelihoodFit(*fit, noise, confusion, impossible)


def _objective(game, policy, noise, target, weight) -> Float[Array, ""]:
    labels = (1 - noise) * policy + noise / policy.shape[-1]
    told = -jnp.sum(target * jnp.log(jnp.maximum(labels, NOWHERE)))
    shown, flow = target.sum(axis=-1), jnp.maximum(flow_of(game, policy), NOWHERE)
    apart = jnp.sum(jax.scipy.special.xlogy(shown, shown) - shown * jnp.log(flow))
    return told + weight * apart


@eqx.filter_jit
def _begin(game, targets, weight):
    def one(target, noise):
        policy = cloned_policy(target)
        value = _objective(game, policy, jnp.asarray(0.0), target, weight)
        explored = (1 - EXPLORATION) * policy + EXPLORATION / policy.shape[-1]
        odds = jnp.log(noise / (MOST_NOISE - noise))
        return begin((jnp.log(explored), odds), value, (policy, jnp.asarray(0.0)))

    starts = jnp.array(NOISE_STARTS)
    return jax.vmap(lambda noise: jax.vmap(lambda target: one(target, noise))(targets))(starts)


@eqx.filter_jit
def _advance(game, targets, state, weight, first, end, iterations):
    def run(target, state):
        def look(point, iteration, done):
            def valued(point, weight):
                logits, odds = point
                policy, noise = jax.nn.softmax(logits), MOST_NOISE * jax.nn.sigmoid(odds)
                return _objective(game, policy, noise, target, weight), (policy, noise)

            grown = weight * FIRST_WEIGHT ** jnp.maximum(1 - 2 * done, 0)
            gradient, kept = jax.grad(valued, has_aux=True)(point, grown)
            value, _ = valued(point, weight)
            return value, gradient, kept

        return advance(look, state, first, end, iterations, LEARNING_RATE)

    return jax.vmap(lambda state: jax.vmap(run)(targets, state))(state)


@eqx.filter_jit
def _best(best, before):
    """Of every sample the best of all starts, and what it gained since `before`."""
    first = jnp.argmin(best.value, axis=0)
    here = first, jnp.arange(first.size)
    gained = before.min(axis=0) - best.value[here]
    return jax.tree.map(lambda leaf: leaf[here], best.kept), best.value[here], best.iteration[here], gained
