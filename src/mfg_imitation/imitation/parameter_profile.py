"""The likelihood of trajectories as a function of a kernel's unknown parameters, and how much their moves say.

The likelihood is that of `trajectory_likelihood`, the sum over records of log sum over a of pi_n(a|s) C(a'|a)
P_n(s'|s, a, mu-hat_n; theta). For every theta the best policy pi and noise C are found by expectation and maximisation.
What is left is the *profile*: its gradient is that of the likelihood where pi and C stay as they are (the envelope
theorem). Ours.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.games.declared import DeclaredGame
from mfg_imitation.imitation.crowd_records import CrowdRecords, likely_moves
from mfg_imitation.imitation.demonstrations import Demonstrations, weighed
from mfg_imitation.imitation.expectation_maximisation import Model, Table, begin, maximised
from mfg_imitation.imitation.noisy_labels import EXPLORATION, FIRST_NOISE

#: A move that theta forbids counts as likely as this power of the smallest float: dear, with a sum that is finite.
IMPOSSIBLE = 0.33

#: The fit of policy and noise at one theta is done when no probability changes by more, or after so many steps.
TOLERANCE, MOST_STEPS = 1e-7, 3000


class Explanation(NamedTuple):
    """What the labels say of every record and action: pi_n(a|s) C(a'|a)."""

    labels: Float[Array, "R A"]
    noise: Float[Array, ""]


def with_parameters(game: DeclaredGame, values: dict[str, Float[Array, ""] | float]) -> DeclaredGame:
    """The game with other values of its parameters, unchecked; for traced code."""
    changed = {name: jnp.asarray(value, float) for name, value in values.items()}
    return eqx.tree_at(lambda game: game.parameters, game, {**game.parameters, **changed})


class Profile:
    """The profile of some parameters, at points theta [P].

    Args:
        game: theta replaces the values of its parameters.
        names: of the P parameters.
        label_noise: kappa, where it is known, or "estimate".
    """

    def __init__(self, game: DeclaredGame, names: tuple[str, ...], records: CrowdRecords, label_noise: str | float):
        self.game, self.names, self.records = game, names, records
        self.mode = "estimate" if label_noise == "estimate" else "given" if label_noise > 0 else "none"
        given = FIRST_NOISE if self.mode == "estimate" else label_noise
        self.model = Model(jnp.asarray(given, float), jnp.asarray(TOLERANCE), jnp.asarray(MOST_STEPS))
        self.moves = records._replace(which=records.which[:0])  # the search looks at counts only
        self.flat = records.together()

    def at(self, theta: Float[np.ndarray, " P"]) -> tuple[float, Float[np.ndarray, " P"], Explanation]:
        """The profile in nats, its gradient, and what explains the labels there."""
        value, gradient, explanation = _at(self, jnp.asarray(theta, float))
        return float(value), np.asarray(gradient), explanation

    def design_effect(
        self, theta: Float[np.ndarray, " P"], demonstrations: Demonstrations, sampled: bool
    ) -> Float[np.ndarray, " P"]:
        """By how much the variances of theta are larger than the curvature of the likelihood says, as factors.

        Where the trajectories are a sample, mu-hat is an estimate itself, and every trajectory has a share in it: the
        variance is then that of the sum of all that single trajectories do to theta, through their own moves and
        through mu-hat (the sandwich, Huber 1967; delta method). Policy and noise are taken as they are. Where the
        whole population was recorded, mu-hat is what drove it, and the factors are 1. They are never below 1: the
        sandwich of a few hundred trajectories is itself an estimate, on average too small.
        """
        if not sampled:
            return np.ones(len(theta))
        theta = jnp.asarray(theta, float)
        explanation = _at(self, theta)[2]
        curvature, scores, slopes = (np.asarray(leaf) for leaf in _parts(self, theta, explanation))
        states, _, weights = weighed(demonstrations)
        which = self.records.which
        block = np.maximum(which, 0) // self.records.state.shape[1]
        own = scores[which] * weights[..., None]
        through = slopes[block, states] - np.einsum("bsp,bs->bp", slopes, self.records.population)[block]
        shares = weights / self.records.observed[block]
        each = ((own + through * shares[..., None]) * (which >= 0)[..., None]).sum(axis=1)
        inverse = np.linalg.pinv(curvature, hermitian=True)
        plain, true = np.diag(inverse), np.diag(inverse @ (each.T @ each) @ inverse)
        return np.where(plain > 0, np.maximum(true / np.where(plain > 0, plain, 1), 1), 1)


def _at(profile: Profile, theta):
    return _profiled(profile.game, profile.names, profile.moves, profile.flat, theta, profile.model, profile.mode)


def _parts(profile: Profile, theta, explanation):
    return _derivatives(profile.game, profile.names, profile.moves, theta, explanation)


def _moves(game, names, records, theta, population=None) -> Float[Array, "R A"]:
    told = with_parameters(game, dict(zip(names, theta, strict=True)))
    likely = likely_moves(told, records, population)
    return jnp.clip(likely.reshape(-1, likely.shape[-1]), jnp.finfo(likely.dtype).tiny ** IMPOSSIBLE, 1.0)


def _log_likelihood(game, names, records, theta, labels, population=None) -> Float[Array, ""]:
    explained = jnp.sum(labels * _moves(game, names, records, theta, population), axis=-1)
    counts = jnp.asarray(records.count).ravel()
    return jnp.sum(jnp.where(counts > 0, counts * jnp.log(jnp.where(counts > 0, explained, 1)), 0))


@eqx.filter_jit
def _profiled(game, names, records, flat, theta, model, mode):
    one = jax.tree.map(lambda leaf: leaf[0], flat)
    table = Table(one, _moves(game, names, records, theta))
    if mode == "none":
        labels, noise = table.clone[one.cell] * table.labels, jnp.asarray(0.0)
    else:
        start = (1 - EXPLORATION) * table.clone + EXPLORATION / table.n_actions
        point = maximised(table, begin(start, model), model, mode).point
        labels, noise = point.policy[one.cell] * point.confusion[:, one.action].T, point.noise
    value, gradient = _value_and_gradient(game, names, records, theta, labels)
    return value, gradient, Explanation(labels, noise)


def _value_and_gradient(game, names, records, theta, labels):
    def twice(theta):
        value = _log_likelihood(game, names, records, theta, labels)
        return value, value

    gradient, value = jax.jacfwd(twice, has_aux=True)(theta)
    return value, gradient


@eqx.filter_jit
def _derivatives(game, names, records, theta, explanation):
    """Minus the second derivative in theta [P, P]; the scores of records [R, P]; the mixed slopes in mu [B, S, P]."""
    labels = explanation.labels

    def logs(theta):
        explained = jnp.sum(labels * _moves(game, names, records, theta), axis=-1)
        return jnp.log(jnp.where(jnp.asarray(records.count).ravel() > 0, explained, 1))

    def in_population(theta):
        of_mu = lambda mu: _log_likelihood(game, names, records, theta, labels, mu)  # noqa: E731
        return jax.grad(of_mu)(jnp.asarray(records.population))

    curvature = -jax.hessian(lambda theta: _log_likelihood(game, names, records, theta, labels))(theta)
    return curvature, jax.jacfwd(logs)(theta), jax.jacfwd(in_population)(theta)
