"""What common noise changes: imitators that know the history of the noise, its state now, or nothing of it (ours).

Policies are exact on the tree of histories, and so are their gaps. With infinitely many demonstrations behavioral
cloning of a class is known in closed form, too: what then remains is a gap that no amount of data closes.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.flow import flow_of, occupancy, population_flow
from mfg_imitation.engine.gaps import gaps, nash_imitation_gap_of
from mfg_imitation.engine.value import policy_value, reward_range, reward_range_of, value_of
from mfg_imitation.equilibria.expert import Equilibrium
from mfg_imitation.equilibria.mirror_descent import MirrorDescent, mirror_descent_chunk
from mfg_imitation.games.game import Game
from mfg_imitation.games.noise.noisy import NoisyGame
from mfg_imitation.games.soundness import probe_populations
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.behavioral_cloning import behavioral_cloning
from mfg_imitation.imitation.demonstrations import Demonstrations, sample_demonstrations
from mfg_imitation.names import AWARENESS

#: The parts of demonstrations that are fitted.
PARTS = ("states", "actions", "noise")

#: Stretches and steps of mirror descent from every start of `symmetric_equilibria`.
STRETCHES, STRETCH = 60, 25

#: Exploitability, in units of the reward's range times the horizon, up to which a policy counts as an equilibrium.
FOUND = 1e-4


def imitators(
    game: NoisyGame,
    expert: list[Float[Array, "_ S A"]],
    algorithms: Sequence[str],
    demonstrations: Sequence[int],
    seeds: int,
    searched: Mapping[str, int],
    crowd: int,
    seed: int,
) -> pd.DataFrame:
    """Every algorithm in every class of policies, fitted to samples in which every trajectory has its own history.

    Behavioral cloning is fitted also to crowds, simulated populations whose players share one history.

    Args:
        algorithms: their names.
        demonstrations: sizes of samples; the smaller ones are the beginnings of the largest.
        seeds: samples, drawn with seed, seed + 1, ...
        searched: of all algorithms but behavioral cloning, which are fitted to the largest samples only: seeds, how
            many of these, and iterations, steps of those that descend.
        crowd: players that share a history.

    Returns:
        One row per algorithm, sharing (how many share a history, 1 or `crowd`), awareness, demonstrations (how many)
        and seed, with status and the gaps.
    """
    most, numbers = max(demonstrations), range(seed, seed + seeds)

    def fits(samples, name, together, sizes) -> Iterator[pd.DataFrame]:
        for size, awareness in itertools.product(sizes, AWARENESS):
            cut = np.s_[: len(samples), :size]
            parts = (np.stack([getattr(sample, part) for sample in samples])[cut] for part in PARTS)
            some = Demonstrations(**dict(zip(PARTS, parts, strict=True)))
            offered = {"awareness": awareness, "iterations": searched["iterations"]}
            fit = ALGORITHMS.named(name).run(some, game, offered)
            row = {"algorithm": name, "sharing": together, "awareness": awareness, "demonstrations": size}
            row |= {"seed": numbers[: len(samples)], "status": fit.status}
            found = gaps(game, expert, fit.policy)._asdict()
            yield pd.DataFrame(row | {key: np.asarray(gap) for key, gap in found.items()})

    samples = [sample_demonstrations(game, expert, most, one) for one in numbers]
    frames = []
    for name in algorithms:
        some = samples if name == "bc" else samples[: searched["seeds"]]
        frames += fits(some, name, 1, demonstrations if name == "bc" else [most])
    if whole := [size for size in demonstrations if size % crowd == 0]:
        crowds = [sample_demonstrations(game, expert, max(whole), one, n_players=crowd) for one in numbers]
        frames += fits(crowds, "bc", crowd, whole)
    return pd.concat(frames, ignore_index=True)


def noise_summary(name: str, game: NoisyGame, equilibrium: Equilibrium, nash_starts: int, seed: int) -> pd.DataFrame:
    """One row of figures about a game with common noise and its expert.

    Returns:
        Columns game; states, actions, horizon, noise_states; histories (at the last step), nodes (of all steps);
        exploitability, relative_exploitability (over reward range times horizon), reward_range; iterations, status;
        value (of the expert in its own population); floor_AWARENESS, the gap of behavioral cloning of infinitely many
        demonstrations; population_floor_AWARENESS, its population value gap; and for a signal, a noise that changes
        neither kernel nor reward: nash_found (how many starts of `symmetric_equilibria` came to one) and nash_value
        (the best of theirs), else 0 and missing.
    """
    n_noise, horizon, n_states, n_actions = game.sizes
    unit = float(reward_range(game.unfolded())) * horizon
    flow, shown = population_flow(game, equilibrium.policy), occupancy(game, equilibrium.policy)
    floors = {}
    for awareness in AWARENESS:
        fit = behavioral_cloning(shown, game, awareness=awareness)
        found = gaps(game, equilibrium.policy, fit.policy)
        floors[f"floor_{awareness}"] = float(found.nash_imitation_gap)
        floors[f"population_floor_{awareness}"] = float(found.population_value_gap)
    values = symmetric_equilibria(game.games[0], nash_starts, seed) if is_signal(game) else np.zeros(0)
    row = {
        "game": name,
        "states": n_states,
        "actions": n_actions,
        "horizon": horizon,
        "noise_states": n_noise,
        "histories": game.sizes.nodes,
        "nodes": sum(game.sizes.histories),
        "exploitability": float(equilibrium.exploitability),
        "relative_exploitability": float(equilibrium.exploitability) / unit,
        "reward_range": unit / horizon,
        "iterations": int(equilibrium.iterations),
        "status": str(equilibrium.status),
        "value": float(policy_value(game, equilibrium.policy, flow)),
        **floors,
        "nash_found": len(values),
        "nash_value": values.max() if len(values) else np.nan,
    }
    return pd.DataFrame([row])


def is_signal(game: NoisyGame) -> bool:
    """Whether the noise changes neither kernel nor reward, at any step, in the populations that games are probed in."""
    populations = probe_populations(game.games[0])[1]

    def tables(one):
        def at(n):
            return jax.vmap(lambda mu: (one.probabilities(n, mu), one.reward(n, mu)))(populations)

        return jax.vmap(at)(jnp.arange(game.horizon))

    first, *others = map(tables, game.games)
    return all(bool(jnp.array_equal(a, b)) for other in others for a, b in zip(first, other, strict=True))


def symmetric_equilibria(game: Game, starts: int, seed: int) -> Float[np.ndarray, " found"]:
    """The values of the Nash equilibria of a game without noise that mirror descent comes to from random policies.

    Args:
        starts: how many policies, drawn with `seed` from Dirichlet(1/2, ..., 1/2).
    """
    weights = np.full(len(game.actions), 0.5)
    policies = np.random.default_rng(seed).dirichlet(weights, (starts, *game.policy_shape[:2]))
    values, exploitability = map(np.asarray, _descended(game, jnp.asarray(policies)))
    return values[exploitability <= FOUND * float(reward_range(game)) * game.horizon]


@eqx.filter_jit
def _descended(game, policies):
    step = 1 / reward_range_of(game)

    def one(policy):
        state = MirrorDescent(policy, nash_imitation_gap_of(game, policy), step, step)
        state = jax.lax.fori_loop(0, STRETCHES, lambda _, state: mirror_descent_chunk(game, state, STRETCH), state)
        return value_of(game, state.policy, flow_of(game, state.policy)), state.exploitability

    return jax.vmap(one)(policies)


def histories_table(game: NoisyGame, policies: Mapping[str, list[Float[Array, "_ S A"]]]) -> pd.DataFrame:
    """Where everyone is after every history, and what is played there.

    Args:
        policies: by who plays them.

    Returns:
        One row per policy, step, history xi_0 ... xi_n (its noise states, joined by >) that can be, and state: history,
        before (the history up to the step before), noise (xi_n), probability (of the history), population (share, given
        the history), reward (what is earned there), action (the most likely one) and plays (its probability).
    """
    n_noise, _, n_states, _ = game.sizes
    names = np.array(game.noise_states)
    frames = []
    for who, policy in policies.items():
        for n, mass in enumerate(map(np.asarray, population_flow(game, policy))):
            probability = mass.sum(axis=-1)
            met = np.flatnonzero(probability > 0)
            paths = np.stack([met // n_noise ** (n - j) % n_noise for j in range(n + 1)], axis=-1)
            shares, played = mass[met] / probability[met, None], np.asarray(policy[n])[met]
            noise = paths[:, -1]
            rewards = np.stack([game.games[k].reward(n, jnp.asarray(mu)) for k, mu in zip(noise, shares, strict=True)])
            columns = {
                "policy": who,
                "step": n,
                "history": np.repeat([" > ".join(names[path]) for path in paths], n_states),
                "before": np.repeat([" > ".join(names[path[:-1]]) for path in paths], n_states),
                "noise": np.repeat(names[noise], n_states),
                "probability": np.repeat(probability[met], n_states),
                "state": np.tile(list(game.states), len(met)),
                "population": shares.ravel(),
                "reward": (played * rewards).sum(axis=-1).ravel(),
                "action": np.array(game.actions)[played.argmax(axis=-1).ravel()],
                "plays": played.max(axis=-1).ravel(),
            }
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def unaware_imitator(game: NoisyGame, expert: list[Float[Array, "_ S A"]]) -> list[Array]:
    """What behavioral cloning that knows nothing of the noise makes of infinitely many demonstrations."""
    return behavioral_cloning(occupancy(game, expert), game, awareness="unaware").policy
