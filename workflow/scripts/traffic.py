"""What a map of roads shows: the expert's population on every link, and the nodes."""

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.traffic import nodes_table, traffic_table
from workflow.lib.job import begin

begin(snakemake)
file = GameFile.read(snakemake.input.game)
game, expert = file.load(), load_equilibrium(snakemake.input.expert, file)
write_table(snakemake.output.traffic, traffic_table(game, expert))
write_table(snakemake.output.nodes, nodes_table(game))
