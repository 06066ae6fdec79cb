"""Games that use the bounds up against the theorems and the steps of their proofs; a violation ends the job."""

from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.theory.biting_games import biting_games
from mfg_imitation.theory.examination import refuse_violations, summary
from workflow.lib.job import begin

begin(snakemake)
files = map(GameFile.read, snakemake.input)
games, steps = biting_games(files, snakemake.params.spec, snakemake.params.seed)
refuse_violations(steps)
print(f"{len(games)} games, {steps['checks'].sum()} inequalities, no violation")
write_table(snakemake.output.games, games)
write_table(snakemake.output.steps, summary(steps))
