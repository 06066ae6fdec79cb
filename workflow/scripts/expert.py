"""A game's expert: its known equilibrium, with the measured exploitability."""

from job import begin

from mfg_imitation.checks import InputError
from mfg_imitation.equilibrium import known_expert
from mfg_imitation.games.files import load_game
from mfg_imitation.storage import save_equilibrium

begin(snakemake)
try:
    expert = known_expert(load_game(snakemake.input.game))
except InputError as error:
    raise InputError(f"{snakemake.input.game}: {error}") from None
save_equilibrium(snakemake.output.expert, expert)
