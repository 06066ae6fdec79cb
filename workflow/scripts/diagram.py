"""A game drawn as a state diagram."""

from job import begin

from mfg_imitation.figures.diagram import state_diagram
from mfg_imitation.figures.save import save_figure
from mfg_imitation.games.declaration import read_declaration

begin(snakemake)
save_figure(state_diagram(read_declaration(snakemake.input.game)), snakemake.output)
