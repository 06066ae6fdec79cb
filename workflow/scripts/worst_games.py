"""The games found that leave least of the MFC-ADV bound unused."""

from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.worst_game import worst_games
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], worst_games(snakemake.params.spec, snakemake.params.seed))
