"""The largest Nash imitation gap of a game at a given error, by each proxy."""

from job import begin

from mfg_imitation.frontier import frontier
from mfg_imitation.storage import load_equilibrium
from mfg_imitation.tables import write_table

begin(snakemake)
expert = load_equilibrium(snakemake.input.expert)
table = frontier(snakemake.input.game, expert, snakemake.params.spec, snakemake.params.seed)
write_table(snakemake.output.frontier, table)
