"""What common noise changes, and one page for every game that has it."""

from mfg_imitation.report.page import Reads, Run, page


@page("noise", title="Noise", order=3.7)
def noise(run: Run) -> Reads:
    """Games with common noise: what imitators lose that do not know its history, and what knowing it costs."""
    games = run.games("noisy")
    tables = [f"noise/{table}" for table in ("games", "means", "worth", "scorecard", "random_games", "steps")]
    figures = [*run.figures("noise/gaps"), *run.figures("noise/*/histories")]
    return Reads(tables, figures, games, {"names": games})


@page("noise/{game}", title="Game with common noise", order=6, games="noisy")
def noisy_game(run: Run, name: str) -> Reads:
    """One game with common noise: what is played, its expert, and the population after every history."""
    tables = [f"noise/{name}/histories", f"noise/{name}/summary", f"noise/{name}/imitators"]
    return Reads(tables, run.figures(f"noise/{name}/*"), [name], {"game": name})
