"""The populations of the imitators fitted in one game: predicted among experts, and their own."""

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.arrays import read_arrays
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.crowds import crowds
from workflow.lib.job import begin

begin(snakemake)
file, settings = GameFile.read(snakemake.input.game), snakemake.params.settings
overrides = settings["overrides"]
game = file.load(**overrides)
expert = known_expert(game) if overrides else load_equilibrium(snakemake.input.expert, file)
read = (read_arrays(path, origin=file.origin) for path in snakemake.input.fits)
fits = dict(zip(settings["algorithms"], read, strict=True))
table = crowds(game, expert.policy, fits, settings["experiment"], settings["demonstrations"])
table.insert(0, "game", file.name)
write_table(snakemake.output[0], table)
