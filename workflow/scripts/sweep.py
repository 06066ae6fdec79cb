"""Imitators on a path away from a game's expert: their proxies and gaps over the configured grid."""

from job import begin

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.sweep import sweep

begin(snakemake)
write_table(snakemake.output.sweep, sweep(snakemake.input.game, snakemake.params.grid))
