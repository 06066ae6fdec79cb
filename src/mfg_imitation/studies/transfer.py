"""What a recovered reward is worth: its equilibrium, played where it was learned and where the kernel has changed."""

import jax.numpy as jnp
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.control import social_optimum
from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.quantal_response import quantal_response
from mfg_imitation.equilibria.solve import expert, solve_equilibrium
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.demonstrations import sample_demonstrations
from mfg_imitation.imitation.recovered_reward import recover_reward
from mfg_imitation.rewards.linear import LinearRewardGame, reward_class
from mfg_imitation.rewards.method import METHODS
from mfg_imitation.studies.losses import losses
from mfg_imitation.studies.medians import median_interval
from mfg_imitation.studies.ranking import LEVEL, chance, untied

#: The imitators beside them, each behind those that it starts from. What they learned no change of the kernel moves.
IMITATORS = ("bc", "likelihood", "vanilla_adv", "mfc_adv")

#: What an imitator plays.
AS_LEARNED = "as learned"

#: What is played for a recovered reward. Its unit is the method's own: that of "entropy" makes the temperature 1.
PLAYS = {
    "nash": lambda game: solve_equilibrium(game, progress=False).policy,
    "soft": lambda game: quantal_response(game, 1.0).policy,
    "social": lambda game: social_optimum(game, n_random_starts=0, iterations=500).policy,
}


def transfer(
    game: Game,
    changed: Game,
    experts: Float[Array, "H S A"],
    *,
    features: str | None,
    demonstrations: int,
    label_noise: float,
    iterations: int,
    seeds: int,
    seed: int,
) -> pd.DataFrame:
    """Rewards recovered from the same samples as imitators are fitted to; all are measured under the true reward.

    Args:
        changed: the game with another kernel: same states, actions and steps.
        experts: the policy of the game in which demonstrations are made.
        features: what rewards are made of, see `recover_reward`.
        demonstrations: M, trajectories of the experts.
        label_noise: share of the recorded actions that are random ones.
        iterations: of MFC-ADV, from each start.
        seeds: number of samples, drawn with seed, seed + 1, ...

    Returns:
        One row per seed, method, plays (of imitators `AS_LEARNED`) and kernel (same, changed): these;
        nash_imitation_gap; value_gap (what the experts' population earns more, in the changed kernel at an equilibrium
        that is solved for); loss, the larger of both; status of the recovery or fit; unit, the range of the reward
        times the horizon.
    """
    flow, rewards, rows = population_flow(game, experts), reward_class(features, game), []
    kernels = {"same": (game, experts), "changed": (changed, expert(changed, {}).policy)}

    def measure(kernel, policy, status, **place) -> None:
        rows.append({**place, "kernel": kernel, **losses(*kernels[kernel], policy), "status": status})

    for number in range(seed, seed + seeds):
        sample = sample_demonstrations(game, experts, demonstrations, number, label_noise)
        for name, fit in _imitators(game, sample, flow, iterations, number).items():
            for kernel in kernels:
                measure(kernel, fit.policy, fit.status, seed=number, method=name, plays=AS_LEARNED)
        for method in METHODS:
            found = recover_reward(sample, game, features, method, population=flow)
            for kernel, (played_in, _) in kernels.items():
                recovered = LinearRewardGame(played_in, rewards, found.weights)
                for plays, play in PLAYS.items():
                    measure(kernel, play(recovered), found.status, seed=number, method=method, plays=plays)
    return pd.DataFrame(rows).assign(unit=float(reward_range(game)) * game.horizon)


def transfer_summary(table: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Medians over the seeds of what everyone loses, with intervals, and paired differences from the best imitator.

    Args:
        table: of `transfer`, behind a column case.

    Returns:
        One row per case, kernel, method and plays: recovered (whether a reward is behind it); seeds;
        nash_imitation_gap, value_gap and loss (medians); low and high (95% bootstrap interval of the loss); beside (the
        imitator with the least median loss in this case and kernel) and beside_loss; behind (median of the paired
        differences of the loss from it, ties of `ranking.TIE` counting as 0), behind_low and behind_high (its 95%
        bootstrap interval), behind_p (of Wilcoxon's signed-rank test) and compared (better or worse where the test
        tells them apart at `ranking.LEVEL`, else "not told apart").
    """
    rows, keys = [], ["method", "plays"]
    for (case, kernel), cell in table.groupby(["case", "kernel"], sort=False):
        lost = cell.pivot_table(index="seed", columns=keys, values="loss", sort=False)
        medians = lost.median()
        best = medians[medians.index.get_level_values("plays") == AS_LEARNED].idxmin()
        for place, group in cell.groupby(keys, sort=False):
            low, high = median_interval(group["loss"], resamples, seed)
            differences = untied(lost[place] - lost[best], cell["unit"].iloc[0])
            behind, told = differences.median(), chance(differences)
            behind_low, behind_high = median_interval(differences, resamples, seed)
            apart = told < LEVEL and behind != 0
            rows.append(
                {
                    "case": case,
                    "kernel": kernel,
                    **dict(zip(keys, place, strict=True)),
                    "recovered": place[1] != AS_LEARNED,
                    "seeds": len(group),
                    **group[["nash_imitation_gap", "value_gap", "loss"]].median(),
                    "low": low,
                    "high": high,
                    "beside": best[0],
                    "beside_loss": medians[best],
                    "behind": behind,
                    "behind_low": behind_low,
                    "behind_high": behind_high,
                    "behind_p": told,
                    "compared": ("worse" if behind > 0 else "better") if apart else "not told apart",
                }
            )
    return pd.DataFrame(rows)


def _imitators(game, sample, flow, iterations, seed):
    fits = {}
    for name in IMITATORS:
        entry = ALGORITHMS[name]
        starts = [fits[before].policy for before in entry.starts_from]
        offered = {"population": flow, "iterations": iterations, "seed": seed}
        fits[name] = entry.run(sample, game, offered | ({"starts": jnp.stack(starts)} if starts else {}))
    return fits
