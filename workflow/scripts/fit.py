"""One algorithm fitted to samples of a game's expert, and measured."""

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.arrays import read_arrays, write_arrays
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.imitation import KEYS, imitators
from mfg_imitation.studies.samples import from_arrays
from workflow.lib.job import begin

begin(snakemake)
settings, file = dict(snakemake.params.settings), GameFile.read(snakemake.input.game)
overrides = settings.pop("overrides", {})
game = file.load(**overrides)
expert = known_expert(game) if overrides else load_equilibrium(snakemake.input.expert, file)
samples = from_arrays(read_arrays(snakemake.input.demonstrations, origin=file.origin), settings["experiments"])
starts = [read_arrays(path, origin=file.origin) for path in snakemake.input.starts]
seed, algorithm = snakemake.params.seed, snakemake.wildcards.algorithm
table, fits = imitators(game, expert.policy, algorithm, samples=samples, seed=seed, starts=starts, **settings)
table.insert(0, "game", file.name)
write_arrays(snakemake.output.fits, fits, file.origin)
write_table(snakemake.output.seconds, table[["game", *KEYS, "seconds"]])
write_table(snakemake.output.imitators, table.drop(columns="seconds"))
