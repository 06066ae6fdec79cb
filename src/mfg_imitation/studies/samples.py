"""Samples of an expert: the demonstrations of every experiment, drawn once for all algorithms."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.engine.policies import mixture
from mfg_imitation.games.game import Game
from mfg_imitation.games.soundness import probe_populations
from mfg_imitation.imitation.demonstrations import Demonstrations, sample_demonstrations
from mfg_imitation.studies.experiment import Experiment

#: Populations at which a kernel is compared with itself, to see whether it looks at them.
PROBES = 64


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

    Experiments with populations of players are left out where the kernel does not look at the population: they would
    be those without.

    Args:
        experiments: name -> fields of `Experiment`.
        demonstrations: M, the largest number of trajectories that is wanted.
        seeds: number of samples, drawn with seed, seed + 1, ...
    """
    chosen = {name: Experiment(**spec) for name, spec in experiments.items()}
    if any(one.n_players for one in chosen.values()) and not kernel_looks_at_the_population(game):
        chosen = {name: one for name, one in chosen.items() if not one.n_players}
    samples = {}
    for name, one in chosen.items():
        played = mixture(expert, game.uniform_policy(), jnp.array([one.slips]))
        settings = _settings(one)
        drawn = [sample_demonstrations(game, played, demonstrations, seed + i, **settings) for i in range(seeds)]
        states, actions = (np.stack([getattr(sample, kind) for sample in drawn]) for kind in ("states", "actions"))
        if one.noisy_states:
            actions = _relabelled(states, actions, one.noisy_states, len(game.actions), seed)
        samples[name] = Demonstrations(states, actions, **settings)
    return samples


def kernel_looks_at_the_population(game: Game) -> bool:
    """Whether the kernel differs at any two of the probed populations, at any step."""
    return bool(_looks(game, probe_populations(game)[1][:PROBES]))


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
            *(arrays[f"{name}/{kind}"].astype(np.int32) for kind in ("states", "actions")),
            **_settings(Experiment(**spec)),
        )
        for name, spec in experiments.items()
        if f"{name}/states" in arrays
    }


def _settings(experiment: Experiment) -> dict[str, Any]:
    return {"label_noise": experiment.label_noise, "n_players": experiment.n_players}


def _relabelled(states, actions, rate, n_actions, seed):
    """In states of odd number, a label is so often a random one; a larger sample begins with the smaller one."""
    other = np.array(actions)
    for i, (visited, labels) in enumerate(zip(states, other, strict=True)):
        drawn = np.random.default_rng([seed + i, 1]).random((len(labels), 2, labels.shape[1]))
        random = (drawn[:, 1] * n_actions).astype(labels.dtype)
        labels[:] = np.where((visited % 2 == 1) & (drawn[:, 0] < rate), random, labels)
    return other


@eqx.filter_jit
def _looks(game, populations) -> Bool[Array, ""]:
    def at(n):
        first = game.probabilities(n, populations[0])
        return jax.lax.map(lambda mu: jnp.abs(game.probabilities(n, mu) - first).max(), populations[1:])

    return jax.lax.map(at, jnp.arange(game.horizon)).max() > 0
