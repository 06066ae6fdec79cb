"""Every estimator fitted to samples of a game's expert, and measured."""

from job import begin

from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game_file import load_game
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.imitation import imitators

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
