"""Imitation from demonstrations."""

from mfg_imitation.io.settings import in_words
from mfg_imitation.report.page import Reads, Run, page
from mfg_imitation.studies.experiment import Experiment

#: What an experiment is that changes nothing.
ORDINARY = "independent trajectories in the expert's population, recorded as they were"


@page("imitation", title="Imitation", order=3)
def imitation(run: Run) -> Reads:
    """Policies fitted to demonstrations, and what they are worth."""
    games = run.games("imitated")
    tables = ("imitators", "ranking", "tally", "algorithms", "queries", "unknown_kernel", "finite_populations")
    figures = run.figures("imitation/*", *(f"games/{game}/imitators" for game in games))
    experiments = run.config["imitation"]["experiments"]
    words = {name: in_words(Experiment, spec, ORDINARY) for name, spec in experiments.items()}
    return Reads(tables, figures, games, {"experiments": words})
