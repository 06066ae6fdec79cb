"""The steps of the proofs, the paper's (Appendix B) and ours, side by side with what they bound, for one policy.

Should a bound ever fail, the first of these inequalities that fails says where.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.engine.deviation import deviation_between
from mfg_imitation.engine.flow import agent_flow_of, flow_of
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.engine.value import best_response_of, half_span_of, reward_bound_of, value_of
from mfg_imitation.games.game import Game

#: What the names of the inequalities end in that are not in the paper.
OURS = " (ours)"


class Inequality(NamedTuple):
    """left <= right, one entry for each place where the step of the proof is used."""

    left: Float[Array, " places"]
    right: Float[Array, " places"]


def proof_steps(
    game: Game,
    expert: Float[Array, "H S A"],
    exploitability: Float[Array, ""],
    policy: Float[Array, "H S A"],
    errors: Proxies,
    gap: Float[Array, ""],
    transition_lipschitz: Float[Array, ""],
    reward_lipschitz: Float[Array, ""],
    growth: tuple[Float[Array, " H"], Float[Array, " H"]],
) -> dict[str, Inequality]:
    """Left and right sides of Lemmas 1 to 5 and of the steps that follow them; unchecked, for use inside traced code.

    With d_n, o_n and e_n as in `theory.bounds`, where pi' is in turn the imitator, the expert and the best response to
    the imitators' population, the only pi' that the proofs need. What is said of every n is looked at for n >= 1: at
    n = 0 all populations are mu_0, and both sides are equal.

    Args:
        exploitability: of the expert, subtracted from the left side where the proofs use that it is Nash.
        errors: the proxies of `policy`.
        gap: the Nash imitation gap of `policy`.
        growth: `amplification(H, L_P)`.

    Returns:
        name of the step -> its inequality; the names of steps that are not in the paper end in `OURS`.
    """
    horizon, n = game.horizon, jnp.arange(1, game.horizon)
    c, g = (factors[1:] for factors in growth)
    flow_expert, flow = flow_of(game, expert), flow_of(game, policy)
    among_experts = agent_flow_of(game, policy, flow_expert)
    response = best_response_of(game, flow)
    others = jnp.stack([policy, expert, response.policy])

    def apart(of):
        """What differs for one agent between the two populations, for each of the others."""
        return jax.vmap(lambda pi: of(game, pi, flow) - of(game, pi, flow_expert))(others)

    e = jax.vmap(_norm)(apart(agent_flow_of))
    d = _norm(flow - flow_expert)
    later_d, later_e = d[1:], e[:, 1:]

    occupancy_expert = flow_expert[..., None] * expert
    own_error = _norm(occupancy_expert - among_experts[..., None] * policy)
    o = _norm(occupancy_expert - flow[..., None] * policy)
    bc, vanilla_adv, mfc_adv = errors.bc, errors.vanilla_adv, errors.mfc_adv
    changed = deviation_between(game, flow_expert, flow)
    reward_bound, half_span = reward_bound_of(game, flow_expert), half_span_of(game, flow_expert)

    gap = gap[None] - exploitability
    crowd = reward_lipschitz * d.sum()
    shift = apart(value_of)
    lemma_1 = 2 * crowd + reward_bound * (own_error.sum() + e[2].sum() + e[0].sum())
    direct = 2 * crowd + half_span * (o.sum() + e[2].sum())
    two_errors = 2 * reward_lipschitz * (horizon - 1) * mfc_adv + half_span * horizon * (mfc_adv + changed)
    most_changed = transition_lipschitz * mfc_adv * (horizon - 1) * (horizon - 2) / (2 * horizon)

    def for_all(right):
        return Inequality(later_e.ravel(), jnp.tile(right, len(e)))

    return {
        "Lemma 1": Inequality(gap, lemma_1[None]),
        f"Decomposition{OURS}": Inequality(gap, direct[None]),
        f"Decomposition, never weaker{OURS}": Inequality(direct[None], lemma_1[None]),
        "Lemma 2": Inequality(jnp.abs(shift), crowd + reward_bound * e.sum(axis=-1)),
        "Lemma 3": Inequality(own_error[1:], (n + 1) * bc),
        "Lemma 4": Inequality(later_d, c * bc),
        "Lemma 5": Inequality(later_e.ravel(), (e[:, :-1] + transition_lipschitz * d[:-1]).ravel()),
        "Lemma 5 for BC": for_all((c - n) * bc),
        f"BC, occupancies{OURS}": Inequality(o[1:], later_d + bc),
        "vanilla-ADV, population": Inequality(later_d, g * vanilla_adv),
        "vanilla-ADV, one agent": for_all((g - 1) * vanilla_adv),
        f"vanilla-ADV, occupancies{OURS}": Inequality(o[1:], vanilla_adv + later_e[0]),
        "MFC-ADV, population": Inequality(later_d, jnp.full_like(later_d, mfc_adv)),
        "MFC-ADV, one agent": for_all(transition_lipschitz * (n - 1) * mfc_adv),
        "MFC-ADV, among experts": Inequality(own_error[1:], mfc_adv + later_e[0]),
        f"Deviation, one agent{OURS}": Inequality(e.sum(axis=-1), jnp.full(len(e), horizon * changed)),
        f"Deviation, by the MFC-ADV error{OURS}": Inequality(changed[None], most_changed[None]),
        f"Deviation, both errors{OURS}": Inequality(gap, two_errors[None]),
    }


def _norm(difference: Float[Array, " H *rest"]) -> Float[Array, " H"]:
    return jnp.abs(difference).reshape(len(difference), -1).sum(axis=-1)
