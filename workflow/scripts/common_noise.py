"""One game with common noise: its expert, imitators of every awareness, and where everyone is after every history."""

from mfg_imitation.equilibria.solve import expert
from mfg_imitation.errors import InputError
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.common_noise import histories_table, imitators, noise_summary, unaware_imitator
from workflow.lib.job import begin

begin(snakemake)
file, settings, seed = GameFile.read(snakemake.input.game), snakemake.params.settings, snakemake.params.seed
game = file.load()
try:
    found = expert(game, file.declaration.get("expert", {}).get("solve", {}))
except InputError as error:
    raise InputError(f"{file.path}: {error}") from None
print(f"exploitability {found.exploitability:.3g} after {found.iterations} iterations: {found.status}")
sizes, seeds, searched = settings["demonstrations"], settings["seeds"], settings["searched"]
fits = imitators(game, found.policy, settings["algorithms"], sizes, seeds, searched, settings["crowd"], seed)
fits.insert(0, "game", file.name)
write_table(snakemake.output.imitators, fits)
summary = noise_summary(file.name, game, found, settings["nash_starts"], seed)
write_table(snakemake.output.summary, summary)
policies = {"expert": found.policy, "unaware": unaware_imitator(game, found.policy)}
write_table(snakemake.output.histories, histories_table(game, policies))
