"""The games found that leave least of the MFC-ADV bound unused."""

from job import begin

from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.worst_game import worst_games

begin(snakemake)
write_table(snakemake.output.worst_games, worst_games(snakemake.params.spec, snakemake.params.seed))
