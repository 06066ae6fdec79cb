"""The proxies: how they are written and what they do."""

from mfg_imitation.engine.proxies import proxies_table
from mfg_imitation.io.tables import write_table
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], proxies_table())
