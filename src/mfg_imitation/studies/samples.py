"""Samples of an expert: the demonstrations of every experiment, drawn once for all algorithms."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.games.game import Game
from mfg_imitation.imitation.demonstrations import Demonstrations, sample_demonstrations
from mfg_imitation.studies.experiment import Experiment


def draw_samples(
    game: Game,
    expert: Float[Array, "H S A"],
    experiments: Mapping[str, Mapping[str, Any]],
    *,
    demonstrations: int,
    seeds: int,
    seed: int,
) -> dict[str, Demonstrations]:
    """The samples of every experiment, as one batch over the seeds: trajectories [seeds, M, H].

    Args:
        experiments: name -> fields of `Experiment`.
        demonstrations: M, the largest number of trajectories that is wanted.
        seeds: number of samples, drawn with seed, seed + 1, ...
    """
    samples = {}
    for name, spec in experiments.items():
        settings = _settings(spec)
        drawn = [sample_demonstrations(game, expert, demonstrations, seed + i, **settings) for i in range(seeds)]
        states, actions = (np.stack([getattr(one, kind) for one in drawn]) for kind in ("states", "actions"))
        samples[name] = Demonstrations(states, actions, **settings)
    return samples


def to_arrays(samples: Mapping[str, Demonstrations]) -> dict[str, Int[np.ndarray, "seeds M H"]]:
    """Samples as arrays for a file, in the smallest type that holds them."""
    arrays = {}
    for name, sample in samples.items():
        for kind in ("states", "actions"):
            array = np.asarray(getattr(sample, kind))
            arrays[f"{name}/{kind}"] = array.astype(np.min_scalar_type(array.max()))
    return arrays


def from_arrays(
    arrays: Mapping[str, Int[np.ndarray, "seeds M H"]], experiments: Mapping[str, Mapping[str, Any]]
) -> dict[str, Demonstrations]:
    """What `to_arrays` was given."""
    return {
        name: Demonstrations(
            *(arrays[f"{name}/{kind}"].astype(np.int32) for kind in ("states", "actions")), **_settings(spec)
        )
        for name, spec in experiments.items()
    }


def _settings(spec: Mapping[str, Any]) -> dict[str, Any]:
    experiment = Experiment(**spec)
    return {"label_noise": experiment.label_noise, "n_players": experiment.n_players}
