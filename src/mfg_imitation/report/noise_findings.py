"""What the pages of games with common noise say of their tables in sentences, and the tables that they make of them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.names import ROUNDING
from mfg_imitation.report.cells import number
from mfg_imitation.report.formulas import symbol
from mfg_imitation.report.literal import linked, literal

#: The floors of a summary: what cloning knows.
KNOWN = {"aware": "the whole history", "noise_aware": "the noise now", "unaware": "nothing of the noise"}

#: The gaps of the pages, by column.
GAPS = {"nash_imitation_gap": "Nash imitation gap", "population_value_gap": "population value gap"}


def shares_said(worth: pd.DataFrame, titles: Mapping[str, str]) -> list[str]:
    """How many times what the aware lose the unaware do, a line for every game.

    Args:
        worth: the table noise/worth.
        titles: of the games.
    """
    lines = []
    for game, rows in worth.groupby("game", sort=False):
        ratios = [
            f"{number(1 / row.share) if row.share > ROUNDING else 'at least a billion'} times "
            f"({ALGORITHMS[row.algorithm].label})"
            for row in rows.itertuples()
        ]
        lines.append(f"- {literal(titles.get(game, game))}: the unaware lose {', '.join(ratios)} what the aware do.")
    return lines


def crowds_said(worth: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """What trajectories are worth that share a history; nothing where none did."""
    shared = worth.dropna(subset=["crowd_worth"])
    if not len(shared):
        return ""
    lines = [
        f"- {literal(titles.get(row.game, row.game))}: the aware lose {number(row.crowd_aware)}, as with "
        f"{number(row.crowd_worth * row.demonstrations)}{' or more' if row.crowd_worth == 1 else ''} trajectories of "
        "histories of their own."
        for row in shared.itertuples()
    ]
    first = shared.iloc[0]
    return (
        f"**Crowds.** Players of one crowd share a history. With {first['demonstrations']} trajectories of crowds of "
        f"{first['sharing']:.0f} (dotted above):\n\n" + "\n".join(lines)
    )


def signals_said(facts: pd.DataFrame, titles: Mapping[str, str]) -> list[str]:
    """What a correlated equilibrium earns beside the symmetric ones found, for every signal.

    Args:
        facts: the table noise/games.
    """
    return [
        f"**{literal(titles.get(row.game, row.game))}.** The correlated equilibrium earns {number(row.value)}. Of the "
        f"symmetric Nash equilibria that mirror descent came to ({row.nash_found} starts), the best earns "
        f"{number(row.nash_value)}. Cloning that does not see the signal ends at a gap of {number(row.floor_unaware)}, "
        f"and everyone earns {number(row.population_floor_unaware)} less; cloning that sees it at "
        f"{number(row.floor_noise_aware)}."
        for row in facts[facts["nash_found"] > 0].itertuples()
    ]


def bounds_said(random_games: pd.DataFrame, steps: pd.DataFrame) -> str:
    """How many inequalities were looked at, and violated."""
    return (
        f"Held against {len(random_games)} random games with common noise: {steps['checks'].sum()} inequalities, "
        f"**{steps['violations'].sum()} violations**. Sharpness is the largest share of the right side that the left "
        "one came to."
    )


def verdicts_said(scorecard: pd.DataFrame) -> str:
    """How many claims hold, fail, and could not be measured."""
    counts = scorecard["verdict"].value_counts()
    words = {"not measured": "could not be measured"}
    return "; ".join(f"{count} {words.get(verdict, verdict)}" for verdict, count in counts.items()) + "."


def chain_table(noise: Mapping[str, Any]) -> pd.DataFrame:
    """The chain of the noise as a game's file states it: first, and after every state."""
    first = {name: str(noise["initial"].get(name, noise["initial"].get("every", ""))) for name in noise["states"]}
    rows = [{"noise state": "initial", **first}]
    for name in noise["states"]:
        row = noise["transition"].get(name, noise["transition"].get("every", {}))
        after = {other: row["stay"] if other == name and "stay" in row else "" for other in noise["states"]}
        rows.append({"noise state": name, **{other: str(row.get(other, after[other])) for other in noise["states"]}})
    return pd.DataFrame(rows)


def given_table(declaration: Mapping[str, Any]) -> pd.DataFrame:
    """The parameters that a game's file describes; symbol and description are HTML."""
    return pd.DataFrame(
        {
            "name": key,
            "symbol": symbol(spec.get("symbol", "")),
            "value": f"{spec['value']:g}",
            "description": linked(spec.get("description", "")),
        }
        for key, spec in declaration.get("parameters", {}).items()
        if isinstance(spec, dict)
    )


def cloning_table(facts: pd.Series) -> pd.DataFrame:
    """The gaps of cloning infinitely many demonstrations, by what it knows.

    Args:
        facts: the row of a game's summary.
    """
    return pd.DataFrame(
        {
            "cloning knows": text,
            "Nash imitation gap": facts[f"floor_{name}"],
            "population value gap": facts[f"population_floor_{name}"],
        }
        for name, text in KNOWN.items()
    )


def means_table(imitators: pd.DataFrame) -> pd.DataFrame:
    """Mean gaps over the samples of every algorithm, sharing, awareness and number of demonstrations."""
    keys = ["algorithm", "sharing", "awareness", "demonstrations"]
    mean = imitators.groupby(keys, sort=False)[list(GAPS)].mean().reset_index()
    return mean.rename(columns=GAPS)
