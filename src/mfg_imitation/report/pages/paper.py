"""The paper's Section 5."""

from mfg_imitation.report.page import Reads, Run, page


@page("paper", title="Paper", order=1)
def paper(run: Run) -> Reads:
    """Figures 1 and 2 for both gaps, and Section 5 claim by claim."""
    further = [game for game in run.games("swept") if game != run.paper]
    figures = run.figures("figure_*", *(f"games/{game}/{kind}" for game in further for kind in ("diagram", "sweep_*")))
    tables = ("scorecard", "properties", "long_horizons", "certificates", f"games/{run.paper}/sweep", "proxies")
    return Reads(tables, figures, [run.paper, *further], {"paper": run.paper, "further": further})
