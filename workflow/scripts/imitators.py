"""How the algorithms fare in one game: medians over the samples, with intervals."""

from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.medians import summary
from workflow.lib.job import begin

begin(snakemake)
tables = [read_table(path) for path in snakemake.input]
write_table(snakemake.output[0], summary(tables, snakemake.params.resamples, snakemake.params.seed))
