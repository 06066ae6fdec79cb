"""All that is made of one data set: its tables."""

from mfg_imitation.data.analysis import analysed
from mfg_imitation.data.dataset import load_dataset
from mfg_imitation.data.declaration import TABLES
from mfg_imitation.io.tables import write_table
from workflow.lib.job import begin

begin(snakemake)
tables = analysed(load_dataset(snakemake.input.file))
for name, path in zip(TABLES, snakemake.output, strict=True):
    write_table(path, tables[name])
