"""The bridge: slips that use the bounds up, and every step of the proof."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.bridge import bridge
from workflow.lib.job import begin

begin(snakemake)
table, proof = bridge(GameFile.read(snakemake.input.game), snakemake.params.spec)
write_table(snakemake.output.bridge, table)
write_table(snakemake.output.proof, proof)
