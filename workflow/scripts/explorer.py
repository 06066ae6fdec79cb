"""Proxies and gaps at every stop of the explorer's sliders."""

from job import begin

from mfg_imitation.explorer import explorer
from mfg_imitation.tables import write_table

begin(snakemake)
write_table(snakemake.output.explorer, explorer(snakemake.input.game, snakemake.params.axes))
