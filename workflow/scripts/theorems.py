"""The theorems' scorecard, and how the frontiers grow with the horizon."""

from mfg_imitation.claims.claim import scorecard
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.theory.frontier_growth import frontier_growth
from workflow.lib.job import begin

begin(snakemake)
tables = {name: read_table(path) for name, path in snakemake.input.items()}
tables["growth"] = frontier_growth(tables["frontier"])
write_table(snakemake.output.theorems, scorecard("theorems", tables))
write_table(snakemake.output.growth, tables["growth"])
