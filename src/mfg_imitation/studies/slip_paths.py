"""Policies on a path away from the expert, with their proxies and gaps."""

import itertools
from collections.abc import Iterator, Mapping

import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.engine.gaps import Gaps, gaps
from mfg_imitation.engine.policies import mixture
from mfg_imitation.engine.proxies import Proxies, proxies
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.names import ROUNDING, SWEPT

#: Policies are measured in multiples of so many.
BATCH = 256


def games_on_grid(file: GameFile, grid: Mapping) -> Iterator[tuple[dict[str, float], Game]]:
    """The game at every point of the grid, with the overrides that make it."""
    slopes = [{SWEPT: value} for value in grid[SWEPT]] if SWEPT in file.parameters else [{}]
    for slope, horizon in itertools.product(slopes, grid["horizon"]):
        point = {**slope, "horizon": horizon}
        yield point, file.load(**point)


def slips_on_grid(
    file: GameFile, grid: Mapping
) -> Iterator[tuple[dict[str, float], Game, Float[Array, "H S A"], Float[Array, "H S A"]]]:
    """`games_on_grid`, each with its expert and the policy towards which its imitators slip.

    Raises:
        InputError: a broken file, or an expert that is no equilibrium at some point of the grid.
    """
    for point, game in games_on_grid(file, grid):
        try:
            expert = known_expert(game).policy
        except InputError as error:
            raise InputError(f"{file.path}: {error} (at {', '.join(f'{k} = {v}' for k, v in point.items())})") from None
        target = file.slip(game)
        yield point, game, expert, game.uniform_policy() if target is None else target


def alpha_grid(linear: int, smallest: float, logarithmic: int) -> Float[np.ndarray, " alphas"]:
    """`linear` evenly spaced values of alpha in [0, 1] together with `logarithmic` values from `smallest` to 1.

    Where the population amplifies an error (1 + L_P)-fold at every step, all of a curve's shape lies at alpha of the
    order (1 + L_P)^-H: only the logarithmic part resolves it.
    """
    return np.union1d(np.linspace(0, 1, linear), np.geomspace(smallest, 1, logarithmic))


def paths(file: GameFile, game: Game, expert: Float[Array, "H S A"], alpha: Mapping, seed: int) -> pd.DataFrame:
    """The game as its file has it, on paths from the expert towards several policies.

    Targets are the one that the file names under `sweep.towards`, if any ("declared"), the uniform policy, and one
    drawn from Dirichlet(1, ..., 1) with `seed` ("random").

    Args:
        alpha: see `alpha_grid` and `resolved_path`.

    Returns:
        Columns game, towards, horizon, alpha, the fields of `Proxies` and of `Gaps`.
    """
    weights = np.ones(len(game.actions))
    targets = {
        "declared": file.slip(game),
        "uniform": game.uniform_policy(),
        "random": jnp.asarray(np.random.default_rng(seed).dirichlet(weights, game.policy_shape[:2])),
    }
    first = alpha_grid(alpha["linear"], alpha["smallest"], alpha["logarithmic"])
    frames = [
        resolved_path(game, expert, target, first, alpha["resolution"]).assign(towards=name)
        for name, target in targets.items()
        if target is not None
    ]
    table = pd.concat(frames, ignore_index=True).assign(game=file.name, horizon=game.horizon)
    return table[["game", "towards", "horizon", "alpha", *Proxies._fields, *Gaps._fields]]


def resolved_path(
    game: Game,
    expert: Float[Array, "H S A"],
    target: Float[Array, "H S A"],
    alpha: Float[np.ndarray, " alphas"],
    resolution: float,
) -> pd.DataFrame:
    """Proxies and gaps at every alpha, and at as many values between as the curves need.

    Wherever a proxy or a gap jumps by more than `resolution` of its largest size between neighbours, their (geometric)
    mean is added, until nothing jumps or neighbours can no longer be told apart. What never exceeds `ROUNDING` is 0 but
    for rounding, and has no shape to resolve.
    """
    table = measures(game, expert, target, alpha)
    while True:
        values = table.drop(columns="alpha")
        jump = (values.diff().abs() / values.abs().max().clip(lower=ROUNDING)).max(axis=1).to_numpy()[1:]
        left, right = table["alpha"].to_numpy()[:-1], table["alpha"].to_numpy()[1:]
        middle = np.where(left > 0, np.sqrt(left * right), right / 2)
        wanted = (jump > resolution) & (left < middle) & (middle < right) & (right > np.finfo(float).tiny)
        if not wanted.any():
            return table
        table = pd.concat([table, measures(game, expert, target, middle[wanted])])
        table = table.sort_values("alpha", ignore_index=True)


def measures(
    game: Game,
    expert: Float[Array, "H S A"],
    target: Float[Array, "H S A"],
    alpha: Float[np.ndarray, " alphas"],
) -> pd.DataFrame:
    """Proxies and gaps of (1 - alpha) expert + alpha target, one row per alpha."""
    rows = []
    for start in range(0, len(alpha), BATCH):
        batch = np.resize(alpha[start:], BATCH)  # one shape only, so that the measures are compiled once
        path = mixture(expert, target, batch[:, None])
        columns = {**proxies(game, expert, path)._asdict(), **gaps(game, expert, path)._asdict()}
        rows.append(pd.DataFrame({"alpha": batch, **columns}).iloc[: len(alpha) - start])
    return pd.concat(rows, ignore_index=True)
