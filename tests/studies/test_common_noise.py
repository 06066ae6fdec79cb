"""The study of common noise on a tiny game, and its slopes, shares and prices on numbers that are known."""

import numpy as np
import pandas as pd
import pytest
from noisy_games import flows, histories, number, probability, tiny

import mfg_imitation as mfg
from mfg_imitation.equilibria.solve import expert
from mfg_imitation.studies.awareness import means_table, worth_of_awareness
from mfg_imitation.studies.common_noise import (
    histories_table,
    imitators,
    is_signal,
    noise_summary,
    symmetric_equilibria,
    unaware_imitator,
)


@pytest.fixture(scope="module")
def game():
    return tiny(12)


@pytest.fixture(scope="module")
def found(game):
    return expert(game, {"tolerance": 1e-4})


def test_every_algorithm_is_fitted_in_every_class(game, found):
    searched = {"seeds": 2, "iterations": 20}
    table = imitators(game, found.policy, ["bc", "most_frequent"], [20, 200], 3, searched, 50, 5)
    counts = table.groupby(["sharing", "algorithm", "awareness", "demonstrations"]).size()
    assert (counts[50] == 3).all() and [*counts[50].index.unique("demonstrations")] == [200]
    counts = counts[1]
    assert (counts["bc"] == 3).all() and len(counts["bc"]) == 6
    assert (counts["most_frequent"] == 2).all() and len(counts["most_frequent"]) == 3
    sample = mfg.sample_demonstrations(game, found.policy, 200, 6)
    fit = mfg.behavioral_cloning(sample.first(20), game, awareness="unaware")
    asked = "sharing == 1 and algorithm == 'bc' and awareness == 'unaware' and demonstrations == 20 and seed == 6"
    row = table.query(asked).iloc[0]
    assert abs(row["nash_imitation_gap"] - float(mfg.nash_imitation_gap(game, fit.policy))) < 1e-12


def test_the_summary_has_the_floors(game, found):
    row = noise_summary("tiny", game, found, 2, 0).iloc[0]
    assert row["histories"] == 8 and row["nodes"] == 14 and row["nash_found"] == 0
    assert row["floor_aware"] <= row["exploitability"] + 1e-12 < row["floor_unaware"]
    unaware = unaware_imitator(game, found.policy)
    assert abs(row["floor_unaware"] - float(mfg.nash_imitation_gap(game, unaware))) < 1e-12


def test_the_table_of_histories_is_the_flow(game, found):
    table = histories_table(game, {"expert": found.policy})
    populations, names = flows(game, found.policy), game.noise_states
    rows = table.set_index(["step", "history", "state"])
    for length in (1, 2, 3):
        for history in histories(game, length):
            name = " > ".join(names[noise] for noise in history)
            for s, state in enumerate(game.states):
                row = rows.loc[(length - 1, name, state)]
                assert abs(row["population"] - populations[history][s]) < 1e-12
                assert abs(row["probability"] - probability(game, history)) < 1e-12
                assert abs(row["plays"] - np.max(found.policy[length - 1][number(history), s])) < 1e-12
                assert row["noise"] == names[history[-1]]


def test_only_a_signal_is_one(game):
    signal = mfg.load_game("signal")
    assert is_signal(signal) and not is_signal(game)
    values = symmetric_equilibria(signal.games[0], 4, 0)
    expert = signal.known_expert()
    assert len(values) and values.max() < float(mfg.policy_value(signal, expert, mfg.population_flow(signal, expert)))


def curve(awareness, gaps, seeds=(0, 1), crowd=1, status="closed form"):
    named = {"game": "g", "algorithm": "bc", "sharing": crowd, "awareness": awareness, "status": status}
    rows = [
        {**named, "demonstrations": size, "seed": seed}
        | {"nash_imitation_gap": gap * (1 + 0.1 * (seed - 0.5)), "population_value_gap": 0.0}
        for size, gap in gaps.items()
        for seed in seeds
    ]
    return pd.DataFrame(rows)


def test_slopes_shares_and_prices():
    sizes = (10, 100, 1000, 10_000)
    frame = pd.concat(
        [
            curve("aware", {size: 4 * size**-0.5 for size in sizes}),
            curve("noise_aware", {size: 0.2 for size in sizes}),
            curve("unaware", {10: 0.3, 100: 0.2, 1000: 0.2, 10_000: 0.2}),
            curve("aware", {1000: 0.4, 10_000: 0.2}, crowd=100),
        ]
    )
    row = worth_of_awareness(frame, 50, 0).iloc[0]
    assert abs(row["slope_aware"] + 0.5) < 1e-9 and abs(row["slope_unaware"]) < 1e-9
    assert (
        row["slope_aware_low"] <= row["slope_aware"] + 1e-12 and row["slope_aware"] - 1e-12 <= row["slope_aware_high"]
    )
    assert abs(row["share"] - 0.2) < 1e-9 and row["share_low"] <= 0.2 + 1e-9 and row["share_high"] >= 0.2 - 1e-9
    assert abs(row["price"] - 4) < 1e-9  # 4 / sqrt(400) = 0.2
    assert row["sharing"] == 100 and abs(row["crowd_aware"] - 0.2) < 1e-9 and abs(row["crowd_worth"] - 0.04) < 1e-9
    means = means_table(frame, 50, 0)
    aware = means[(means["awareness"] == "aware") & (means["demonstrations"] == 100)].iloc[0]
    assert abs(aware["nash_imitation_gap"] - 0.4) < 1e-9 and aware["seeds"] == 2
    assert aware["nash_imitation_gap_low"] < 0.4 < aware["nash_imitation_gap_high"]


def test_ends_of_searches_are_known_to_their_range_over_the_seeds():
    frames = [curve(awareness, {1000: 0.4}, status="iteration limit") for awareness in ("aware", "unaware")]
    frame = pd.concat([*frames, curve("noise_aware", {1000: 0.4})])
    row = worth_of_awareness(frame, 20, 0).iloc[0]
    assert abs(row["aware_precision"] - 0.04) < 1e-9 and row["noise_aware_precision"] == 0
    assert abs(row["share_precision"] - 0.2) < 1e-9  # both gaps are .4, known to .04
    means = means_table(frame, 20, 0).set_index("awareness")["nash_imitation_gap_high_precision"]
    assert abs(means["unaware"] - 0.04) < 1e-9 and means["noise_aware"] == 0


def test_a_gap_that_is_gone_has_no_slope_there():
    frame = pd.concat(
        [
            curve("aware", {100: 0.1, 1000: 0.0, 10_000: 0.0}),
            curve("noise_aware", {100: 0.1, 1000: 0.1, 10_000: 0.1}),
            curve("unaware", {100: 0.1, 1000: 0.1, 10_000: 0.1}),
        ]
    )
    row = worth_of_awareness(frame, 20, 0).iloc[0]
    assert np.isnan(row["slope_aware"]) and row["share"] == 0 and np.isnan(row["price"])
