"""The gap against the number of demonstrations, game by game, and all experiments at a glance."""

from job import begin

from mfg_imitation.imitation_figures import learning_figure, matrix_figure
from mfg_imitation.plotting import save_figure
from mfg_imitation.tables import read_table

begin(snakemake)
table = read_table(snakemake.input.imitators)
save_figure(matrix_figure(table), [path for path in snakemake.output if "/matrix." in path])
for game, frame in table.groupby("game"):
    save_figure(learning_figure(frame), [path for path in snakemake.output if f"/{game}." in path])
