"""What do noisy records cost?"""

import pandas as pd

from mfg_imitation.figures.front import NOISE, telling_game
from mfg_imitation.report.cells import number
from mfg_imitation.report.findings import ends
from mfg_imitation.report.headline import headline
from mfg_imitation.report.literal import literal

#: Those that the sentence names.
NAMED = ("bc", "vanilla_adv", "mfc_adv", "likelihood")


@headline(
    "noise",
    question="Do more demonstrations help when some are wrong?",
    tables=("imitators", "algorithms"),
    figure="front/noise",
    page=("imitation", "Noise in labels, states and players"),
    order=5,
)
def noise(imitators: pd.DataFrame, algorithms: pd.DataFrame) -> str:
    """Median gaps with noisy labels, in the game that was tried with most sizes and in which most is lost."""
    here = imitators[imitators["experiment"] == NOISE]
    if here.empty:
        return ""
    game = telling_game(here)
    labels, found = dict(zip(algorithms["name"], algorithms["label"], strict=True)), ends(imitators, game, NOISE)
    named = {labels[name]: found[name] for name in NAMED if name in found}
    most, fewest = next(iter(named.values())).most, next(iter(named.values())).fewest
    then = "; ".join(f"{label} {number(one.with_most)}" for label, one in named.items())
    before = (
        f" (with {fewest:,}: {'; '.join(f'{label} {number(one.with_fewest)}' for label, one in named.items())})"
        if most > fewest
        else ""
    )
    measured = {name: found[name].with_most for name in NAMED if name in found}
    rest = [gap for name, gap in measured.items() if name != "likelihood"]
    modelled = "likelihood" in measured and rest and measured["likelihood"] <= 0.1 * min(rest)
    verdict = (
        "**Only to those who model the noise.** What the others converge to is not the expert. " if modelled else ""
    )
    place = f"In the game {literal(game.replace('_', ' '))}, with noisy labels"
    return f"{verdict}{place}, median gaps with {most:,} demonstrations are: {then}{before}."
