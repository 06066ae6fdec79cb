"""One page for every data set."""

from mfg_imitation.data.declaration import TABLES
from mfg_imitation.figures.registry import FIGURES
from mfg_imitation.report.page import Reads, Run, page


@page("data/{data}", title="Data set", order=6, games="data")
def dataset(run: Run, name: str) -> Reads:
    """Your own data: is it an equilibrium, its parameters, its imitators, observed against predicted populations."""
    figures = [pattern.format(data=name) for pattern, entry in FIGURES.items() if entry.games == "data"]
    return Reads([f"data/{name}/{table}" for table in TABLES], figures, (), {"data": name})
