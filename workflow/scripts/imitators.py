"""How the algorithms fare in one game: medians over the samples, with intervals, and who is the better one."""

import pandas as pd

from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.medians import summary
from mfg_imitation.studies.ranking import ranking
from workflow.lib.job import begin

begin(snakemake)
tables = [read_table(path) for path in snakemake.input]
write_table(snakemake.output.imitators, summary(tables, snakemake.params.resamples, snakemake.params.seed))
write_table(snakemake.output.ranking, ranking(pd.concat(tables, ignore_index=True)))
