"""From which horizon on vanilla-ADV is more like behavioral cloning than like MFC-ADV."""

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.long_horizons import long_horizons
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], long_horizons(snakemake.params.transition_lipschitz))
