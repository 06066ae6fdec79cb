"""Random games against the theorems and the steps of their proofs; a violation ends the job with the game's name."""

from job import begin

from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.random_games import refuse_violations, summary, verify

begin(snakemake)
games, steps = verify(snakemake.params.spec, snakemake.params.seed)
refuse_violations(steps)
print(f"{len(games)} games, {steps['checks'].sum()} inequalities, no violation")
write_table(snakemake.output.games, games)
write_table(snakemake.output.steps, summary(steps))
