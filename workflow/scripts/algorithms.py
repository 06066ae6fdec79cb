"""The algorithms of this run: how they are written and what they do."""

from mfg_imitation.imitation.algorithm import algorithms_table
from mfg_imitation.io.tables import write_table
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], algorithms_table(snakemake.params.algorithms))
