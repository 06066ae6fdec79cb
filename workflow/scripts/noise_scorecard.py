"""What common noise changes: all games, means and slopes, and the scorecard."""

import pandas as pd

from mfg_imitation.claims.claim import scorecard
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.awareness import means_table, worth_of_awareness
from workflow.lib.job import begin

begin(snakemake)
imitators, games = (
    pd.concat(map(read_table, tables), ignore_index=True)
    for tables in (snakemake.input.imitators, snakemake.input.summaries)
)
settings = {"resamples": snakemake.params.resamples, "seed": snakemake.params.seed}
tables = {
    "games": games,
    "worth": worth_of_awareness(imitators, **settings),
    "steps": read_table(snakemake.input.steps),
}
write_table(snakemake.output.games, games)
write_table(snakemake.output.means, means_table(imitators, **settings))
write_table(snakemake.output.worth, tables["worth"])
write_table(snakemake.output.scorecard, scorecard("noise", tables))
