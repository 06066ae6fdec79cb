"""The theorems' scorecard, and how the frontiers grow with the horizon."""

import pandas as pd
from job import begin

from mfg_imitation.tables import read_table, write_table
from mfg_imitation.theorems import frontier_growth, theorems

begin(snakemake)
tables = {name: read_table(snakemake.input[name]) for name in ("steps", "proof", "exponents", "worst_games")}
tables["frontier"] = pd.concat(map(read_table, snakemake.input.frontier), ignore_index=True)
tables["growth"] = frontier_growth(tables["frontier"])
write_table(snakemake.output.theorems, theorems(tables))
write_table(snakemake.output.growth, tables["growth"])
