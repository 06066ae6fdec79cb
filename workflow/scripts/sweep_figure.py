"""One of the gaps against the three proxies: a grid of panels, L_P by horizon."""

from job import begin

from mfg_imitation.plotting import save_figure, sweep_figure
from mfg_imitation.storage import read_table

begin(snakemake)
save_figure(sweep_figure(read_table(snakemake.input.sweep), snakemake.wildcards.gap), snakemake.output)
