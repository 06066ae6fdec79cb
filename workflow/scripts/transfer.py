"""Rewards recovered from demonstrations, played where they were learned and where the kernel has changed."""

import pandas as pd

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.transfer import transfer, transfer_summary
from workflow.lib.cases import cases
from workflow.lib.job import begin

begin(snakemake)
settings, seed, frames = dict(snakemake.params.settings), snakemake.params.seed, []
for case in cases(settings.pop("cases"), snakemake.input.games, snakemake.input.experts):
    changed = case.file.load(**{**case.spec.get("overrides", {}), **case.spec["changed"]})
    features = case.spec.get("features")
    table = transfer(case.game, changed, case.expert.policy, features=features, seed=seed, **settings)
    table.insert(0, "case", case.name)
    frames.append(table)
table = pd.concat(frames, ignore_index=True)
write_table(snakemake.output.samples, table)
write_table(snakemake.output.medians, transfer_summary(table, snakemake.params.resamples, seed))
