"""Random games with common noise against the theorems; a violation ends the job with the game's name."""

from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.examination import refuse_violations, summary
from mfg_imitation.theory.noisy_games import noisy_games
from workflow.lib.job import begin

begin(snakemake)
games, steps = noisy_games(snakemake.params.spec, snakemake.params.seed)
refuse_violations(steps)
print(f"{len(games)} games, {steps['checks'].sum()} inequalities, no violation")
write_table(snakemake.output.games, games)
write_table(snakemake.output.steps, summary(steps))
