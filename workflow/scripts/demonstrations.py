"""Samples of a game's expert for every experiment, drawn once for all algorithms."""

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.arrays import write_arrays
from mfg_imitation.studies.samples import draw_samples, to_arrays
from workflow.lib.job import begin

begin(snakemake)
settings, file = dict(snakemake.params.settings), GameFile.read(snakemake.input.game)
overrides = settings.pop("overrides", {})
game = file.load(**overrides)
expert = known_expert(game) if overrides else load_equilibrium(snakemake.input.expert, file)
samples = draw_samples(game, expert.policy, seed=snakemake.params.seed, **settings)
write_arrays(snakemake.output[0], to_arrays(samples), file.origin)
