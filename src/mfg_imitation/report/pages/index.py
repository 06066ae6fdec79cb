"""The first page."""

from mfg_imitation.report.headline import HEADLINES
from mfg_imitation.report.page import PAGES, Reads, Run, page


@page("index", title="Start", order=0)
def index(run: Run) -> Reads:
    """What was found: findings, Figure 2 live, which imitator, how to add a game; the scorecard."""
    others = [name for name, entry in PAGES.items() if name != "index" and not entry.games]
    told = {name: [PAGES[name].title, PAGES[name].summary] for name in others}
    tables = [name.format(paper=run.paper) for entry in HEADLINES.values() for name in entry.tables]
    tables += ["scorecard", "games", "proxies", "algorithms", f"games/{run.paper}/sweep"]
    live = run.paper if run.paper in run.games("explored") else ""
    tables += [f"games/{live}/explorer"] if live else []
    crowd = run.config["crowds"]["game"]
    crowd = crowd if crowd in run.games("imitated") else ""
    tables += [f"games/{crowd}/crowds"] if crowd else []
    figures = [*(entry.figure for entry in HEADLINES.values()), *run.figures("figure_2_*")]
    games = [run.paper, *([crowd] if crowd else [])]
    parameters = {"paper": run.paper, "live": live, "crowd": crowd, "pages": told}
    return Reads(list(dict.fromkeys(tables)), figures, list(dict.fromkeys(games)), parameters)
