"""What the paper says of its game, apart from Figure 2, measured."""

from job import begin

from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.attractor_properties import properties

begin(snakemake)
grid = {key: snakemake.params[key] for key in ("transition_lipschitz", "horizon")}
write_table(snakemake.output.properties, properties(snakemake.input.game, grid, snakemake.params.seed))
