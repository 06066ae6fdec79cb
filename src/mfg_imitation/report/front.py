"""What the first page shows beside its findings: the paper's main claims, and crowds that move."""

import pandas as pd
from IPython.display import HTML, display

from mfg_imitation.figures.crowds import shares_of
from mfg_imitation.names import JUDGED_GAPS
from mfg_imitation.report.cells import VERDICTS, Report, data, link, number, say
from mfg_imitation.report.headline import HEADLINES
from mfg_imitation.report.literal import literal, slug
from mfg_imitation.report.paper_findings import INDUCTION

#: The claims of Section 5 that carry its argument, by their names in the scorecard.
MAIN = (
    "expert is Nash",
    INDUCTION,
    "BC is worst",
    "BC worsens with L_P",
    "BC worsens with H",
    "alike when small",
    "like BC when both are large",
    "MFC-ADV is less influenced",
    "MFC-ADV is best",
)

#: How the columns of verdicts are called.
MEASURED = {"population_value_gap": "population value gap", "nash_imitation_gap": "Nash imitation gap (Definition 7)"}


def main_claims(scorecard: pd.DataFrame) -> pd.DataFrame:
    """What the paper says, and what was measured for either gap: the last two columns are HTML."""
    rows = []
    for claim in MAIN:
        here = scorecard[scorecard["claim"] == claim]
        if here.empty:
            continue
        by_gap = {gap: _verdict(here[(here["gap"] == gap) | here["gap"].isna()]) for gap in MEASURED}
        rows.append(
            {"the paper says": here.iloc[0]["statement"], **{MEASURED[gap]: said for gap, said in by_gap.items()}}
        )
    return pd.DataFrame(rows)


def _verdict(rows: pd.DataFrame) -> str:
    if rows.empty:
        return VERDICTS["not measured"]
    row = rows.iloc[0]
    mark = (
        f'<span class="verdict {row["verdict"].partition(" ")[0]}">{VERDICTS[row["verdict"]]} {row["verdict"]}</span>'
    )
    sign = "\N{LESS-THAN OR EQUAL TO}" if row["verdict"] == "holds" else "&gt;"
    return f"{mark} {number(row['measured'])} {sign} {number(row['threshold'])}"


def moving_crowds(crowds: pd.DataFrame, labels: dict[str, str], title: str) -> str:
    """HTML of crowds that move, a panel for the expert and for every imitator.

    Args:
        crowds: see `studies.crowds.crowds`.
        labels: of the algorithms.
        title: of the game.
    """
    states = crowds["state"].astype(str).drop_duplicates().tolist()
    first = crowds[(crowds["algorithm"] == crowds["algorithm"].iloc[0]) & (crowds["step"] == crowds["step"].min())]
    flat = {"row", "column"} <= set(crowds) and "floor" not in crowds
    places = first[["column", "row"]].to_numpy().tolist() if flat else None
    panels = []
    for name in crowds["algorithm"].drop_duplicates():
        shares = shares_of(crowds, name, "own")
        panels.append(
            {
                "label": labels.get(name, name),
                "shares": [[round(float(share), 4) for share in row] for row in shares.to_numpy()],
            }
        )
    told = {"title": title, "states": states, "places": places, "panels": panels}
    return f'<div class="crowd">{data("crowds", told)}</div>'


def both_gaps_said(sweep: pd.DataFrame) -> str:
    """Why the two gaps differ, in a sentence, with the largest of either on one panel."""
    here = sweep[
        (sweep["horizon"] == sweep["horizon"].max())
        & (sweep["transition_lipschitz"] == sweep["transition_lipschitz"].max())
    ]
    value, nash = (here[gap].max() for gap in reversed(JUDGED_GAPS))
    return (
        "The two differ because whoever deviates stays in the population that has slipped, and is drawn along by it: "
        "at the largest L_P and H of "
        f"the sweep the crowd loses up to {number(value)}, and one who deviates can gain at most {number(nash)} of it."
    )


def questions(asked: list[str]) -> str:
    """HTML of a list of links to headings of this page."""
    links = "".join(f'<li><a href="#{slug(question)}">{literal(question)}</a></li>' for question in asked)
    return f'<ul class="questions">{links}</ul>'


def finding(report: Report, name: str, paper: str) -> None:
    """Show an entry of `HEADLINES`: its sentence beside its picture, and a link to the page that has the rest."""
    entry = HEADLINES[name]
    said = entry.say(*(report.read(table.format(paper=paper)) for table in entry.tables))
    if not said:
        return
    page, words = entry.page
    say(f"### {entry.question}")
    display(HTML(f'<div class="beside">{report.picture(entry.figure)}</div>'))
    say(f"{said} [{words}](report:{page}.html).")


def games_table(summaries: pd.DataFrame) -> pd.DataFrame:
    """The games and what is known of each; the column `game` is HTML."""
    columns = [
        "states",
        "actions",
        "horizon",
        "relative_exploitability",
        "equilibrium_value",
        "social_value",
        "price_of_anarchy",
    ]
    names = [link(f"games/{name}.html", name.replace("_", " ")) for name in summaries["game"]]
    return (
        summaries[columns]
        .rename(columns=lambda name: name.replace("_", " "))
        .assign(game=names)[["game", *(name.replace("_", " ") for name in columns)]]
    )
