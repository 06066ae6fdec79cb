"""The errors that an imitator can control without knowing the reward: one module each, entered by its decorator."""

from collections import namedtuple

import equinox as eqx
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.checks import check_probabilities, checked
from mfg_imitation.engine.flow import agent_flow_of, flow_of, over_policies
from mfg_imitation.engine.proxies.proxy import PROXIES, Comparison
from mfg_imitation.games.game import Game

#: The imitation errors of a policy by the names of `PROXIES`, all of the batch shape of the policies: bc, vanilla_adv
#: and mfc_adv (1-norms; paper, Eqs. 13, 17 and 20), deviation (ours, at least mfc_adv), all in [0, 2], and what else
#: the modules of this package enter.
Proxies = namedtuple("Proxies", PROXIES)


@checked(noise="taken")
def proxies(game: Game, expert: Float[Array, "H S A"], policy: Float[Array, "*batch H S A"]) -> Proxies:
    """The errors of `policy` with respect to `expert`, see `Proxies`.

    When the kernel does not depend on the population vanilla_adv and mfc_adv are equal.

    Raises:
        InputError: an argument has the wrong shape or is not a policy.
    """
    expert = check_probabilities("expert", expert, game.policy_shape)
    return _proxies(game, expert, check_probabilities("policy", policy, game.policy_shape, batch=True))


def proxies_of(
    game: Game, expert: Float[Array, "H S A"], expert_flow: Float[Array, "H S"], policy: Float[Array, "H S A"]
) -> Proxies:
    """`proxies` of one policy, unchecked, for use inside traced code; `expert_flow` is the expert's own population."""
    return _errors(game, expert_flow[..., None] * expert, expert_flow, expert_flow, policy)


def errors_of(
    game: Game, occupancy: Float[Array, "H S A"], population: Float[Array, "H S"], policy: Float[Array, "H S A"]
) -> Proxies:
    """The errors of one policy against what demonstrations show, unchecked, for use inside traced code.

    Args:
        occupancy: rho-hat, the joint occupancy of the demonstrations.
        population: the experts' flow, in which one imitator among experts is followed.
    """
    return _errors(game, occupancy, occupancy.sum(axis=-1), population, policy)


def _errors(game, occupancy, flow, population, policy) -> Proxies:
    comparison = Comparison(
        game=game,
        expert=occupancy,
        expert_flow=flow,
        policy=policy,
        among_experts=agent_flow_of(game, policy, population)[..., None] * policy,
        own=flow_of(game, policy)[..., None] * policy,
    )
    return Proxies(*(entry.error(comparison) for entry in PROXIES.values()))


def proxies_table() -> pd.DataFrame:
    """One row per proxy: name, label, summary, formula (TeX) and where (its source)."""
    rows = [(name, entry.label, entry.summary, entry.formula, entry.where) for name, entry in PROXIES.items()]
    return pd.DataFrame(rows, columns=["name", "label", "summary", "formula", "where"])


@eqx.filter_jit
def _proxies(game, expert, policy):
    expert_flow = flow_of(game, expert)
    return over_policies(lambda pi: proxies_of(game, expert, expert_flow, pi), policy)
