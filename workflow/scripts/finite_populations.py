"""The gap measured in finite populations, of imitators somewhat off the expert."""

import jax.numpy as jnp
import pandas as pd

from mfg_imitation.engine.policies import mixture
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.finite_populations import finite_populations
from workflow.lib.job import begin

begin(snakemake)
settings, frames = dict(snakemake.params.settings), []
alphas = settings.pop("alpha")
for path, expert in zip(snakemake.input.games, snakemake.input.experts, strict=True):
    file = GameFile.read(path)
    game = file.load()
    policies = mixture(load_equilibrium(expert, file).policy, game.uniform_policy(), jnp.array(alphas)[:, None])
    for alpha, policy in zip(alphas, policies, strict=True):
        table = finite_populations(game, policy, seed=snakemake.params.seed, **settings)
        table.insert(0, "game", file.name)
        table.insert(1, "alpha", alpha)
        frames.append(table)
write_table(snakemake.output[0], pd.concat(frames, ignore_index=True))
