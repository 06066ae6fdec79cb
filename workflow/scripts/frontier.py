"""The largest Nash imitation gap of a game at a given error, by each proxy."""

from job import begin

from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.worst_policy import frontier

begin(snakemake)
expert = load_equilibrium(snakemake.input.expert)
table = frontier(snakemake.input.game, expert, snakemake.params.spec, snakemake.params.seed)
write_table(snakemake.output.frontier, table)
