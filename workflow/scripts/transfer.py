"""Rewards recovered from demonstrations, played where they were learned and where the kernel has changed."""

import pandas as pd

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.transfer import transfer, transfer_summary
from workflow.lib.job import begin

begin(snakemake)
settings, seed, frames = dict(snakemake.params.settings), snakemake.params.seed, []
cases = settings.pop("cases")
files = {file.name: file for file in map(GameFile.read, snakemake.input.games)}
experts = dict(zip(files, snakemake.input.experts, strict=True))
for spec in cases:
    file, overrides = files[spec["game"]], spec.get("overrides", {})
    game, changed = file.load(**overrides), file.load(**{**overrides, **spec["changed"]})
    expert = known_expert(game) if overrides else load_equilibrium(experts[file.name], file)
    table = transfer(game, changed, expert.policy, features=spec.get("features"), seed=seed, **settings)
    table.insert(0, "case", spec.get("name", file.name))
    frames.append(table)
table = pd.concat(frames, ignore_index=True)
write_table(snakemake.output.samples, table)
write_table(snakemake.output.medians, transfer_summary(table, snakemake.params.resamples, seed))
