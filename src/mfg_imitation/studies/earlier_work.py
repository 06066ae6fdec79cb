"""What the paper says of earlier methods, made measurable: each in the limit of all demonstrations, and with few."""

from collections.abc import Iterator, Sequence

import jax.numpy as jnp
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.control import social_optimum
from mfg_imitation.engine.flow import occupancy, population_flow
from mfg_imitation.engine.proxies import proxies
from mfg_imitation.engine.value import policy_value, reward_range
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import empirical_occupancy, sample_demonstrations
from mfg_imitation.imitation.recovered_reward import recover_reward
from mfg_imitation.rewards.consistent import consistent_rewards
from mfg_imitation.rewards.method import METHODS
from mfg_imitation.studies.losses import losses

#: The methods that take the experts' population for the imitators'.
IN_THE_EXPERTS_POPULATION = ("entropy", "margin")


def all_demonstrations(game: Game, experts: Float[Array, "H S A"], seed: int) -> pd.DataFrame:
    """Every method where the experts' occupancy is known, and what it leaves open.

    Args:
        seed: of the random starts of the search for a social optimum.

    Returns:
        One row per method and class of rewards: r(s, a), the file's `features` where there are any, and of "entropy"
        also r_n(s, a). Columns method, features; nash_imitation_gap, value_gap and loss (the larger one) of the policy
        that the method plays; vanilla_adv (its error); certificate and status of the recovery; weights, dimension and
        indifferent, see `ConsistentRewards`; social_gain (what the best policy found for the whole population earns
        more than the experts); unit (the range of the reward times the horizon).
    """
    rho, flow = occupancy(game, experts), population_flow(game, experts)
    earned, unit = float(policy_value(game, experts, flow)), float(reward_range(game)) * game.horizon
    gain = max(social_optimum(game, experts[None], seed=seed).value - earned, 0.0)
    classes = {"table": list(METHODS), "steps": ["entropy"]}
    if getattr(game, "feature_cells", ()):
        classes["declared"] = list(METHODS)
    rows = []
    for features, methods in classes.items():
        open_ = consistent_rewards(game, experts, features)._asdict()
        for method in methods:
            found = recover_reward(rho, game, features, method, population=flow)
            error = float(proxies(game, experts, found.policy).vanilla_adv)
            named = {
                "method": method,
                "features": features,
                **losses(game, experts, found.policy),
                "vanilla_adv": error,
            }
            ended = {"certificate": float(found.certificate), "status": found.status}
            rows.append({**named, **ended, **open_, "social_gain": gain, "unit": unit})
    return pd.DataFrame(rows)


def estimated_population(
    game: Game, experts: Float[Array, "H S A"], demonstrations: Sequence[int], seeds: int, seed: int
) -> pd.DataFrame:
    """The population that methods take for the experts', estimated from the demonstrations or known.

    Args:
        demonstrations: numbers of trajectories; fewer are the first ones of more.
        seeds: number of samples, drawn with seed, seed + 1, ...

    Returns:
        One row per seed, number of demonstrations and method of `IN_THE_EXPERTS_POPULATION`: these; population_error
        (largest 1-norm over the steps between mu-hat and the experts' flow); loss_estimated and loss_known (the larger
        one of the gaps, with mu-hat and with the flow); unit.
    """
    return pd.DataFrame(_with_both(game, experts, demonstrations, range(seed, seed + seeds)))


def _with_both(game, experts, demonstrations, seeds) -> Iterator[dict]:
    flow = population_flow(game, experts)
    unit = float(reward_range(game)) * game.horizon
    for number in seeds:
        sample = sample_demonstrations(game, experts, max(demonstrations), number)
        for count in demonstrations:
            rho = empirical_occupancy(sample.first(count), game)
            error = float(jnp.abs(rho.sum(axis=-1) - flow).sum(axis=-1).max())
            for method in IN_THE_EXPERTS_POPULATION:
                row = {"seed": number, "demonstrations": count, "method": method, "population_error": error}
                for name, population in (("estimated", None), ("known", flow)):
                    found = recover_reward(rho, game, None, method, population=population)
                    row[f"loss_{name}"] = losses(game, experts, found.policy)["loss"]
                yield {**row, "unit": unit}
