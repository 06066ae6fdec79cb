"""The claims of the paper's Section 5, judged by the numbers."""

from job import begin

from mfg_imitation.claims.section_5 import scorecard
from mfg_imitation.io.tables import read_table, write_table

begin(snakemake)
table = scorecard(read_table(snakemake.input.sweep), read_table(snakemake.input.properties))
write_table(snakemake.output.scorecard, table)
