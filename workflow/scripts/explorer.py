"""Proxies and gaps at every stop of the explorer's sliders."""

from job import begin

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.explorer_grid import explorer

begin(snakemake)
write_table(snakemake.output.explorer, explorer(snakemake.input.game, snakemake.params.axes))
