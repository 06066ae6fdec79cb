"""The figures of one game's page: its flow, how its expert was found, and paths away from the expert."""

from job import begin

from mfg_imitation.figures.flow import flow_figure
from mfg_imitation.figures.game import convergence_figure, paths_figure
from mfg_imitation.figures.save import save_figure
from mfg_imitation.io.tables import read_table

begin(snakemake)
for name, draw in (("flow", flow_figure), ("convergence", convergence_figure), ("paths", paths_figure)):
    outputs = [path for path in snakemake.output if f"/{name}." in path]
    save_figure(draw(read_table(snakemake.input[name])), outputs)
