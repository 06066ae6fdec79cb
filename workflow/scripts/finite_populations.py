"""The gap measured in finite populations, of imitators somewhat off the expert."""

import pandas as pd
from job import begin

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import load_game
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.finite_populations import finite_populations

begin(snakemake)
settings, frames = dict(snakemake.params.settings), []
alpha = settings.pop("alpha")
for file, expert in zip(snakemake.input.games, snakemake.input.experts, strict=True):
    game = load_game(file)
    policy = (1 - alpha) * load_equilibrium(expert).policy + alpha * game.uniform_policy()
    table = finite_populations(game, policy, seed=snakemake.params.seed, **settings)
    table.insert(0, "game", file.rpartition("/")[2].removesuffix(".yaml"))
    frames.append(table)
write_table(snakemake.output.populations, pd.concat(frames, ignore_index=True))
