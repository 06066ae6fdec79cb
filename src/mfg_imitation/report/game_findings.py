"""What the page of a game says of its tables in sentences: what the expert does, where its population is, and more."""

from collections.abc import Iterable, Mapping

import pandas as pd

from mfg_imitation.names import GAPS, ROUNDING
from mfg_imitation.report.cells import number
from mfg_imitation.report.findings import largest_gaps
from mfg_imitation.report.literal import literal

#: Of a share of the population at most this, nobody is said to be there, or to do something.
NOBODY = 1e-6

#: More than this is everybody.
EVERYBODY = 0.995

#: Up to so many states are spoken of one by one.
FEW = 8

#: A gain below this share of the reward's range times the horizon is none.
NOTHING = 1e-6


def policy_said(policy: pd.DataFrame) -> list[str]:
    """Markdown: what the expert does; state by state where there are few, else of the whole population.

    Args:
        policy: see `studies.policy.policy_table`.
    """
    policy = policy.assign(state=policy["state"].astype(str), action=policy["action"].astype(str))
    there = policy[policy["population"] > NOBODY]
    if policy["state"].nunique() > FEW:
        return _everywhere(there)
    lines = []
    for state in policy["state"].drop_duplicates():
        here = there[there["state"] == state]
        if here.empty:
            lines.append(f"In *{literal(state)}* there is never anybody.")
            continue
        shares = here.pivot_table(index="step", columns="action", values="probability", fill_value=0, sort=True)
        parts = [_stretch(first, last, shares) for first, last in _stretches(shares)]
        lines.append(f"In *{literal(state)}*: {'; '.join(parts)}.")
    return lines


def _stretches(shares: pd.DataFrame) -> list[tuple[int, int]]:
    """First and last steps between which the likeliest action, and whether all play it, stay the same; at most four."""
    kinds = shares.idxmax(axis=1) + shares.max(axis=1).gt(EVERYBODY).map(str)
    starts = [step for step, changed in (kinds != kinds.shift()).items() if changed]
    if len(starts) > 4:
        starts = starts[:1]
    steps = list(shares.index)
    ends = [steps[steps.index(start) - 1] for start in starts[1:]] + [steps[-1]]
    return list(zip(starts, ends, strict=True))


def _stretch(first: int, last: int, shares: pd.DataFrame) -> str:
    """What is done between two steps."""
    here = shares.loc[first:last]
    whole = len(here) == len(shares)
    when = (
        ("always" if whole else f"at step {first}")
        if first == last
        else (f"at all steps, {first} to {last}" if whole else f"from step {first} to {last}")
    )
    played = here.mean().sort_values(ascending=False)
    played = played[played > 0.005]
    if played.iloc[0] > EVERYBODY:
        return f"everybody plays *{literal(played.index[0])}* {when}"
    parts = []
    for action in played.index[:3]:
        low, high = here[action].min(), here[action].max()
        share = f"{high:.0%}" if high - low < 0.01 else f"{low:.0%} to {high:.0%}"
        parts.append(f"{share} play *{literal(action)}*")
    begins = here[played.index[0]]
    peak = "" if begins.max() - begins.min() < 0.05 or first == last else f" (most at step {begins.idxmax()})"
    return f"{when} {', '.join(parts)}{peak}"


def _everywhere(there: pd.DataFrame) -> list[str]:
    """What the whole population does, over all states."""
    played = there.assign(share=there["probability"] * there["population"])
    shares = played.pivot_table(index="step", columns="action", values="share", aggfunc="sum", fill_value=0)
    first, last = shares.index[0], shares.index[-1]
    lines = []
    for step, when in (
        (first, f"At step {first}"),
        (shares.index[len(shares) // 2], f"At step {shares.index[len(shares) // 2]}"),
        (last, "At the last step"),
    ):
        most = shares.loc[step].sort_values(ascending=False)
        said = ", ".join(f"*{literal(action)}* {share:.0%}" for action, share in most[most > 0.005].head(4).items())
        lines.append(f"{when}, over all states: {said}.")
    pure = (played["share"] * (played["probability"] > EVERYBODY)).sum() / played["share"].sum()
    lines.append(f"{pure:.0%} of what is played is played by everybody in its state.")
    return lines


def population_said(flow: pd.DataFrame) -> list[str]:
    """Markdown: where the population is: where it begins, when it comes and goes, where it ends.

    Args:
        flow: columns step, state, population.
    """
    shares = flow.assign(state=flow["state"].astype(str)).pivot_table(
        index="step", columns="state", values="population", sort=False
    )
    last = shares.index[-1]
    if (shares.max() - shares.min()).max() < 0.005:
        where = ", ".join(f"*{literal(state)}* {share:.0%}" for state, share in _most(shares.loc[last]))
        return [f"The population stands still: {where} at every step."]
    if shares.shape[1] > FEW:
        ever = shares.max().idxmax()
        when = shares[ever].idxmax()
        end = shares.loc[last].idxmax()
        spread = int((shares.loc[last] > NOBODY).sum())
        return [
            f"The fullest state is *{literal(ever)}* at step {when}, with {shares.loc[when, ever]:.1%} of the "
            f"population. At the last step it is "
            f"*{literal(end)}*, with {shares.loc[last, end]:.1%}; somebody is then in {spread} of {shares.shape[1]} "
            f"states.",
            _state_said(end, shares[end]),
        ]
    return [_state_said(state, column) for state, column in shares.items() if column.max() > NOBODY]


def _state_said(state: str, column: pd.Series) -> str:
    """How full a state is over the steps."""
    first, last, peak = column.iloc[0], column.iloc[-1], column.idxmax()
    parts = []
    if first <= NOBODY:
        came = column.index[column.to_numpy() > NOBODY][0]
        parts.append(f"nobody before step {came}; {column[came]:.1%} then")
    else:
        left = column.index[column.to_numpy() < first * EVERYBODY]
        parts.append(
            f"{first:.1%} begin here"
            + (f", nobody leaves before step {left[0]}" if len(left) and left[0] > column.index[1] else "")
        )
        half = column.index[column.to_numpy() <= first / 2]
        if len(half):
            parts.append(f"half of them have left by step {half[0]}")
    if peak not in (column.index[0], column.index[-1]) and column[peak] > max(first, last) + 0.005:
        parts.append(f"{column[peak]:.1%} at most, at step {peak}")
    parts.append(f"{last:.1%} at the last step")
    return f"*{literal(state)}*: {'; '.join(parts)}."


def _most(shares: pd.Series) -> Iterable[tuple[str, float]]:
    shares = shares.sort_values(ascending=False, kind="stable")
    return shares[shares > 0.005].head(5).items()


def expert_said(facts: Mapping, tolerance: float) -> str:
    """Markdown: where the expert comes from, and how exploitable it is."""
    share = facts["relative_exploitability"]
    where = (
        "The expert is known in closed form"
        if facts["status"] == "known"
        else f"A solver found the expert in {facts['iterations']:.0f} iterations, with the status *{facts['status']}*"
    )
    if facts["exploitability"] <= ROUNDING:
        return f"{where}. Nobody can gain anything by deviating: its measured exploitability is 0."
    met = (
        ""
        if pd.isna(tolerance)
        else (
            f" (the tolerance is {number(tolerance)})"
            if facts["exploitability"] <= tolerance
            else f", **above** the tolerance of {number(tolerance)}"
        )
    )
    return (
        f"{where}. By deviating, one agent could still gain **{number(facts['exploitability'])}**{met}: "
        f"{_share(share)} of the range of rewards "
        "times the horizon."
    )


def _share(share: float) -> str:
    """A share in percent, or in millionths where percents have too many zeros."""
    return f"{share:.2%}" if share >= 1e-4 else f"{number(1e6 * share)} millionths"


def others_said(others: pd.DataFrame, value: float) -> str:
    """Markdown: whether other equilibria were found from other starts.

    Args:
        others: see `studies.other_equilibria.other_equilibria`.
        value: what everyone earns in the expert's equilibrium.
    """
    count, same = len(others), int((others["equilibrium"] == 0).sum())
    nowhere = others[others["equilibrium"] < 0]
    different = others[others["equilibrium"] > 0].drop_duplicates("equilibrium")
    searched = f"Online mirror descent was started from {count} policies: uniform, nearly one action everywhere, random"
    if len(nowhere) == count:
        found = "None of them came to an equilibrium, so that nothing can be said"
    elif different.empty:
        found = f"It found **no other equilibrium**: {same} of the {count} searches ended in the expert's population"
    else:
        said = "; ".join(
            f"from *{literal(str(row.start))}* one in which everyone earns {number(row.value)}"
            for row in different.head(4).itertuples()
        )
        more = f", and {len(different) - 4} more" if len(different) > 4 else ""
        found = (
            f"It found **{len(different)} other{'s' if len(different) > 1 else ''}**: {said}{more} (the expert's: "
            f"{number(value)}); "
            f"{same} searches ended in the expert's population"
        )
    rest = (
        ""
        if nowhere.empty
        else (
            f"; {len(nowhere)} were stopped before they had come to an equilibrium, at distances of at most "
            f"{number(nowhere['distance'].max())} from "
            "the expert's population"
        )
    )
    return f"{searched}. {found}{rest}. A search that finds nothing proves nothing."


def social_said(facts: Mapping) -> str:
    """Markdown: what the population could earn by acting as one."""
    unit = facts["reward_range"] * facts["horizon"]
    gain, value = facts["price_of_anarchy"], facts["equilibrium_value"]
    earned = f"In equilibrium everyone earns {number(value)}"
    if gain <= NOTHING * unit:
        return f"{earned}, and no better policy for all was found: the equilibrium is as good as a social optimum."
    share = (
        f", {gain / abs(value):.0%} of what it earns now"
        if abs(value) > NOTHING * unit and gain < 10 * abs(value)
        else ""
    )
    left = (
        ""
        if facts["social_status"] == "converged"
        else f" The search was stopped early: a small change still promised {number(facts['social_stationarity'])}."
    )
    return f"{earned}. Acting as one, the population could earn at least **{number(gain)} more**{share}.{left}"


def values_table(facts: Mapping) -> pd.DataFrame:
    """What everyone earns in equilibrium, and at the best for all that was found."""
    names = {
        "equilibrium": "equilibrium_value",
        "best social value found": "social_value",
        "price of anarchy": "price_of_anarchy",
    }
    return pd.DataFrame({"value": list(names), "reward over the horizon": [facts[column] for column in names.values()]})


def comparison_said(comparison: pd.DataFrame) -> tuple[str, str]:
    """The title of the game that another is compared with, and Markdown: who earns more."""
    here, other = comparison.to_dict("records")
    more = here["equilibrium_value"] - other["equilibrium_value"]
    return other["title"], (
        f"In equilibrium everyone earns {number(here['equilibrium_value'])} here and "
        f"{number(other['equilibrium_value'])} there: "
        f"**{number(abs(more))} {'more' if more > 0 else 'less'}** here. The best for all that was found is "
        f"{number(here['social_value'])} here "
        f"and {number(other['social_value'])} there."
    )


def paths_table(paths: pd.DataFrame) -> pd.DataFrame:
    """The largest of each gap on every path away from the expert."""
    words = {"declared": "the declared slip", "uniform": "uniform", "random": "random"}
    largest = largest_gaps(paths, list(GAPS)).rename(index=words, columns=GAPS)
    return largest.rename(index="towards {}".format).rename_axis("path").reset_index()
