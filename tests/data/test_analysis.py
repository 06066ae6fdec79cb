"""What is made of a data set: the tables of one analysis, and what each setting leaves out and says."""

import jax.numpy as jnp
import numpy as np
import pytest
from trajectory_tables import HORIZON, rows_of

import mfg_imitation as mfg
from mfg_imitation.data.analysis import analysed
from mfg_imitation.data.dataset import load_dataset
from mfg_imitation.data.declaration import TABLES
from mfg_imitation.report.data_findings import equilibrium_said, fit_said

QUICK = {"algorithms": ["bc", "likelihood", "vanilla_adv"], "resamples": 40, "iterations": 20}


def told(tables) -> str:
    return " ".join(tables["remarks"]["remark"])


@pytest.fixture(scope="module")
def equilibrium(epidemic):
    return mfg.solve_equilibrium(epidemic).policy


def test_an_equilibrium_is_not_rejected_and_something_else_is(epidemic, equilibrium, policy, write):
    for played, held in ((equilibrium, True), (policy, False)):
        drawn = mfg.sample_demonstrations(epidemic, played, 400, 1)
        tables = analysed(load_dataset(write(rows_of(epidemic, drawn), label_noise=0, **QUICK)))
        assert tuple(tables) == TABLES
        (row,) = tables["equilibrium"].itertuples()
        assert (row.low <= 1e-9) == held
        assert ("not rejected" in equilibrium_said(tables["equilibrium"].iloc[0])) == held
        exact = float(mfg.nash_imitation_gap(epidemic, played))
        assert row.low - 1e-5 <= exact <= row.high + 1e-5  # the equilibrium is one to 1e-5


def test_fits_flows_and_goodness_belong_together(epidemic, sample, write):
    data = load_dataset(write(rows_of(epidemic, sample), label_noise=0, estimate=["infection"], **QUICK))
    tables = analysed(data)
    fits, flows, goodness = (tables[name] for name in ("fits", "flows", "goodness"))
    assert list(fits["algorithm"]) == ["bc", "likelihood", "vanilla_adv"]
    rate = tables["parameters"]["estimate"].iloc[0]
    game = mfg.load_game("sis", horizon=HORIZON, infection=rate)
    policy = tables["policies"].query("algorithm == 'bc'")["probability"].to_numpy().reshape(game.policy_shape)
    expected = mfg.population_flow(game, jnp.asarray(policy))
    shares = flows.query("of == 'bc'")["share"].to_numpy().reshape(HORIZON, 2)
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    observed = flows.query("of == 'data'")["share"].to_numpy().reshape(HORIZON, 2)
    np.testing.assert_allclose(observed, mfg.empirical_occupancy(sample, game).sum(axis=-1), atol=1e-12)
    steps = goodness[(goodness["of"] == "bc") & goodness["step"].notna()]
    np.testing.assert_allclose(
        steps["chi_square"], 400 * ((observed - expected) ** 2 / expected).sum(axis=1), rtol=1e-9
    )
    overall = goodness[(goodness["of"] == "bc") & goodness["step"].isna()].iloc[0]
    assert overall["chi_square"] == pytest.approx(steps["chi_square"].sum())
    assert overall["p_value"] > 0.05 and "not told apart" in fit_said(fits)[0]
    assert fits["nash_imitation_gap"].iloc[0] == pytest.approx(float(mfg.nash_imitation_gap(game, jnp.asarray(policy))))


def test_a_wrong_game_shows_in_where_imitators_go(epidemic, sample, write):
    """The check that needs no reward: with another infection rate the cloned policy's own crowd goes elsewhere."""
    said = {"overrides": {"horizon": HORIZON, "infection": 0.2}, "reward": "none", "label_noise": 0}
    tables = analysed(load_dataset(write(rows_of(epidemic, sample), **said, **QUICK)))
    fits = tables["fits"].set_index("algorithm")
    assert fits.loc["bc", "p_value"] < 0.05 and "elsewhere" in fit_said(tables["fits"])[0]
    assert "nash_imitation_gap" not in fits and "unit" not in fits and tables["equilibrium"].empty
    assert "No reward is known here" in told(tables)


def test_one_population_tells_nothing_about_another(epidemic, write):
    start = 0.35
    going = 0.3 * start / (0.81 * start * (1 - start))  # as many fall ill as recover
    steady = epidemic.__class__(
        **{name: getattr(epidemic, name) for name in epidemic.__dataclass_fields__}
        | {"initial": jnp.array([1 - start, start])}
    )
    played = jnp.broadcast_to(jnp.array([going, 1 - going]), epidemic.policy_shape)
    drawn = mfg.sample_demonstrations(steady, played, 400, 0)
    tables = analysed(load_dataset(write(rows_of(epidemic, drawn), kernel="affine", **QUICK)))
    assert "in one population" in told(tables) and "vanilla-ADV" in told(tables)
    assert list(tables["fits"]["algorithm"]) == ["bc", "likelihood"] and tables["goodness"].empty
    assert set(tables["flows"]["of"]) == {"data"}


def test_several_populations_tell_a_kernel_without_a_game(epidemic, sample, write):
    said = {"kernel": "affine", "game": None, "overrides": None, "label_noise": 0}
    table = rows_of(epidemic, sample)
    table["state"] = table["state"].map({"susceptible": "2", "infected": "10"})
    data = load_dataset(write(table, **said, **QUICK))
    assert data.game.states == ("2", "10") and data.game.horizon == HORIZON
    tables = analysed(data)
    assert "which span 2 of 2 directions" in told(tables)
    fits = tables["fits"].set_index("algorithm")
    assert fits.loc["bc", "p_value"] > 0.05, "in the learned kernel the cloned crowd goes where the data's went"


def test_a_learned_kernel_has_the_reward_of_the_game(epidemic, sample, policy, write):
    tables = analysed(load_dataset(write(rows_of(epidemic, sample), kernel="affine", label_noise=0, **QUICK)))
    exact = float(mfg.nash_imitation_gap(epidemic, policy))
    assert tables["fits"]["nash_imitation_gap"].iloc[0] == pytest.approx(exact, rel=0.25)
    (row,) = tables["equilibrium"].itertuples()
    assert row.low > 0, "what players could gain shows in the learned kernel, too"


def test_equal_calls_give_equal_tables(epidemic, sample, write):
    file = write(rows_of(epidemic, sample), estimate=["recovery"], **QUICK)
    one, two = (analysed(load_dataset(file)) for _ in range(2))
    for name in TABLES:
        assert one[name].to_csv() == two[name].to_csv()


def test_an_unknown_algorithm_is_one_line(epidemic, sample, write, one_line):
    said = QUICK | {"algorithms": ["mfcadv"]}
    data = load_dataset(write(rows_of(epidemic, sample), **said))
    assert "algorithms names 'mfcadv' (did you mean 'mfc_adv'?)" in one_line(analysed, data)


def test_a_reward_is_recovered_from_the_records_where_the_file_asks_for_it(epidemic, write):
    """Soft players of known prices: the prices over the temperature come back, and gaps are in that unit."""
    experts = mfg.quantal_response(epidemic, 0.5).policy
    drawn = mfg.sample_demonstrations(epidemic, experts, 4000, 3)
    said = {"reward": "recovered", "features": ["distance_cost", "infection_cost"], "label_noise": 0}
    tables = analysed(load_dataset(write(rows_of(epidemic, drawn), **QUICK, **said)))
    assert list(tables["reward"]["of"]) == ["distance_cost", "infection_cost"]
    np.testing.assert_allclose(tables["reward"]["weight"], [0.5 / 0.5, 1 / 0.5], rtol=0.15)
    assert tables["equilibrium"].empty and "recovered from these records" in told(tables)
    fits = tables["fits"].set_index("algorithm")
    policy = tables["policies"].query("algorithm == 'bc'")["probability"].to_numpy().reshape(epidemic.policy_shape)
    exact = float(mfg.nash_imitation_gap(epidemic, jnp.asarray(policy))) / 0.5
    assert fits.loc["bc", "nash_imitation_gap"] == pytest.approx(exact, rel=0.2)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"features": "table"}, "features says what a reward is recovered from, but reward is not"),
        ({"reward": "recovered", "features": "declared"}, "features do not go with the game"),
        ({"reward": "recovered", "features": ["infection"]}, "does not depend on 'infection'"),
        ({"reward": "recovered", "features": "declared", "kernel": "affine"}, "it is `table` or `steps`"),
    ],
)
def test_features_that_do_not_go_together_are_refused(epidemic, sample, write, one_line, said, message):
    def analyse():
        return analysed(load_dataset(write(rows_of(epidemic, sample), label_noise=0, **QUICK, **said)))

    assert message in one_line(analyse)
