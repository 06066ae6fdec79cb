"""The theorems' scorecard, and how the frontiers grow with the horizon."""

import pandas as pd
from job import begin

from mfg_imitation.claims.theorems import frontier_growth, theorems
from mfg_imitation.io.tables import read_table, write_table

begin(snakemake)
tables = {name: read_table(snakemake.input[name]) for name in ("steps", "proof", "exponents", "worst_games")}
tables["frontier"] = pd.concat(map(read_table, snakemake.input.frontier), ignore_index=True)
tables["growth"] = frontier_growth(tables["frontier"])
write_table(snakemake.output.theorems, theorems(tables))
write_table(snakemake.output.growth, tables["growth"])
