"""Imitators on a path away from a game's expert: their proxies and gaps over the configured grid."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.sweep import sweep
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], sweep(GameFile.read(snakemake.input.game), snakemake.params.grid))
