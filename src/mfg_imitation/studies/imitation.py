"""Imitation from demonstrations, measured: every estimator, on the same samples, over seeds."""

from collections.abc import Mapping, Sequence
from time import perf_counter

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float
from scipy.stats import bootstrap
from tqdm import tqdm

from mfg_imitation.engine.flow import occupancy, population_flow
from mfg_imitation.engine.gaps import gaps
from mfg_imitation.engine.proxies import Proxies, distance, proxies
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import empirical_occupancy, sample_demonstrations
from mfg_imitation.imitation.mfc_adv import mfc_adv
from mfg_imitation.imitation.vanilla_adv import vanilla_adv

#: The errors of an imitator as far as the demonstrations show them.
EMPIRICAL = tuple(f"empirical_{proxy}" for proxy in Proxies._fields)


def imitators(
    game: Game,
    expert: Float[Array, "H S A"],
    experiments: Mapping[str, Mapping],
    *,
    demonstrations: Sequence[int],
    seeds: int,
    iterations: int,
    seed: int,
) -> pd.DataFrame:
    """Fit every estimator, with the objective that sums over steps, and measure what it fitted.

    Args:
        experiments: name -> label_noise and n_players, see `sample_demonstrations`, and stationary, the policy class;
            each with its default where it is left out.
        demonstrations: the sample sizes M; a larger sample begins with the smaller one.
        seeds: number of samples, drawn with seed, seed + 1, ...
        iterations: gradient steps of MFC-ADV from each start.

    Returns:
        One row per experiment, M, seed and algorithm, with those and: seconds (of the fit, compilation included, shared
        out among the seeds: the only column that is not the same in every run), objective (what the algorithm
        minimised), the fields of `Proxies` against the true expert, `EMPIRICAL` against the demonstrations (1-norms),
        and the fields of `value.Gaps`.

    Raises:
        InputError: a setting out of its range.
    """
    frames = []
    bar = tqdm(total=len(experiments) * len(demonstrations), disable=None, unit="setting")
    for name, spec in experiments.items():
        sampling = {key: spec[key] for key in ("label_noise", "n_players") if key in spec}
        samples = [sample_demonstrations(game, expert, max(demonstrations), seed + i, **sampling) for i in range(seeds)]
        samples = [one._replace(states=np.asarray(one.states), actions=np.asarray(one.actions)) for one in samples]
        for size in demonstrations:
            target = jnp.stack([empirical_occupancy(one.first(size), game) for one in samples])
            fits = fit(game, expert, target, stationary=spec.get("stationary", False), iterations=iterations)
            for algorithm, (policies, objective, seconds) in fits.items():
                columns = {
                    "experiment": name,
                    "demonstrations": size,
                    "seed": seed + np.arange(seeds),
                    "algorithm": algorithm,
                    "seconds": seconds / seeds,
                    "objective": objective,
                    **proxies(game, expert, policies)._asdict(),
                    **dict(zip(EMPIRICAL, _empirical(game, expert, target, policies), strict=True)),
                    **gaps(game, expert, policies)._asdict(),
                }
                frames.append(pd.DataFrame(columns))
            bar.update()
    return pd.concat(frames, ignore_index=True)


def fit(
    game: Game, expert: Float[Array, "H S A"], target: Float[Array, "seeds H S A"], *, stationary: bool, iterations: int
) -> dict[str, tuple[Float[Array, "seeds H S A"], Float[np.ndarray, " seeds"], float]]:
    """The policies of every algorithm, one for each empirical occupancy in `target`, its objectives, and the seconds.

    Vanilla-ADV is driven by the true population of the expert, as in the paper, which grants it that much. Its linear
    program is also solved by the simplex: where it has several optima, the two show how far apart their gaps can be.
    """
    population = population_flow(game, expert)
    begin = perf_counter()
    cloned = cloned_policy(target, stationary=stationary)
    errors = distance(target, target.sum(axis=-1, keepdims=True) * cloned, (-2, -1))
    found = {"bc": (cloned, np.asarray(errors.sum(-1)), perf_counter() - begin)}
    # The stationary class is not convex: no linear program.
    methods = {"vanilla_adv": "first_order"} if stationary else {"vanilla_adv": "lp", "vanilla_adv_simplex": "simplex"}
    for name, method in methods.items():
        begin = perf_counter()
        steps = iterations if stationary else None
        fits = vanilla_adv(target, game, population=population, method=method, stationary=stationary, iterations=steps)
        found[name] = jnp.asarray(fits.policy), np.asarray(fits.objective), perf_counter() - begin
    begin = perf_counter()
    starts = found["vanilla_adv"][0][None]
    through = mfc_adv(target, game, starts=starts, iterations=iterations, stationary=stationary)
    return {**found, "mfc_adv": (through.policy, np.asarray(through.objective), perf_counter() - begin)}


def _empirical(game, expert, target, policies) -> Proxies:
    """The proxies with the demonstrations' occupancies `target` in place of the expert's."""
    pairs = (-2, -1)
    own = target.sum(axis=-1, keepdims=True) * policies
    among_experts = occupancy(game, policies, population_flow(game, expert))
    return Proxies(*(distance(target, rho, pairs).max(-1) for rho in (own, among_experts, occupancy(game, policies))))


def summary(table: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Medians over the seeds with 95% bootstrap intervals (percentiles of resampled medians).

    Returns:
        One row per game, experiment, demonstrations and algorithm; every other column of `imitators` but the seed as
        its median, and nash_imitation_gap_low and nash_imitation_gap_high.
    """
    keys = ["game", "experiment", "demonstrations", "algorithm"]
    rows = []
    for place, group in table.groupby(keys, sort=False):
        medians = group.drop(columns=[*keys, "seed"]).median()
        sample = group["nash_imitation_gap"].to_numpy()
        low = high = sample[0]
        if np.ptp(sample) > 0:  # where all agree there is nothing to resample
            found = bootstrap((sample,), np.median, n_resamples=resamples, method="percentile", rng=seed)
            low, high = found.confidence_interval
        ends = {"nash_imitation_gap_low": low, "nash_imitation_gap_high": high}
        rows.append({**dict(zip(keys, place, strict=True)), "seeds": len(group), **medians, **ends})
    return pd.DataFrame(rows)
