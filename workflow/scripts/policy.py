"""What the expert does, as a table."""

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.policy import policy_table
from workflow.lib.job import begin

begin(snakemake)
file = GameFile.read(snakemake.input.game)
expert = load_equilibrium(snakemake.input.expert, file)
write_table(snakemake.output[0], policy_table(file.load(), expert.policy))
