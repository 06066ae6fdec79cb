"""Every estimator fitted to samples of a game's expert, and measured."""

from job import begin

from mfg_imitation.equilibrium import known_expert
from mfg_imitation.experiments import imitators
from mfg_imitation.games.files import load_game
from mfg_imitation.storage import load_equilibrium
from mfg_imitation.tables import write_table

begin(snakemake)
settings = dict(snakemake.params.settings)
overrides = settings.pop("overrides", {})
game = load_game(snakemake.input.game, **overrides)
expert = known_expert(game) if overrides else load_equilibrium(snakemake.input.expert)
table = imitators(game, expert.policy, seed=snakemake.params.seed, **settings)
table.insert(0, "game", snakemake.wildcards.game)
keys = ["game", "experiment", "demonstrations", "seed", "algorithm"]
write_table(snakemake.output.seconds, table[[*keys, "seconds"]])
table = table.drop(columns="seconds")
write_table(snakemake.output.imitators, table)
