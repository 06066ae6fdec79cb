"""A game's expert, known or solved for, with the measured exploitability and how it came down."""

import pandas as pd
from job import begin

from mfg_imitation.equilibria.expert_file import save_equilibrium
from mfg_imitation.equilibria.solve import default_tolerance, expert
from mfg_imitation.errors import InputError
from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.games.game_file import load_game
from mfg_imitation.io.tables import write_table

begin(snakemake)
file = snakemake.input.game
try:
    game, spec = load_game(file), read_declaration(file).get("expert", {}).get("solve", {})
    found, tolerance = expert(game, spec), spec.get("tolerance", default_tolerance(game))
except InputError as error:
    raise InputError(error if str(error).startswith(file) else f"{file}: {error}") from None
print(f"exploitability {found.exploitability:.3g} after {found.iterations} iterations: {found.status}")
record = found.convergence
columns = {"iteration": record.iterations, "exploitability": record.exploitability, "tolerance": tolerance}
write_table(snakemake.output.convergence, pd.DataFrame({"game": snakemake.wildcards.game, **columns}))
save_equilibrium(snakemake.output.expert, found)
