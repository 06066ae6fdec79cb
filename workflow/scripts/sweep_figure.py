"""Each gap against the three proxies: a grid of panels, L_P by horizon."""

from job import begin

from mfg_imitation.plotting import save_figure, sweep_figure
from mfg_imitation.tables import GAPS, read_table

begin(snakemake)
table = read_table(snakemake.input.sweep)
for gap in GAPS:
    save_figure(sweep_figure(table, gap), [path for path in snakemake.output if f"_{gap}." in path])
