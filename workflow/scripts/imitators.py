"""The imitators of all games in one table: medians over the seeds, with intervals."""

import pandas as pd
from job import begin

from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.imitation import summary

begin(snakemake)
table = pd.concat(map(read_table, snakemake.input.imitators), ignore_index=True)
write_table(snakemake.output.imitators, summary(table, snakemake.params.resamples, snakemake.params.seed))
