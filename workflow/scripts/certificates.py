"""What each proxy certifies of one and the same imitator."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.theory.certificates import certificates
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], certificates(GameFile.read(snakemake.input.game), read_table(snakemake.input.sweep)))
