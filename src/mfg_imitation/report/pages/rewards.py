"""Recovered rewards."""

from mfg_imitation.report.page import Reads, Run, page


@page("rewards", title="Rewards", order=3.5)
def rewards(run: Run) -> Reads:
    """Rewards recovered from demonstrations, and what they are worth where the kernel has changed."""
    cases = {case.get("name", case["game"]): case for case in run.config["rewards"]["cases"]}
    tables = [f"rewards/{name}" for name in ("medians", "scorecard", "methods", "temperatures")]
    return Reads(tables, run.figures("rewards/*"), run.games("rewarded"), {"cases": cases})
