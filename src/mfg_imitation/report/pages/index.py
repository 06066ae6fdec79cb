"""The first page."""

from mfg_imitation.report.page import PAGES, Reads, Run, page


@page("index", title="Start", order=0)
def index(run: Run) -> Reads:
    """What was replicated, what was not, the scorecard."""
    others = [name for name, entry in PAGES.items() if name != "index" and not entry.games]
    told = {name: [PAGES[name].title, PAGES[name].summary] for name in others}
    return Reads(("scorecard", "games"), ["figure_2_nash_imitation_gap"], (), {"paper": run.paper, "pages": told})
