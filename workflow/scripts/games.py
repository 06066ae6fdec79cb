"""The portraits of all games in one table."""

import pandas as pd
from job import begin

from mfg_imitation.io.tables import read_table, write_table

begin(snakemake)
write_table(snakemake.output.games, pd.concat(map(read_table, snakemake.input.portraits), ignore_index=True))
