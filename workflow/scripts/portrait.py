"""What there is to say of one game: the expert's flow, values and constants, and paths away from the expert."""

from job import begin

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import load_game
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.game_summary import flow_table, portrait
from mfg_imitation.studies.slip_paths import paths

begin(snakemake)
file, seed = snakemake.input.game, snakemake.params.seed
game, expert = load_game(file), load_equilibrium(snakemake.input.expert)
write_table(snakemake.output.flow, flow_table(game, expert))
write_table(snakemake.output.paths, paths(file, game, expert.policy, snakemake.params.alpha, seed))
write_table(snakemake.output.portrait, portrait(file, game, expert, seed=seed, **snakemake.params.social_optimum))
