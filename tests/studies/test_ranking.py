"""Who is the better imitator: paired, ties by tolerance, and a crowd that is lost is no winner."""

import numpy as np
import pandas as pd
import pytest

from mfg_imitation.studies.ranking import LEVEL, ranking, tally

SEEDS = 20


def table(**losses) -> pd.DataFrame:
    """algorithm=(gaps over the seeds, how much less its population earns)."""
    rows = [
        ("g", "clean", 100, algorithm, seed, gap, lost, 10.0)
        for algorithm, (gaps, lost) in losses.items()
        for seed, gap in enumerate(np.broadcast_to(gaps, SEEDS))
    ]
    columns = "game experiment demonstrations algorithm seed nash_imitation_gap population_value_gap unit"
    return pd.DataFrame(rows, columns=columns.split())


def ranked(**losses) -> pd.DataFrame:
    return ranking(table(**losses)).set_index("algorithm")


def test_a_small_difference_on_every_sample_is_found_below_the_spread_of_the_samples(rng):
    """Paired: each is 0.01 better on every sample, which the spread of 1 between samples would hide."""
    noise = rng.random(SEEDS)
    found = ranked(bc=(noise + 0.01, 0), other=(noise, 0))
    assert found.loc["other", "alone"] and not found.loc["bc", "alone"]
    assert found.loc["bc", "behind"] == pytest.approx(0.01) and found.loc["bc", "behind_p"] < 1e-3
    assert found.loc["other", "better_than_bc"] and not found.loc["other", "worse_than_bc"]


def test_ties_within_the_tolerance_are_no_victories():
    """A tenth of the tolerance, 1e-4 of the unit, on every sample."""
    found = ranked(bc=(1e-4, 0), other=(0.0, 0))
    assert not found["alone"].any() and found["near"].all()
    assert (found["behind"] == 0).all() and (found["behind_p"] == 1).all()


def test_chance_is_not_a_victory(rng):
    """Differences of either sign and equal size: the p-value is far from LEVEL."""
    noise = rng.random(SEEDS)
    found = ranked(bc=(noise, 0), other=(noise[::-1], 0))
    assert not found["alone"].any() and found.drop(found["best"].iloc[0])["behind_p"].min() > LEVEL


def test_a_crowd_that_is_lost_is_not_the_best():
    """Nobody gains by deviating where all is lost: the Nash imitation gap is 0, the population earns 5 less."""
    found = ranked(bc=(0.5, 0.2), lost=(0.0, 5.0), richer=(0.4, -3.0))
    assert found["loss"].to_dict() == {"bc": 0.5, "lost": 5.0, "richer": 0.4}
    assert found.loc["richer", "alone"] and found.loc["lost", "worse_than_bc"] and not found.loc["lost", "near"]


def test_near_is_a_tenth_more_at_most():
    found = ranked(bc=(1.0, 0), near=(1.09, 0), far=(1.12, 0))
    assert found["near"].to_dict() == {"bc": True, "near": True, "far": False}
    assert found["worse_than_bc"].to_dict() == {"bc": False, "near": True, "far": True}


def test_the_tally_counts_the_cells_with_most_demonstrations():
    first = table(bc=(1.0, 0), other=(0.0, 0))
    second = table(bc=(0.0, 0), other=(1.0, 0)).assign(demonstrations=10)  # fewer: not counted
    third = table(bc=(0.0, 0)).assign(experiment="noise")
    counts = tally(ranking(pd.concat([first, second, third]))).set_index(["experiment", "algorithm"])
    assert counts.loc[("all", "other"), ["cells", "near", "alone", "better_than_bc"]].tolist() == [1, 1, 1, 1]
    assert counts.loc[("all", "bc"), ["cells", "near", "alone", "worse_than_bc"]].tolist() == [2, 1, 0, 0]
    assert counts.loc[("all", "bc"), "near_share"] == 0.5
    assert counts.loc[("noise", "bc"), "near_share"] == 1 and ("noise", "other") not in counts.index
    assert counts["compared"].all(), "there is one game only"
    elsewhere = table(bc=(0.0, 0)).assign(game="elsewhere")
    compared = tally(ranking(first).pipe(lambda one: pd.concat([one, ranking(elsewhere)]))).set_index("algorithm")
    assert compared.loc["bc", "compared"].all() and not compared.loc["other", "compared"].any()
