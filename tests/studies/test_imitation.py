"""The experiments on demonstrations: what they measure, and how it is summed up."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.studies.finite_populations import finite_populations
from mfg_imitation.studies.imitation import EMPIRICAL, _empirical, imitators, summary

GAP = "nash_imitation_gap"


@pytest.fixture(scope="module")
def game():
    return mfg.load_game("sheltered_attractor", transition_lipschitz=1, shelter_cost=0.05, horizon=5)


@pytest.fixture(scope="module")
def table(game):
    experiments = {"clean": {}, "noise": {"label_noise": 0.3}}
    return run(game, experiments)


def run(game, experiments, seed=0):
    sizes = {"demonstrations": [10, 40], "seeds": 3, "iterations": 50}
    return imitators(game, game.known_expert(), experiments, seed=seed, **sizes)


def test_every_fit_is_measured(game, table):
    assert len(table) == 2 * 2 * 3 * 4  # experiments, sizes, seeds, algorithms (the simplex counted)
    keys = ["experiment", "demonstrations", "seed", "algorithm"]
    assert not table.duplicated(keys).any()
    numbers = table.drop(columns=keys)
    assert np.isfinite(numbers).all(axis=None)
    assert (table[GAP] >= -1e-12).all()


def test_cloning_a_deterministic_expert_of_clean_demonstrations_is_exact(table):
    exact = table[(table["experiment"] == "clean") & (table["algorithm"] == "bc")]
    assert (exact[[GAP, "bc", "vanilla_adv", "mfc_adv"]].abs() <= 1e-12).all(axis=None)


def test_the_two_exact_solvers_reach_one_objective_and_no_algorithm_of_its_kind_a_smaller_one(table):
    wide = table.set_index(["experiment", "demonstrations", "seed", "algorithm"])["objective"].unstack()  # noqa: PD010
    np.testing.assert_allclose(wide["vanilla_adv"], wide["vanilla_adv_simplex"], rtol=0, atol=1e-6)
    noisy = table[(table["experiment"] == "noise") & (table["algorithm"] == "vanilla_adv")]
    # The expert's own policy is one that the program may choose: its distance from the demonstrations is no smaller.
    assert (noisy["objective"] <= 5 * noisy["empirical_vanilla_adv"] + 1e-6).all()


def test_equal_seeds_give_equal_tables_and_others_do_not(game, table):
    again = run(game, {"clean": {}, "noise": {"label_noise": 0.3}})
    pd.testing.assert_frame_equal(again.drop(columns="seconds"), table.drop(columns="seconds"))
    other = run(game, {"noise": {"label_noise": 0.3}}, seed=7)
    assert not np.allclose(other["bc"], table.loc[table["experiment"] == "noise", "bc"])


def test_empirical_errors_are_the_proxies_when_the_demonstrations_are_the_expert(game, rng, draw_policies):
    expert = game.known_expert()
    policies = jnp.asarray(np.stack([draw_policies(rng, game) for _ in range(4)]))
    target = jnp.broadcast_to(mfg.occupancy(game, expert), policies.shape)
    found, wanted = _empirical(game, expert, target, policies), mfg.proxies(game, expert, policies)
    for mine, true in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, true, rtol=0, atol=1e-12)
    assert [f"empirical_{name}" for name in wanted._fields] == list(EMPIRICAL)


def test_summary_takes_medians_over_the_seeds(table):
    card = summary(table.assign(game="g"), resamples=200, seed=0)
    assert len(card) == 2 * 2 * 4 and (card["seeds"] == 3).all()
    group = table[(table["experiment"] == "noise") & (table["demonstrations"] == 40) & (table["algorithm"] == "bc")]
    row = card[(card["experiment"] == "noise") & (card["demonstrations"] == 40) & (card["algorithm"] == "bc")].iloc[0]
    assert row[GAP] == np.median(group[GAP])
    assert group[GAP].min() <= row[f"{GAP}_low"] <= row[GAP] <= row[f"{GAP}_high"] <= group[GAP].max()
    pd.testing.assert_frame_equal(card, summary(table.assign(game="g"), resamples=200, seed=0))


def test_populations_of_players_come_nearer_to_the_exact_gap():
    """A factor of 100 in N shrinks the error about tenfold; that it does not even halve has a chance below 1e-6."""
    game = mfg.load_game("sis", horizon=4)
    found = finite_populations(game, game.uniform_policy(), [20, 2000], repetitions=40, seed=0)
    plug_in = found[found["estimate"] == "plug_in"].set_index("n_players")
    assert plug_in.loc[2000, "error"] < plug_in.loc[20, "error"] / 2
    assert (plug_in["exact"] == float(mfg.nash_imitation_gap(game, game.uniform_policy()))).all()
    slope = np.log(plug_in.loc[2000, "error"] / plug_in.loc[20, "error"]) / np.log(100)
    np.testing.assert_allclose(plug_in["slope"], slope, rtol=1e-9)
