"""What imitators change for somebody who deviates: the error that makes the bound on the gap linear in H (ours).

An agent that deviates lives by a kernel that the population drives. If that population is the imitators' in place of
the experts', the kernel changes where the deviator is, which may be where neither experts nor imitators ever are. None
of the paper's errors sees that; this one does, and needs no reward.
"""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.engine.flow import flow_of, over_policies
from mfg_imitation.engine.recursion import backward
from mfg_imitation.games.game import Game


@checked(noise="taken")
def deviation(
    game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "*batch H S A"]
) -> Float[Array, "*batch"]:
    """eps_dev(pi), how much the imitators change the kernel for the deviator who notices it most.

    It is 1/H times the largest, over the deviators pi' among experts, of the sum over k of
    (H - 1 - k) E |P_k(. | s, a, mu^pi_k) - P_k(. | s, a, mu^E_k)|_1 along rho^{pi',E}; 1-norms, without a unit. For a
    Nash expert NIG <= H ((2 L_r + R) eps_MFC + R eps_dev), with R half the span of the rewards at mu^E; and
    eps_dev <= L_P eps_MFC (H - 1) (H - 2) / (2 H).

    Raises:
        InputError: an argument has the wrong shape or is not a policy.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    return _deviation(game, expert, check_probabilities("policy", policy, game.policy_shape, batch=True))


def deviation_of(game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "H S A"]) -> Float[Array, ""]:
    """`deviation` of one policy, unchecked, for use inside traced code."""
    return deviation_between(game, flow_of(game, expert), flow_of(game, policy))


def deviation_between(
    game: Game,
    experts: Float[Array, "H S"],
    imitators: Float[Array, "H S"],
    softness: Float[Array, ""] | float = 0.0,
) -> Float[Array, ""]:
    """`deviation` of one flow from another, by one backward induction; unchecked, for use inside traced code.

    Args:
        softness: epsilon >= 0, in units of probability. Absolute values |x| become x f with the sign f = x / sqrt(x^2 +
            epsilon^2) taken for a constant by derivatives: less than |x|, with the derivative of sqrt(x^2 + epsilon^2).
    """
    slots = _slots(game.successors)

    def step(value, inputs):
        n, mu, nu = inputs
        change = _merged(game.probabilities(n, nu) - game.probabilities(n, mu), slots)
        size = jnp.maximum(jnp.sqrt(change**2 + softness**2), jnp.finfo(float).tiny)
        noticed = jnp.sum(change * jax.lax.stop_gradient(change / size), axis=-1)
        return jnp.max((game.horizon - 1 - n) * noticed + game.pull_back(n, mu, value), axis=-1), None

    return game.initial @ backward(game, step, experts, imitators)[0] / game.horizon


def _slots(successors: Int[Array, "S A K"]) -> Int[Array, "S A K"]:
    """A number in 0 ... K - 1 for every branch, equal for branches of a pair that lead to the same state."""
    flat = successors.reshape(-1, successors.shape[-1])
    slots = jax.vmap(lambda row: jnp.searchsorted(jnp.sort(row), row))(flat)
    return slots.reshape(successors.shape)


def _merged(change: Float[Array, "S A K"], slots: Int[Array, "S A K"]) -> Float[Array, "S A K"]:
    """The sums over the branches that lead to the same state."""
    s, a = jnp.indices(slots.shape[:2])
    return jnp.zeros_like(change).at[s[..., None], a[..., None], slots].add(change)


@eqx.filter_jit
def _deviation(game, expert, policy):
    return over_policies(partial(deviation_of, game, expert), policy)
