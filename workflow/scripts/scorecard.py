"""The claims of the paper's Section 5, judged by the numbers."""

from mfg_imitation.claims.grid_dependence import with_grid_dependence
from mfg_imitation.io.tables import read_table, write_table
from workflow.lib.job import begin

begin(snakemake)
tables = {name: read_table(path) for name, path in snakemake.input.items()}
write_table(snakemake.output[0], with_grid_dependence("section_5", tables))
