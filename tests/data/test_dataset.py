"""Data sets are read as their files say; every mistake is one line with the key, or with the row and the column."""

import numpy as np
import pandas as pd
import pytest
from trajectory_tables import HORIZON, rows_of

import mfg_imitation as mfg
from mfg_imitation.data.dataset import load_dataset


def test_words_columns_order_and_first_step_are_the_files(epidemic, sample, write):
    table = rows_of(epidemic, sample)
    told = pd.DataFrame(
        {
            "who": "p" + table["trajectory"].astype(str),
            "week": table["step"] + 3,
            "health": table["state"].map({"susceptible": 36.6, "infected": 38.0}),
            "out": table["action"].map({"go_out": "yes", "keep_distance": "no"}),
        }
    )
    said = {
        "columns": {"trajectory": "who", "step": "week", "state": "health", "action": "out"},
        "first_step": 3,
        "states": [{"below": 37.5, "name": "susceptible"}, {"name": "infected"}],
        "actions": {"yes": "go_out", "no": "keep_distance"},
    }
    found = load_dataset(write(told, **said))
    np.testing.assert_array_equal(found.demonstrations.states, sample.states)
    np.testing.assert_array_equal(found.demonstrations.actions, sample.actions)
    assert found.demonstrations.weights is None and found.remarks == () and found.rows == len(table)
    again = load_dataset(write(told.sample(frac=1, random_state=0), **said))
    order = np.argsort([int(label[1:]) for label in again.trajectories.labels])
    np.testing.assert_array_equal(np.asarray(again.demonstrations.states)[order], sample.states)


def test_a_compressed_table_and_a_parquet_one_are_the_same(epidemic, sample, write):
    table = rows_of(epidemic, sample)
    found = load_dataset(write(table))
    table.to_csv(found.file.path.parent / "t.csv.gz", index=False)
    table.to_parquet(found.file.path.parent / "t.parquet")
    for name in ("t.csv.gz", "t.parquet"):
        again = load_dataset(write(table, trajectories=name))
        np.testing.assert_array_equal(again.demonstrations.states, found.demonstrations.states)


def test_crowds_and_weights(epidemic, sample, write):
    table = rows_of(epidemic, sample)
    # The same label in another crowd is somebody else.
    table = table.assign(day=np.where(table["trajectory"] % 2, "b", "a"), trajectory=table["trajectory"] // 2)
    table["worth"] = np.where(table["day"] == "b", 2.0, 0.5)
    found = load_dataset(write(table, columns={"crowd": "day", "weight": "worth"}))
    assert found.trajectories.crowd_names == ("a", "b") and len(found.trajectories.lengths) == 400
    occupancy = mfg.empirical_occupancy(found.demonstrations, found.game)
    odd = mfg.empirical_occupancy(mfg.Demonstrations(sample.states[1::2], sample.actions[1::2]), epidemic)
    even = mfg.empirical_occupancy(mfg.Demonstrations(sample.states[::2], sample.actions[::2]), epidemic)
    np.testing.assert_allclose(occupancy, 0.8 * odd + 0.2 * even, atol=1e-12)


def ragged(epidemic, sample, write, how: str):
    lengths = np.arange(400) % HORIZON + 1
    return load_dataset(write(rows_of(epidemic, sample, lengths), unequal=how)), lengths


def test_censored_trajectories_count_as_far_as_they_go(epidemic, sample, write):
    found, lengths = ragged(epidemic, sample, write, "censor")
    assert found.demonstrations.weights.sum() == lengths.sum()
    assert len(found.remarks) == 1 and "end before the horizon" in found.remarks[0]


def test_cut_ends_all_with_the_shortest(epidemic, sample, write):
    long = rows_of(epidemic, sample, np.where(np.arange(400) == 7, 3, HORIZON))
    found = load_dataset(write(long, unequal="cut"))
    assert found.game.horizon == 3 and found.demonstrations.states.shape == (400, 3)
    np.testing.assert_array_equal(found.demonstrations.states, sample.states[:, :3])


@pytest.mark.parametrize(
    ("change", "said", "message"),
    [
        ({}, {"titel": "x"}, "set.yaml: titel is an unknown key (did you mean 'title'?)"),
        ({}, {"game": None}, "set.yaml: game is missing"),
        ({}, {"game": "siss"}, "set.yaml: game is 'siss': unknown game"),
        ({}, {"unequal": "drop"}, "set.yaml: unequal is 'drop', but must be refuse, censor or cut"),
        ({}, {"label_noise": 2}, "set.yaml: label_noise is 2, but must be a number from 0 to 1, or estimate"),
        ({}, {"estimate": ["infectoin"]}, "estimate[0] is 'infectoin', but"),
        ({}, {"estimate": ["infection_cost"]}, "whose `minimum` and `maximum`"),
        ({}, {"kernel": "affine", "estimate": ["infection"]}, "estimate asks for parameters of a kernel that"),
        (
            {},
            {"states": {"susceptible": "sick"}},
            "states.susceptible is 'sick', but the game has susceptible, infected",
        ),
        ({}, {"states": {"ill": "infected"}}, "row 1: state 'susceptible' is no word that states in"),
        ({}, {"states": [{"below": 1, "name": "infected"}, {"name": "susceptible"}]}, "no number, which bins need"),
        ({}, {"columns": {"state": "health"}}, "table.csv: column 'health' is missing"),
        ({}, {"first_step": 1}, "row 1: step '0' is before the first step, 1"),
        ({}, {"overrides": {"horizon": 5}}, "row 1: trajectory 0 begins here and has 6 steps, but the horizon is 5"),
        ({}, {"overrides": {"infection": 3}}, "parameters.infection: 3 is not a finite number"),
        (
            {"state": (8, "dead")},
            {},
            "table.csv: row 9: state 'dead' is no state of the game; they are susceptible, inf",
        ),
        ({"step": (8, "0")}, {}, "row 9: step '0' is given twice"),
        ({"step": (8, "9")}, {}, "row 7: trajectory 1 begins here and has no step 2, but later ones"),
        ({"step": (8, "soon")}, {}, "row 9: step 'soon' is no whole number"),
        ({"trajectory": (8, "")}, {}, "row 9: trajectory '' is missing"),
    ],
    ids=str,
)
def test_mistakes_are_one_line(epidemic, sample, write, one_line, change, said, message):
    table = rows_of(epidemic, sample).astype(str)
    for column, (row, value) in change.items():
        table.loc[row, column] = value
    assert message in one_line(load_dataset, write(table, **said))


def test_unequal_lengths_are_refused_unless_said(epidemic, sample, write, one_line):
    short = rows_of(epidemic, sample, np.where(np.arange(400) == 2, 3, HORIZON))
    assert "row 13: trajectory 2 begins here and has 3 steps, but the horizon is 6: unequal: censor" in one_line(
        load_dataset, write(short)
    )
    nobody = rows_of(epidemic, sample, np.full(400, 3))
    assert "nobody is observed at step 3" in one_line(load_dataset, write(nobody, unequal="censor"))


def test_impossible_records_are_refused_dropped_or_kept(epidemic, sample, write, one_line):
    states, actions = np.array(sample.states), np.array(sample.actions)
    i, n = map(int, np.argwhere((states[:, :-1] == 0) & (actions[:, :-1] == 1) & (states[:, 1:] == 0))[5])
    states[i, n + 1] = 1  # infected in spite of the distance
    table = rows_of(epidemic, mfg.Demonstrations(states, actions))
    row, said = i * HORIZON + n + 1, f"trajectory {i} does keep_distance in susceptible and comes to infected"
    assert f"row {row}: {said}" in one_line(load_dataset, write(table, label_noise=0))
    dropped = load_dataset(write(table, label_noise=0, impossible="drop"))
    assert len(dropped.trajectories.lengths) == 399 and said in dropped.remarks[0]
    kept = load_dataset(write(table, label_noise=0, impossible="keep"))
    assert len(kept.trajectories.lengths) == 400 and "The game forbids 1 of 2400 records" in kept.remarks[0]
    # A label may be wrong: going out explains the move.
    assert load_dataset(write(table)).remarks == ()
