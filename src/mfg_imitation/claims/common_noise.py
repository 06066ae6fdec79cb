"""What common noise changes: a scorecard of its own (ours).

The tables are games (`studies.common_noise.noise_summary` of every game), worth (`studies.awareness`) and steps
(`theory.examination.summary`, of random games with common noise).
"""

from mfg_imitation.claims.claim import claim
from mfg_imitation.names import SMALL_SAMPLE

SOLVED = 1e-5  # exploitability of the experts, as a share of the reward's range times the horizon
MATTERS = 1e-3  # a gap above this share of the reward's range times the horizon is one that matters
FLAT, FALLING = 0.15, -0.4  # slopes of the gap in the number of demonstrations, both logarithmic
HALF = 0.5


def _row(name, measure, measured, threshold):
    return {"claim": name, "where": "this project", "measure": measure, "measured": measured, "threshold": threshold}


def _words(name):
    return str(name).replace("_", " ")


def _floor(row):
    """The gap of unaware imitators with infinitely many demonstrations, as a share."""
    return row.floor_unaware / (row.reward_range * row.horizon)


@claim("noise")
def experts_are_equilibria(tables):
    for row in tables["games"].itertuples():
        measure = f"exploitability over range times horizon, on {row.nodes} nodes"
        yield _row(f"{_words(row.game)}: the expert is an equilibrium", measure, row.relative_exploitability, SOLVED)


@claim("noise")
def unaware_imitators_keep_a_gap(tables):
    for row in tables["games"].itertuples():
        if _floor(row) <= MATTERS:
            continue
        measure = "gap of the aware over that of the unaware, cloning of infinitely many demonstrations"
        yield _row(
            f"{_words(row.game)}: no data close the gap of unaware cloning; aware cloning has none",
            measure,
            row.floor_aware / row.floor_unaware,
            MATTERS,
        )


@claim("noise")
def awareness_pays(tables):
    shares = tables["games"].set_index("game")
    for row in tables["worth"].itertuples():
        if _floor(shares.loc[row.game]) <= MATTERS:
            continue
        measure = f"aware over unaware gap, {row.seeds} samples of {row.demonstrations}, upper end of the 95% interval"
        yield _row(f"{_words(row.game)}, {row.algorithm}: the aware lose less than half", measure, row.share_high, HALF)


@claim("noise")
def gaps_fall_with_data(tables):
    shares = tables["games"].set_index("game")
    for row in tables["worth"].itertuples():
        if row.slope_unaware != row.slope_unaware:  # a single size
            continue
        measure = f"slope of log gap in log demonstrations, from {SMALL_SAMPLE} on"
        yield _row(f"{_words(row.game)}: the gap of aware cloning falls", measure, row.slope_aware, FALLING)
        if _floor(shares.loc[row.game]) > MATTERS:
            yield _row(f"{_words(row.game)}: that of unaware cloning hardly does", measure, -row.slope_unaware, FLAT)


@claim("noise")
def histories_are_what_counts(tables):
    shares = tables["games"].set_index("game")
    for row in tables["worth"].itertuples():
        if _floor(shares.loc[row.game]) <= MATTERS or row.crowd_worth != row.crowd_worth:
            continue
        yield _row(
            f"{_words(row.game)}: trajectories that share histories teach the aware less",
            f"how many with own histories do as well as {row.demonstrations} in crowds of {row.sharing:.0f}: a share",
            row.crowd_worth,
            HALF,
        )


@claim("noise")
def noise_may_not_matter(tables):
    games = tables["games"].set_index("game")
    for row in tables["worth"].itertuples():
        one = games.loc[row.game]
        if _floor(one) > MATTERS or row.slope_unaware != row.slope_unaware:
            continue
        yield _row(
            f"{_words(row.game)}: where the noise does not matter, the unaware lose nothing by it",
            "gap of unaware cloning of infinitely many demonstrations over range times horizon",
            _floor(one),
            SOLVED,
        )
        measure = f"times as many demonstrations that the aware need, to lose what the unaware do with {SMALL_SAMPLE}"
        yield _row(
            f"{_words(row.game)}: awareness costs fewer samples than there are histories",
            measure,
            row.price,
            one.histories,
        )


@claim("noise")
def signals_help(tables):
    for row in tables["games"].itertuples():
        if not row.nash_found:
            continue
        measure = f"best value of a symmetric Nash equilibrium less the expert's, {row.nash_found} found"
        yield _row(
            f"{_words(row.game)}: a correlated equilibrium is better than every symmetric one found",
            measure,
            row.nash_value - row.value,
            -MATTERS * row.reward_range * row.horizon,
        )
        measure = "gap of signal-aware cloning over that of unaware cloning, infinitely many demonstrations"
        share = row.floor_noise_aware / row.floor_unaware
        yield _row(f"{_words(row.game)}: unaware imitators fail, signal-aware ones do not", measure, share, MATTERS)


@claim("noise")
def bounds_hold_with_expectations(tables):
    for row in tables["steps"].itertuples():
        measure = f"violations in {row.checks} checks, {row.games} random games with common noise"
        yield _row(row.step, measure, row.violations, 0)
