"""Imitation from demonstrations, measured: one algorithm of the registry on samples of an expert, over seeds."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float
from tqdm import tqdm

from mfg_imitation.engine.flow import population_flow
from mfg_imitation.engine.gaps import gaps
from mfg_imitation.engine.proxies import Proxies, errors_of, proxies
from mfg_imitation.engine.value import reward_range
from mfg_imitation.games.game import Game
from mfg_imitation.games.off_kernel import OffKernel
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.demonstrations import Demonstrations, empirical_occupancy
from mfg_imitation.studies.experiment import Experiment

#: What tells one fit from another.
KEYS = ["experiment", "demonstrations", "seed", "algorithm"]


#: Policies [seeds, H, S, A] by what they were fitted to: an experiment and a number of demonstrations, see `key`.
Fits = Mapping[str, Float[Array, "seeds H S A"]]


def key(experiment: str, size: int) -> str:
    """Under which name the policies of an experiment and a number of demonstrations are kept."""
    return f"{experiment}/{size}"


def imitators(
    game: Game,
    expert: Float[Array, "H S A"],
    algorithm: str,
    experiments: Mapping[str, Mapping[str, Any]],
    samples: Mapping[str, Demonstrations],
    *,
    demonstrations: Sequence[int],
    iterations: int,
    seed: int,
    starts: Sequence[Fits] = (),
) -> tuple[pd.DataFrame, Fits]:
    """Fit one algorithm to samples of an expert, and measure what it fitted.

    The algorithm is offered the true population of the expert, as the paper grants it to vanilla-ADV.

    Args:
        algorithm: a name of `ALGORITHMS`.
        experiments: name -> fields of `Experiment`; the stationary ones are left out where the algorithm has no
            stationary class, and those of which there are no samples.
        samples: of every experiment, see `draw_samples`.
        demonstrations: the sample sizes M; a larger sample begins with the smaller one.
        iterations: steps of what takes steps, from each start.
        seed: the one that the first sample was drawn with.
        starts: what the algorithms that this one starts from have fitted to the same samples.

    Returns:
        One row per experiment, M and seed: `KEYS`; seconds (of the fit, compilation included, shared out among the
        seeds: the only column that is not the same in every run); objective, status, iterations and certificate (see
        `Imitation`); label_noise, where the algorithm estimates it; the fields of `Proxies` against the true expert,
        and empirical_<proxy> against the demonstrations; the fields of `Gaps`; unit, the range of the rewards times
        the horizon. And the policies.

    Raises:
        InputError: a setting out of its range.
    """
    entry = ALGORITHMS.named(algorithm)
    chosen = {name: Experiment(**spec) for name, spec in experiments.items()}
    chosen = {name: one for name, one in chosen.items() if name in samples and (entry.stationary or not one.stationary)}
    population = population_flow(game, expert)
    unit = float(reward_range(game)) * game.horizon
    off = any(one.kernel_error for one in chosen.values())
    frames, policies = [], {}
    bar = tqdm(total=len(chosen) * len(demonstrations), disable=None, unit="setting")
    for name, experiment in chosen.items():
        seeds = len(samples[name].states)
        for size in demonstrations:
            sample, place = samples[name].first(size), key(name, size)
            offered = {
                "population": population,
                "starts": jnp.stack([one[place] for one in starts if place in one]) if starts else None,
                "stationary": experiment.stationary,
                "iterations": iterations,
                "seed": seed,
            }
            # Where one kernel is off, the others are off by 0: one program serves all.
            told = OffKernel(game, jnp.asarray(experiment.kernel_error)) if off else game
            begin = perf_counter()
            fit = jax.block_until_ready(entry.run(sample, told, offered))
            seconds = (perf_counter() - begin) / seeds
            policies[place] = np.asarray(fit.policy)
            keys = dict(zip(KEYS, (name, size, seed + np.arange(seeds), algorithm), strict=True))
            measured = _measured(game, expert, population, empirical_occupancy(sample, game), jnp.asarray(fit.policy))
            frames.append(pd.DataFrame({**keys, "seconds": seconds, **_columns(fit), **measured, "unit": unit}))
            bar.update()
    return pd.concat(frames, ignore_index=True), policies


def _columns(fit) -> dict[str, np.ndarray]:
    """How the fit ended."""
    names = ("objective", "status", "iterations", "certificate")
    columns = {name: np.asarray(getattr(fit, name)) for name in names}
    return columns | {"label_noise": np.asarray(getattr(fit, "label_noise", np.nan))}


def _measured(game, expert, population, target, policies) -> dict[str, np.ndarray]:
    """Errors and gaps of the policies, one for each empirical occupancy in `target`."""
    empirical = _empirical_errors(game, target, population, policies)
    columns = proxies(game, expert, policies)._asdict()
    columns |= {f"empirical_{name}": errors for name, errors in zip(Proxies._fields, empirical, strict=True)}
    return {name: np.asarray(column) for name, column in (columns | gaps(game, expert, policies)._asdict()).items()}


@eqx.filter_jit
def _empirical_errors(game, target, population, policies):
    return jax.vmap(lambda occupancy, policy: errors_of(game, occupancy, population, policy))(target, policies)
