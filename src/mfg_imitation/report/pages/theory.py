"""The theorems."""

from mfg_imitation.report.page import Reads, Run, page

TABLES = (
    "theorems",
    "frontier_growth",
    "random_games",
    "steps",
    "biting_games",
    "biting_steps",
    "bridge",
    "bridge_proof",
    "tightness",
    "lower_bound",
    "exponents",
    "worst_games",
)


@page("theory", title="Theory", order=2)
def theory(run: Run) -> Reads:
    """The bounds on random games, the lower bounds, the worst case."""
    return Reads([*(f"theory/{table}" for table in TABLES), "proxies"], run.figures("theory/*"))
