"""The tables of several games as one."""

import pandas as pd

from mfg_imitation.io.tables import read_table, write_table
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], pd.concat(map(read_table, snakemake.input), ignore_index=True))
