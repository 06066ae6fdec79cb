"""The figures of the theorems."""

import pandas as pd
from job import begin

from mfg_imitation.figures.save import save_figure
from mfg_imitation.figures.theory import frontier_figure, regime_figure, tightness_figure, verification_figure
from mfg_imitation.io.tables import read_table

begin(snakemake)
tightness = read_table(snakemake.input.tightness)
figures = {
    "verification": verification_figure(read_table(snakemake.input.games)),
    "tightness": tightness_figure(tightness),
    "regime": regime_figure(tightness),
    "frontier": frontier_figure(pd.concat(map(read_table, snakemake.input.frontier), ignore_index=True)),
}
for name, figure in figures.items():
    save_figure(figure, [path for path in snakemake.output if f"/{name}." in path])
