"""The experiments on demonstrations: what they measure, and how it is summed up."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.proxies import errors_of
from mfg_imitation.studies.finite_populations import finite_populations
from mfg_imitation.studies.imitation import KEYS, imitators
from mfg_imitation.studies.medians import summary
from mfg_imitation.studies.samples import draw_samples, from_arrays, to_arrays

GAP = "nash_imitation_gap"


@pytest.fixture(scope="module")
def game():
    return mfg.load_game("sheltered_attractor", transition_lipschitz=1, shelter_cost=0.05, horizon=5)


EXPERIMENTS = {"clean": {}, "noise": {"label_noise": 0.3}}


@pytest.fixture(scope="module")
def runs(game):
    return {algorithm: run(game, algorithm) for algorithm in ("bc", "vanilla_adv", "vanilla_adv_simplex")} | {
        "mfc_adv": run(game, "mfc_adv", starts=["vanilla_adv"])
    }


@pytest.fixture(scope="module")
def table(runs):
    return pd.concat([table for table, _ in runs.values()], ignore_index=True)


def run(game, algorithm, seed=0, starts=(), experiments=EXPERIMENTS):
    expert = game.known_expert()
    samples = draw_samples(game, expert, experiments, demonstrations=40, seeds=3, seed=seed)
    samples = from_arrays(to_arrays(samples), experiments)
    fits = [run(game, name, seed, experiments=experiments)[1] for name in starts]
    settings = {"demonstrations": [10, 40], "iterations": 50, "seed": seed}
    return imitators(game, expert, algorithm, experiments, samples, starts=fits, **settings)


def test_every_fit_is_measured(game, table):
    assert len(table) == 2 * 2 * 3 * 4  # experiments, sizes, seeds, algorithms (the simplex counted)
    assert not table.duplicated(KEYS).any()
    assert table["label_noise"].isna().all(), "none of these estimates it"
    numbers = table.drop(columns=[*KEYS, "status", "label_noise"])
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


@pytest.mark.parametrize("algorithm", ["bc", "vanilla_adv"])
def test_equal_seeds_give_equal_tables_and_others_do_not(game, runs, algorithm):
    (table, fits), (again, fits_again) = runs[algorithm], run(game, algorithm)
    pd.testing.assert_frame_equal(again.drop(columns="seconds"), table.drop(columns="seconds"))
    assert fits.keys() == fits_again.keys() == {f"{name}/{size}" for name in EXPERIMENTS for size in (10, 40)}
    assert all((fits[place] == fits_again[place]).all() for place in fits)
    other, _ = run(game, algorithm, seed=7)
    noisy = table["experiment"] == "noise"
    assert not np.allclose(other.loc[noisy, "bc"], table.loc[noisy, "bc"])


def test_an_algorithm_without_a_stationary_class_skips_those_experiments(game):
    table, fits = run(game, "vanilla_adv_simplex", experiments={"clean": {}, "still": {"stationary": True}})
    assert set(table["experiment"]) == {"clean"} and set(fits) == {"clean/10", "clean/40"}


def test_every_sample_size_is_fitted_to_its_own_trajectories(game, runs):
    """With M = 10 the first ten trajectories of each seed are fitted, and no others."""
    _, fits = runs["bc"]
    for seed in range(3):
        sample = mfg.sample_demonstrations(game, game.known_expert(), 40, seed, label_noise=0.3)
        for size in (10, 40):
            alone = mfg.behavioral_cloning(sample.first(size), game).policy
            np.testing.assert_array_equal(fits[f"noise/{size}"][seed], alone)


def test_an_algorithm_begins_where_those_before_it_ended(game, runs):
    """MFC-ADV counts what it starts from among its results, sample by sample."""
    table, _ = runs["mfc_adv"]
    _, vanilla = runs["vanilla_adv"]
    for (experiment, size), rows in table.groupby(["experiment", "demonstrations"]):
        for row, policy in zip(rows.itertuples(), vanilla[f"{experiment}/{size}"], strict=True):
            noise = EXPERIMENTS[experiment].get("label_noise", 0)
            sample = mfg.sample_demonstrations(game, game.known_expert(), 40, row.seed, noise).first(size)
            away = np.abs(mfg.occupancy(game, policy) - mfg.empirical_occupancy(sample, game)).sum()
            assert row.objective <= away + 1e-12


def test_empirical_errors_are_the_proxies_when_the_demonstrations_are_the_expert(game, rng, draw_policies):
    expert = game.known_expert()
    for policy in map(jnp.asarray, draw_policies(rng, game, 4)):
        found = errors_of(game, mfg.occupancy(game, expert), mfg.population_flow(game, expert), policy)
        np.testing.assert_allclose(found, mfg.proxies(game, expert, policy), rtol=0, atol=1e-12)


def test_summary_takes_medians_over_the_seeds(table):
    card = summary([table.assign(game="g")], resamples=200, seed=0)
    assert len(card) == 2 * 2 * 4 and (card["seeds"] == 3).all()
    group = table[(table["experiment"] == "noise") & (table["demonstrations"] == 40) & (table["algorithm"] == "bc")]
    row = card[(card["experiment"] == "noise") & (card["demonstrations"] == 40) & (card["algorithm"] == "bc")].iloc[0]
    assert row[GAP] == np.median(group[GAP])
    assert group[GAP].min() <= row[f"{GAP}_low"] <= row[GAP] <= row[f"{GAP}_high"] <= group[GAP].max()
    pd.testing.assert_frame_equal(card, summary([table.assign(game="g")], resamples=200, seed=0))


def test_what_the_seeds_leave_open_is_the_precision_of_a_search_and_a_closed_form_has_none(table):
    card = summary([table.assign(game="g")], resamples=200, seed=0).set_index("algorithm")
    measures = [name.removesuffix("_precision") for name in card if name.endswith("_precision")]
    assert {"objective", "mfc_adv", GAP, f"{GAP}_low", f"{GAP}_high"} < set(measures)
    assert not {"status", "iterations", "certificate"} & set(measures)
    gaps = [name for name in measures if "_gap" in name]
    closed = card.loc["bc"]
    assert (closed[[f"{name}_precision" for name in measures if name not in gaps]] == 0).all(axis=None)
    for name in gaps:  # differences of values as large as the unit
        np.testing.assert_allclose(closed[f"{name}_precision"], 1e-9 * closed["unit"])
    searched = card.loc["mfc_adv"]
    assert (searched[f"{GAP}_low_precision"] == searched[f"{GAP}_precision"]).all()
    row = searched[(searched["experiment"] == "noise") & (searched["demonstrations"] == 40)].iloc[0]
    fits = table[(table["experiment"] == "noise") & (table["demonstrations"] == 40) & (table["algorithm"] == "mfc_adv")]
    assert row[f"{GAP}_precision"] == fits[GAP].max() - fits[GAP].min() > 1e-9 * row["unit"]


def test_intervals_are_of_the_median(table):
    """One wild seed of nine moves a mean and its interval, but no median.

    A resample's median is wild when 5 of its 9 draws are the wild seed's: P = 0.001, which no 95% interval sees.
    """
    nine = pd.concat([table[table["seed"] == 0].assign(seed=seed) for seed in range(9)])
    nine = nine.assign(game="g", **{GAP: np.where(nine["seed"] == 8, 1000.0, 1.0)})
    card = summary([nine], resamples=500, seed=0)
    assert (card[[GAP, f"{GAP}_low", f"{GAP}_high"]] == 1).all(axis=None)


def test_brackets_are_counted_that_hold_the_gap():
    """Of five brackets of a slip that one crowd of 100 in ten shows at a step none has the gap, of a common one most.

    A bracket of a common slip holds the gap with a chance of 0.95 at least; that three of five do not has one of 1e-3.
    """
    game = mfg.load_game("sheltered_attractor", horizon=20)
    expert, uniform = game.known_expert(), game.uniform_policy()
    seldom, often = (
        finite_populations(game, (1 - alpha) * expert + alpha * uniform, [100], repetitions=100, seed=0)
        for alpha in (1e-3, 0.2)
    )
    assert (seldom["covered"] == 0).all() and (seldom["rare"] > 0.2).all()
    assert (often["covered"] >= 0.6).all() and (often["rare"] < 0.2).all()
    few = finite_populations(game, uniform, [100], repetitions=4, seed=0)
    assert few["covered"].isna().all()


def test_populations_of_players_come_nearer_to_the_exact_gap():
    """A factor of 100 in N shrinks the error about tenfold; that it does not even halve has a chance below 1e-6."""
    game = mfg.load_game("sis", horizon=4)
    found = finite_populations(game, game.uniform_policy(), [20, 2000], repetitions=40, seed=0)
    plug_in = found[found["estimate"] == "plug_in"].set_index("n_players")
    assert plug_in.loc[2000, "error"] < plug_in.loc[20, "error"] / 2
    assert (plug_in["exact"] == float(mfg.nash_imitation_gap(game, game.uniform_policy()))).all()
    slope = np.log(plug_in.loc[2000, "error"] / plug_in.loc[20, "error"]) / np.log(100)
    np.testing.assert_allclose(plug_in["slope"], slope, rtol=1e-9)


def test_labels_slips_and_kernels_go_wrong_where_the_experiment_says(game):
    """Shares to five standard errors of 200 trajectories, which none exceeds by luck (1e-5)."""
    kinds = {"clean": {}, "some": {"noisy_states": 0.5}, "slips": {"slips": 0.3}, "off": {"kernel_error": 0.5}}
    samples = draw_samples(game, game.known_expert(), kinds, demonstrations=200, seeds=2, seed=0)
    wrong = {name: sample.actions != np.argmax(game.known_expert(), -1)[0, 0] for name, sample in samples.items()}
    odd = samples["slips"].states % 2 == 1
    assert not wrong["clean"].any() and not wrong["off"].any() and not wrong["some"].any(), "all stay in the even state"
    np.testing.assert_allclose(wrong["slips"].mean(), 0.2, atol=5 * np.sqrt(0.16 / wrong["slips"].size))
    assert odd.any(), "they really slip"
    away = draw_samples(game, game.uniform_policy(), kinds, demonstrations=200, seeds=2, seed=0)
    changed = away["some"].actions != away["clean"].actions
    here = away["clean"].states % 2 == 1
    assert not changed[~here].any()
    np.testing.assert_allclose(changed[here].mean(), 1 / 3, atol=5 * np.sqrt(2 / 9 / here.sum()))


def test_imitators_are_told_the_wrong_kernel_and_measured_in_the_true_game(game):
    told = {"off": {"kernel_error": 0.3}, "clean": {}}
    table, fits = run(game, "vanilla_adv", experiments=told)
    off, clean = (table[table["experiment"] == name].reset_index(drop=True) for name in told)
    assert (off["objective"] > clean["objective"] + 0.05).all(), "the experts' occupancy is not to be had in it"
    gaps = [float(mfg.nash_imitation_gap(game, policy)) for size in (10, 40) for policy in fits[f"off/{size}"]]
    np.testing.assert_allclose(off[GAP], gaps, rtol=1e-9, atol=1e-12)


def test_players_are_left_out_where_the_kernel_does_not_look_at_the_population(game):
    kinds = {"clean": {}, "players": {"n_players": 10}}
    blind = mfg.load_game("left_right")
    drawn = [set(draw_samples(g, g.uniform_policy(), kinds, demonstrations=5, seeds=1, seed=0)) for g in (game, blind)]
    assert drawn == [{"clean", "players"}, {"clean"}]
