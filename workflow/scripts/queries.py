"""The gap against the number of answers that the expert has given."""

import pandas as pd

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.queries import queries
from workflow.lib.job import begin

begin(snakemake)
frames = []
for path, expert in zip(snakemake.input.games, snakemake.input.experts, strict=True):
    file = GameFile.read(path)
    equilibrium = load_equilibrium(expert, file)
    table = queries(file.load(), equilibrium.policy, seed=snakemake.params.seed, **snakemake.params.settings)
    table.insert(0, "game", file.name)
    frames.append(table)
write_table(snakemake.output[0], pd.concat(frames, ignore_index=True))
