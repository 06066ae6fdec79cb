"""What there is to say of one game: its equilibrium, its flow, its values and its constants."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float, Int

from mfg_imitation.engine.control import social_optimum
from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.value import policy_value, reward_range
from mfg_imitation.equilibria.expert import Equilibrium
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate
from mfg_imitation.names import ROUNDING

#: At which share of the reward's range times the horizon the search for the social optimum is done.
STATIONARY = 1e-8


def flow_table(game: Game, equilibrium: Equilibrium) -> pd.DataFrame:
    """The population under the expert's policy: one row per step and state.

    Returns:
        Columns step, state, population (share), reward (what the expert earns there at that step); for a game with
        geometry also row and column, and floor where there are several.
    """
    flow = population_flow(game, equilibrium.policy)
    earned = _earned(game, equilibrium.policy, flow)
    steps, states = (index.ravel() for index in np.indices(flow.shape))
    columns = {"step": steps, "state": np.asarray(game.states)[states], **places(game, states)}
    return pd.DataFrame({**columns, "population": np.asarray(flow).ravel(), "reward": np.asarray(earned).ravel()})


@eqx.filter_jit
def _earned(game, policy, flow) -> Float[Array, "H S"]:
    rewards = jax.vmap(game.reward)(jnp.arange(game.horizon), flow)
    return jnp.sum(policy * rewards, axis=-1)


def places(game: Game, states: Int[np.ndarray, " rows"]) -> dict[str, Int[np.ndarray, " rows"]]:
    """Columns that say where states lie: row and column, and floor where there are several; none without geometry."""
    coordinates = game.coordinates()
    if coordinates is None:
        return {}
    names = ("floor", "row", "column")[-coordinates.shape[1] :]
    return {name: coordinates[states, axis] for axis, name in enumerate(names)}


def game_summary(
    file: GameFile, game: Game, equilibrium: Equilibrium, *, seed: int, starts: int, iterations: int
) -> pd.DataFrame:
    """One row of figures about a game.

    Args:
        file: of the game, for the constants that it declares.
        equilibrium: its expert.
        starts, iterations: random starts and steps of the search for the social optimum.

    Returns:
        Columns game; states, actions, horizon (counts); exploitability, relative_exploitability (over reward range
        times horizon), reward_range (see `reward_range`), iterations, status: of the equilibrium;
        equilibrium_value, social_value, price_of_anarchy (social less equilibrium value), social_stationarity,
        social_status: of the social optimum found, never below the equilibrium; social_value_precision,
        price_of_anarchy_precision: what a first-order change of that policy still promises, by which a search that
        ends earlier or later may differ; transition_lipschitz_estimate, reward_lipschitz_estimate: lower estimates;
        transition_lipschitz_declared, reward_lipschitz_declared: missing
        where the file declares none.

    Raises:
        InputError: a slope met above a declared constant; names where.
    """
    flow = population_flow(game, equilibrium.policy)
    unit = float(reward_range(game))
    value = float(policy_value(game, equilibrium.policy, flow))
    best = social_optimum(
        game,
        equilibrium.policy[None],
        n_random_starts=starts,
        seed=seed,
        iterations=iterations,
        tolerance=STATIONARY * unit * game.horizon,
    )
    social_flow = population_flow(game, best.policy)
    slopes = lipschitz_estimate(game, jnp.concatenate([flow, social_flow]), seed=seed)
    declared = file.lipschitz()
    for name, constant, slope, step, population in (
        ("transition", declared[0], slopes.transition, slopes.transition_step, slopes.transition_population),
        ("reward", declared[1], slopes.reward, slopes.reward_step, slopes.reward_population),
    ):
        if constant is not None and slope > constant * (1 + ROUNDING) + ROUNDING:
            most = np.argsort(population)[::-1][:3]
            place = ", ".join(f"mu[{game.states[s]}] = {population[s]:.3g}" for s in most)
            raise InputError(
                f"{file.path}: lipschitz.{name} is {constant:.6g}, but at n = {step}, {place} the slope is {slope:.6g}"
            )
    return pd.DataFrame(
        {
            "game": [file.name],
            "states": len(game.states),
            "actions": len(game.actions),
            "horizon": game.horizon,
            "exploitability": equilibrium.exploitability,
            "relative_exploitability": equilibrium.exploitability / (unit * game.horizon),
            "reward_range": unit,
            "iterations": equilibrium.iterations,
            "status": equilibrium.status,
            "equilibrium_value": value,
            "social_value": max(best.value, value),
            "price_of_anarchy": max(best.value - value, 0.0),
            "social_stationarity": best.stationarity,
            "social_status": best.status,
            "social_value_precision": best.stationarity,
            "price_of_anarchy_precision": best.stationarity,
            "transition_lipschitz_estimate": slopes.transition,
            "reward_lipschitz_estimate": slopes.reward,
            "transition_lipschitz_declared": np.nan if declared[0] is None else declared[0],
            "reward_lipschitz_declared": np.nan if declared[1] is None else declared[1],
        }
    )
