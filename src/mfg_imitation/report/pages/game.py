"""One page for every game."""

from mfg_imitation.report.page import Reads, Run, page


@page("games/{game}", title="Game", order=5, games="selected")
def game(run: Run, name: str) -> Reads:
    """One game: what is played, its equilibrium, its population, its imitators."""
    tables = [
        f"games/{name}/{table}" for table in ("summary", "flow", "convergence", "paths", "policy", "other_equilibria")
    ]
    if name in run.games("imitated"):
        tables += [f"games/{name}/{table}" for table in ("crowds", "imitators")] + ["algorithms"]
    tables += [f"games/{name}/comparison"] * (name in run.games("compared"))
    return Reads(tables, run.figures(f"games/{name}/*"), [name], {"game": name})
