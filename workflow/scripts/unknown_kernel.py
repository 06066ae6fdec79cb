"""MFC-ADV by those who know simulations only, beside those who know the kernel."""

import pandas as pd

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.unknown_kernel import unknown_kernel
from workflow.lib.job import begin

begin(snakemake)
settings, frames = dict(snakemake.params.settings), []
cases = settings.pop("cases")
files = {file.name: file for file in map(GameFile.read, snakemake.input.games)}
experts = dict(zip(files, snakemake.input.experts, strict=True))
for spec in cases:
    file, overrides = files[spec["game"]], spec.get("overrides", {})
    game = file.load(**overrides)
    expert = known_expert(game) if overrides else load_equilibrium(experts[file.name], file)
    table = unknown_kernel(game, expert.policy, seed=snakemake.params.seed, **settings)
    table.insert(0, "case", spec.get("name", file.name))
    table.insert(1, "game", file.name)
    frames.append(table)
write_table(snakemake.output[0], pd.concat(frames, ignore_index=True))
