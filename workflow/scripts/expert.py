"""A game's expert, known or solved for, with the measured exploitability and how it came down."""

import pandas as pd

from mfg_imitation.equilibria.expert_file import save_equilibrium
from mfg_imitation.equilibria.solve import default_tolerance, expert
from mfg_imitation.errors import InputError
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from workflow.lib.job import begin

begin(snakemake)
file = GameFile.read(snakemake.input.game)
game, spec = file.load(), file.declaration.get("expert", {}).get("solve", {})
try:
    found, tolerance = expert(game, spec), spec.get("tolerance", default_tolerance(game))
except InputError as error:
    raise InputError(f"{file.path}: {error}") from None
print(f"exploitability {found.exploitability:.3g} after {found.iterations} iterations: {found.status}")
record = found.convergence
columns = {"iteration": record.iterations, "exploitability": record.exploitability, "tolerance": tolerance}
write_table(snakemake.output.convergence, pd.DataFrame({"game": file.name, **columns}))
save_equilibrium(snakemake.output.expert, found, file)
