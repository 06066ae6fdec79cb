"""Earlier methods where the experts' occupancy is known, with an estimated population, and by temperature; judged."""

import pandas as pd

from mfg_imitation.claims.claim import scorecard
from mfg_imitation.io.tables import write_table
from mfg_imitation.studies.earlier_work import all_demonstrations, estimated_population
from mfg_imitation.studies.temperature import quantal_responses
from workflow.lib.cases import cases
from workflow.lib.job import begin

begin(snakemake)
settings, seed = snakemake.params.settings, snakemake.params.seed
found = {"methods": [], "population": [], "temperatures": []}
for case in cases(settings["cases"], snakemake.input.games, snakemake.input.experts):
    game, experts = case.game, case.expert.policy
    made = {
        "methods": all_demonstrations(game, experts, seed),
        "population": estimated_population(game, experts, settings["demonstrations"], settings["seeds"], seed),
        "temperatures": quantal_responses(game, settings["temperatures"]),
    }
    for name, table in made.items():
        table.insert(0, "case", case.name)
        found[name].append(table)
tables = {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}
for name, table in (tables | {"scorecard": scorecard("earlier_work", tables)}).items():
    write_table(snakemake.output[name], table)
