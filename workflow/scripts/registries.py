"""The proxies and algorithms of this run: how they are written and what they do."""

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.registries import algorithms_table, proxies_table
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output.proxies, proxies_table())
write_table(snakemake.output.algorithms, algorithms_table(snakemake.params.algorithms))
