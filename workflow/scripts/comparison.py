"""What everyone earns in one game, beside another."""

import pandas as pd

from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.comparison import rewards_by_step
from workflow.lib.job import begin

begin(snakemake)
summaries = pd.concat(map(read_table, snakemake.input.summaries), ignore_index=True)
flows = dict(zip(summaries["game"], map(read_table, snakemake.input.flows), strict=True))
summaries["title"] = snakemake.params.titles
write_table(snakemake.output.values, summaries[["game", "title", "equilibrium_value", "social_value"]])
write_table(snakemake.output.steps, rewards_by_step(flows))
