"""Maximum causal entropy in the experts' population: what MF-AIRL (Chen et al. 2021) approximates, exactly."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.recursion import backward
from mfg_imitation.games.game import Game
from mfg_imitation.rewards.method import Recovered, reward_method
from mfg_imitation.rewards.reward_class import RewardClass

#: Curvature below this share of the largest counts as none: the data say nothing about such a direction.
FLAT = 1e-12

#: A step is as long as the first of these that keeps this share of what it promises.
LENGTHS = 0.5 ** jnp.arange(30)
ENOUGH = 0.1

#: Newton steps at most; ten random games with soft experts took four to seven.
STEPS = 200


def soft_response(
    game: Game, population: Float[Array, "H S"], rewards: RewardClass, weights: Float[Array, " D"]
) -> tuple[Float[Array, ""], Float[Array, "H S A"]]:
    """Value and policy of an agent that earns log-probabilities beside its rewards, in a given flow; for traced code.

    V_n(s) = log sum over a of exp(Q_n(s, a)), and pi_n(a|s) = exp(Q_n(s, a) - V_n(s)).
    """

    def step(value, inputs):
        n, mu = inputs
        q = rewards.reward(weights, n, mu) + game.pull_back(n, mu, value)
        soft = jax.nn.logsumexp(q, axis=-1)
        return soft, jnp.exp(q - soft[:, None])

    value, policy = backward(game, step, population)
    return game.initial @ value, policy


@reward_method("entropy", summary="maximum causal entropy in the experts' population (MF-AIRL)")
def maximum_causal_entropy(
    game: Game,
    target: Float[Array, "H S A"],
    population: Float[Array, "H S"],
    rewards: RewardClass,
    regularisation: float,
    tolerance: float,
) -> Recovered:
    """Minimise the dual V_w(mu_0) - w phi-hat + regularisation |w|^2 / 2 by Newton's method (Ziebart 2010; Chen 2021).

    The gradient is phi(rho^{pi_w}) - phi-hat plus regularisation w; the Hessian is exact. A direction without curvature
    is left at weight 0: without regularisation the data do not identify it (potential shaping). The certificate is the
    duality gap, |gradient|^2 / (2 regularisation), or without regularisation what Newton's next step would promise.
    """
    found = _newton(game, target, population, rewards, jnp.asarray(regularisation), jnp.asarray(tolerance))
    weights, policy, loss, certificate, steps, gradient = found
    status = "optimal" if float(jnp.abs(gradient).max()) <= tolerance else "iteration limit"
    return Recovered(weights, policy, float(loss), float(certificate), int(steps), status)


@eqx.filter_jit
def _newton(game, target, population, rewards, regularisation, tolerance):
    def dual(weights):
        value = soft_response(game, population, rewards, weights)[0]
        shown = jnp.sum(target * rewards.along(weights, population))
        return value - shown + regularisation * weights @ weights / 2

    def look(weights):
        def twice(weights):
            gradient = jax.grad(dual)(weights)
            return gradient, gradient

        hessian, gradient = jax.jacfwd(twice, has_aux=True)(weights)
        curvature, axes = jnp.linalg.eigh(hessian)
        steep = curvature > FLAT * jnp.maximum(curvature[-1], regularisation)
        inverse = jnp.where(steep, 1 / jnp.where(steep, curvature, 1), 0)
        along = axes.T @ gradient
        return gradient, axes @ (inverse * along), jnp.sum(inverse * along**2)

    def step(state):
        weights, value, number, _, direction, promise = state
        trials = jax.lax.map(dual, weights - LENGTHS[:, None] * direction)
        # What rounding leaves of the promise at the end cannot be measured, and counts as kept.
        rounding = jnp.finfo(float).eps * game.horizon * (1 + jnp.abs(value))
        chosen = jnp.argmax(trials <= value - ENOUGH * LENGTHS * promise + rounding)
        weights = weights - LENGTHS[chosen] * direction
        return weights, trials[chosen], number + 1, *look(weights)

    def unfinished(state):
        _, _, number, gradient, _, promise = state
        return (number < STEPS) & (jnp.abs(gradient).max() > tolerance) & (promise > 0)

    # The first step goes nowhere: what looks is compiled once, for the start and for all that follow.
    nowhere = jnp.zeros(rewards.size)
    start = nowhere, jnp.inf, -1, jnp.full(rewards.size, jnp.inf), nowhere, jnp.inf
    weights, loss, number, gradient, _, promise = jax.lax.while_loop(unfinished, step, start)
    regular = regularisation > 0
    gap = gradient @ gradient / (2 * jnp.where(regular, regularisation, 1))
    policy = soft_response(game, population, rewards, weights)[1]
    return weights, policy, loss, jnp.where(regular, gap, promise / 2), number, gradient
