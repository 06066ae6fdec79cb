"""Proxies and gaps at every stop of the explorer's sliders."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.explorer_grid import explorer
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], explorer(GameFile.read(snakemake.input.game), snakemake.params.axes))
