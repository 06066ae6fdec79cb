"""What there is to say of one game: the expert's policy and flow, values and constants, and paths away from it."""

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.game_summary import flow_table, game_summary
from mfg_imitation.studies.policy import policy_table
from mfg_imitation.studies.slip_paths import paths
from workflow.lib.job import begin

begin(snakemake)
file, seed = GameFile.read(snakemake.input.game), snakemake.params.seed
game, expert = file.load(), load_equilibrium(snakemake.input.expert, file)
write_table(snakemake.output.policy, policy_table(game, expert.policy))
write_table(snakemake.output.flow, flow_table(game, expert))
write_table(snakemake.output.paths, paths(file, game, expert.policy, snakemake.params.alpha, seed))
write_table(snakemake.output.summary, game_summary(file, game, expert, seed=seed, **snakemake.params.social_optimum))
