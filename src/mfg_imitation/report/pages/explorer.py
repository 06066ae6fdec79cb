"""The explorer."""

from mfg_imitation.report.page import Reads, Run, page


@page("explorer", title="Explorer", order=4)
def explorer(run: Run) -> Reads:
    """Sliders for L_P, H and the slip: all errors and gaps, live."""
    games = run.games("explored")
    return Reads([*(f"games/{game}/explorer" for game in games), "proxies"], (), (), {"explored": games})
