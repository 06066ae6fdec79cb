"""A figure, drawn from its tables as its entry says."""

from mfg_imitation.figures.registry import entry_of
from mfg_imitation.figures.save import save_figure
from mfg_imitation.io.tables import read_table
from workflow.lib.job import begin

begin(snakemake)
drawn_from = [read_table(path) for path in snakemake.input.tables]
if snakemake.input.games:  # few figures show a declaration, and what checks it is slow to import
    from mfg_imitation.games.declaration import read_declaration, written_out

    drawn_from = [*(written_out(read_declaration(path)) for path in snakemake.input.games), *drawn_from]
entry, _ = entry_of(snakemake.wildcards.figure)
save_figure(entry.draw(*drawn_from, **snakemake.params.settings), snakemake.output)
