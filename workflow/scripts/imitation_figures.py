"""The gap against the number of demonstrations, game by game, and all experiments at a glance."""

from job import begin

from mfg_imitation.figures.imitation import learning_figure, matrix_figure, players_figure
from mfg_imitation.figures.save import save_figure
from mfg_imitation.io.tables import read_table

begin(snakemake)
populations = players_figure(read_table(snakemake.input.populations))
save_figure(populations, [path for path in snakemake.output if "/finite_populations." in path])
table = read_table(snakemake.input.imitators)
save_figure(matrix_figure(table), [path for path in snakemake.output if "/matrix." in path])
for game, frame in table.groupby("game"):
    save_figure(learning_figure(frame), [path for path in snakemake.output if f"/{game}." in path])
