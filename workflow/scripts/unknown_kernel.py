"""MFC-ADV by those who know simulations only, beside those who know the kernel."""

import pandas as pd

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.unknown_kernel import unknown_kernel
from workflow.lib.cases import cases
from workflow.lib.job import begin

begin(snakemake)
settings, frames = dict(snakemake.params.settings), []
for case in cases(settings.pop("cases"), snakemake.input.games, snakemake.input.experts):
    table = unknown_kernel(case.game, case.expert.policy, seed=snakemake.params.seed, **settings)
    table.insert(0, "case", case.name)
    table.insert(1, "game", case.file.name)
    frames.append(table)
write_table(snakemake.output[0], pd.concat(frames, ignore_index=True))
