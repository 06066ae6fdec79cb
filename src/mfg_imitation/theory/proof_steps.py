"""The steps of the paper's proofs (Appendix B), side by side with what they bound, for one policy of one game.

Should a bound ever fail, the first of these inequalities that fails says where.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import agent_flow_of, flow_of
from mfg_imitation.engine.gaps import nash_imitation_gap_of
from mfg_imitation.engine.proxies import proxies_of
from mfg_imitation.engine.value import best_response_of, reward_bound_of, value_of
from mfg_imitation.games.game import Game


class Inequality(NamedTuple):
    """left <= right, one entry for each place where the step of the proof is used."""

    left: Float[Array, " places"]
    right: Float[Array, " places"]


def proof_steps(
    game: Game,
    expert: Float[Array, "H S A"],
    exploitability: Float[Array, ""],
    policy: Float[Array, "H S A"],
    transition_lipschitz: Float[Array, ""],
    reward_lipschitz: Float[Array, ""],
    growth: tuple[Float[Array, " H"], Float[Array, " H"]],
) -> dict[str, Inequality]:
    """Left and right sides of Lemmas 1 to 5 and of the steps that follow them; unchecked, for use inside traced code.

    With d_n = |mu^pi_n - mu^E_n| and e_n = |mu^{pi',pi}_n - mu^{pi',E}_n|, where pi' is in turn the imitator, the
    expert and the best response to the imitators' population, the only pi' that the proofs need.

    Args:
        exploitability: of the expert, added where the proofs use that it is Nash.
        growth: `amplification(H, L_P)`.

    Returns:
        name of the step -> its inequality.
    """
    c, g = growth
    n = jnp.arange(game.horizon)
    flow_expert, flow = flow_of(game, expert), flow_of(game, policy)
    among_experts = agent_flow_of(game, policy, flow_expert)
    response = best_response_of(game, flow)
    others = jnp.stack([policy, expert, response.policy])
    e = jnp.stack([_norm(agent_flow_of(game, pi, flow) - agent_flow_of(game, pi, flow_expert)) for pi in others])
    d = _norm(flow - flow_expert)

    occupancy_expert = flow_expert[..., None] * expert
    own_error = _norm(occupancy_expert - among_experts[..., None] * policy)
    errors = proxies_of(game, expert, flow_expert, policy)
    bc, vanilla_adv, mfc_adv = errors.bc, errors.vanilla_adv, errors.mfc_adv
    reward_bound = reward_bound_of(game, flow_expert)

    crowd = reward_lipschitz * d.sum()
    shift = jnp.stack([value_of(game, pi, flow) - value_of(game, pi, flow_expert) for pi in others])
    lemma_1 = 2 * crowd + reward_bound * (own_error.sum() + e[2].sum() + e[0].sum()) + exploitability
    started = n >= 1
    return {
        "Lemma 1": Inequality(nash_imitation_gap_of(game, policy)[None], lemma_1[None]),
        "Lemma 2": Inequality(jnp.abs(shift), crowd + reward_bound * e.sum(axis=-1)),
        "Lemma 3": Inequality(own_error, (n + 1) * bc),
        "Lemma 4": Inequality(d, c * bc),
        "Lemma 5": Inequality(e[:, 1:].ravel(), (e[:, :-1] + transition_lipschitz * d[:-1]).ravel()),
        "Lemma 5 for BC": Inequality(e.ravel(), jnp.tile((c - n) * bc, len(e))),
        "vanilla-ADV, population": Inequality(d, g * vanilla_adv),
        "vanilla-ADV, one agent": Inequality(e.ravel(), jnp.tile(jnp.where(started, g - 1, 0) * vanilla_adv, len(e))),
        "MFC-ADV, population": Inequality(d, started * mfc_adv),
        "MFC-ADV, one agent": Inequality(
            e.ravel(), jnp.tile(transition_lipschitz * jnp.maximum(n - 1, 0) * mfc_adv, len(e))
        ),
        "MFC-ADV, among experts": Inequality(own_error, mfc_adv + e[0]),
    }


def _norm(difference: Float[Array, " H *rest"]) -> Float[Array, " H"]:
    return jnp.abs(difference).reshape(len(difference), -1).sum(axis=-1)
