"""A game drawn as a state diagram."""

from job import begin

from mfg_imitation.diagram import state_diagram
from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.plotting import save_figure

begin(snakemake)
save_figure(state_diagram(read_declaration(snakemake.input.game)), snakemake.output)
