"""The likelihood of transitions under a kernel affine in the population, and what explains them with few numbers."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float, Int

from mfg_imitation.engine.policies import policy_of_occupancy

#: A pass of EM ends when no entry of K changes by more, in probability.
SETTLED = 1e-9


class KernelFit(NamedTuple):
    """K(k | s, a, z), and how well it explains the counts of every pair (s, a).

    Attributes:
        kernel: sums to 1 over k.
        steps: of EM.
        log_likelihood: in nats.
        certificate: a bound on how much the entries that are left could still raise it, in nats.
        free: how many numbers were chosen freely.
    """

    kernel: Float[Array, "Z S A K"]
    steps: Int[Array, ""]
    log_likelihood: Float[Array, "S A"]
    certificate: Float[Array, "S A"]
    free: Int[Array, "S A"]


@eqx.filter_jit
def smallest_kernel(
    populations: Float[Array, "P Z"], counts: Float[Array, "P S A K"], iterations: Int[Array, ""]
) -> KernelFit:
    """Of the most likely kernels the one that Bayes' criterion takes; see `learn_kernel`.

    In a state all actions may be alike, and for a pair of state and action all populations.

    Args:
        populations: mu(z).
        counts: how often k followed (s, a) in each population.
        iterations: at most so many steps of each pass of EM.
    """
    own = _population_matters_or_not(populations, counts, iterations)
    shared = _population_matters_or_not(populations, counts.sum(axis=2, keepdims=True), iterations)
    gain = own.log_likelihood.sum(axis=1) - shared.log_likelihood.sum(axis=1)
    spare = own.free.sum(axis=1) - shared.free.sum(axis=1)
    alike = _not_worth_it(gain, spare, counts.sum(axis=(0, 2, 3)))[:, None]
    one = jnp.arange(counts.shape[2]) == 0  # what all actions share is counted with the first
    log_likelihood, certificate, free = (
        jnp.where(alike, common * one, each) for common, each in zip(shared[2:], own[2:], strict=True)
    )
    kernel = jnp.where(alike[..., None], shared.kernel, own.kernel)
    return KernelFit(kernel, own.steps + shared.steps, log_likelihood, certificate, free)


def _population_matters_or_not(populations, counts, iterations) -> KernelFit:
    totals = counts.sum(axis=0)
    # Where an action was not seen it does as the others; where nobody was one takes the first branch.
    anyhow = policy_of_occupancy(totals.sum(axis=1, keepdims=True), jnp.eye(1, counts.shape[-1])[None])
    constant = jnp.broadcast_to(policy_of_occupancy(totals, anyhow), (populations.shape[1], *totals.shape))
    passes = jnp.array([0.0, 1.0, 0.0])  # the second has the sparse prior; a scan, as a loop would be compiled thrice
    kernel, steps = jax.lax.scan(
        lambda kernel, taken: _expectation_maximisation(populations, counts, kernel, taken, iterations),
        constant,
        passes,
    )
    # The likelihood is concave: it is nowhere above its tangent, which is highest at a corner.
    highest = jnp.max(_slopes(populations, counts, kernel), axis=-1, where=kernel > 0, initial=0).sum(axis=0)
    certificate = jnp.maximum(highest - totals.sum(axis=-1), 0)
    free = (kernel > 0).sum(axis=(0, 3)) - len(kernel)
    fewest = (constant[0] > 0).sum(axis=-1) - 1
    likelihood, least = (_log_likelihood(populations, counts, one) for one in (kernel, constant))
    alike = _not_worth_it(likelihood - least, free - fewest, totals.sum(axis=-1))
    return KernelFit(
        jnp.where(alike[..., None], constant, kernel),
        steps.sum(),
        jnp.where(alike, least, likelihood),
        jnp.where(alike, 0, certificate),
        jnp.where(alike, fewest, free),
    )


def _not_worth_it(gain, spare, n_transitions):
    """Bayes' criterion: a free number more has to gain half the logarithm of the number of transitions.

    It counts as one more at least: entries of 0 and 1 were chosen, too, though no free number says so.
    """
    return gain <= jnp.maximum(spare, 1) * jnp.log(jnp.maximum(n_transitions, 1)) / 2


def _expectation_maximisation(populations, counts, kernel, taken, iterations):
    """EM with `taken` counts taken from every entry at each step."""

    def step(state):
        kernel, number, _ = state
        expected = kernel * _slopes(populations, counts, kernel)
        kept = jnp.maximum(expected - taken, 0)
        # What alone explains a transition is left as it is.
        lost = jnp.any((counts > 0) & (jnp.tensordot(populations, kept, 1) == 0), axis=0)
        new = policy_of_occupancy(jnp.where(lost, expected, kept), elsewhere=kernel)
        return new, number + 1, jnp.abs(new - kernel).max()

    def goes_on(state):
        return (state[1] < iterations) & (state[2] > SETTLED)

    return jax.lax.while_loop(goes_on, step, (kernel, 0, jnp.inf))[:2]


def _slopes(populations, counts, kernel) -> Float[Array, "Z S A K"]:
    """The derivatives of the log-likelihood; times K, the expected counts of every entry."""
    likely = jnp.tensordot(populations, kernel, 1)
    return jnp.tensordot(populations.T, jnp.where(counts > 0, counts / jnp.where(likely > 0, likely, 1), 0), 1)


def _log_likelihood(populations, counts, kernel) -> Float[Array, "S A"]:
    return xlogy(counts, jnp.where(counts > 0, jnp.tensordot(populations, kernel, 1), 1)).sum(axis=(0, 3))
