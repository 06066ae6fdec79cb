"""The lower bound: slips in the sheltered attractor, how fast their gap grows, and every step of the proof."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.lower_bound import exponents, tightness
from workflow.lib.job import begin

begin(snakemake)
table, proof = tightness(GameFile.read(snakemake.input.game), snakemake.params.spec)
write_table(snakemake.output.tightness, table)
write_table(snakemake.output.proof, proof)
write_table(snakemake.output.exponents, exponents(table))
