"""Whether there are other equilibria than the expert: where the search ends from other starts."""

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.other_equilibria import other_equilibria
from workflow.lib.job import begin

begin(snakemake)
file = GameFile.read(snakemake.input.game)
expert = load_equilibrium(snakemake.input.expert, file)
table = other_equilibria(file.load(), expert.policy, seed=snakemake.params.seed, **snakemake.params.settings)
table.insert(0, "game", file.name)
write_table(snakemake.output[0], table)
