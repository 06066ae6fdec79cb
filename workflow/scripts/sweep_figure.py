"""Each gap against the three proxies: a grid of panels, L_P by horizon."""

from job import begin

from mfg_imitation.figures.save import save_figure
from mfg_imitation.figures.sweep import sweep_figure
from mfg_imitation.io.tables import read_table
from mfg_imitation.names import GAPS

begin(snakemake)
table = read_table(snakemake.input.sweep)
for gap in GAPS:
    save_figure(sweep_figure(table, gap), [path for path in snakemake.output if f"_{gap}." in path])
