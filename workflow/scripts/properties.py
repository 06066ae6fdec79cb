"""What the paper says of its game, apart from Figure 2, measured."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.attractor_properties import properties
from workflow.lib.job import begin

begin(snakemake)
grid = {key: snakemake.params[key] for key in ("transition_lipschitz", "horizon")}
write_table(snakemake.output[0], properties(GameFile.read(snakemake.input.game), grid, snakemake.params.seed))
