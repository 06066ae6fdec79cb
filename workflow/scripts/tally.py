"""In how many games every imitator is near the best, by experiment."""

from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.ranking import tally
from workflow.lib.job import begin

begin(snakemake)
write_table(snakemake.output[0], tally(read_table(snakemake.input[0])))
