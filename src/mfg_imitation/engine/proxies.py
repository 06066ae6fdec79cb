"""The three errors that an imitator can control without knowing the reward (paper, Sections 4.1 to 4.3)."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities
from mfg_imitation.engine.flow import agent_flow_of, flow_of, over_policies
from mfg_imitation.games.game import Game


class Proxies(NamedTuple):
    """The imitation errors of a policy, all 1-norms in [0, 2] and of the batch shape of the policies.

    Attributes:
        bc: max over n of sum over s of mu^E_n(s) |pi^E_n(.|s) - pi_n(.|s)| (paper, Eq. 13).
        vanilla_adv: max over n of |rho^{E,E}_n - rho^{pi,E}_n|, the imitator among experts (paper, Eq. 17).
        mfc_adv: max over n of |rho^{E,E}_n - rho^{pi,pi}_n|, the imitator in its own population (paper, Eq. 20).
    """

    bc: Float[Array, "*batch"]
    vanilla_adv: Float[Array, "*batch"]
    mfc_adv: Float[Array, "*batch"]


def proxies(game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "*batch H S A"]) -> Proxies:
    """The three proxies of `policy` with respect to `expert`, see `Proxies`.

    When the kernel does not depend on the population the last two are equal.

    Raises:
        InputError: an argument has the wrong shape or is not a policy.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    return _proxies(game, expert, check_probabilities("policy", policy, game.policy_shape, batch=True))


def proxies_of(
    game: Game, expert: Float[Array, "H S A"], expert_flow: Float[Array, "H S"], policy: Float[Array, "H S A"]
) -> Proxies:
    """`proxies` of one policy, unchecked, for use inside traced code; `expert_flow` is the expert's own population."""
    expert_occupancy = expert_flow[..., None] * expert
    among_experts = agent_flow_of(game, policy, expert_flow)[..., None] * policy
    among_imitators = flow_of(game, policy)[..., None] * policy
    return Proxies(
        jnp.max(jnp.sum(expert_flow * distance(expert, policy, axis=-1), axis=-1)),
        jnp.max(distance(expert_occupancy, among_experts, axis=(-2, -1))),
        jnp.max(distance(expert_occupancy, among_imitators, axis=(-2, -1))),
    )


@eqx.filter_jit
def _proxies(game, expert, policy):
    expert_flow = flow_of(game, expert)
    return over_policies(lambda pi: proxies_of(game, expert, expert_flow, pi), policy)


def distance(p: Float[Array, "..."], q: Float[Array, "..."], axis: int | tuple[int, ...]) -> Float[Array, "..."]:
    """|p - q|, the 1-norm between distributions over `axis`.

    What p has more than q somewhere it has less elsewhere, so twice either part is the norm. The larger of the two is
    exact even where 1 - (1 - alpha) has rounded to 0.
    """
    more, less = jnp.maximum(p - q, 0).sum(axis=axis), jnp.maximum(q - p, 0).sum(axis=axis)
    return 2 * jnp.maximum(more, less)
