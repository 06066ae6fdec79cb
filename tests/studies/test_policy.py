"""What an expert does, where its imitators' crowds are, which other equilibria there are: against the game itself."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.solve import expert
from mfg_imitation.figures.crowds import shares_of
from mfg_imitation.studies.crowds import crowds
from mfg_imitation.studies.imitation import key
from mfg_imitation.studies.other_equilibria import other_equilibria
from mfg_imitation.studies.policy import policy_table


def test_the_table_of_a_policy_is_the_policy(game_files, rng, draw_policies):
    game = mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=3)
    policy = draw_policies(rng, game)
    policy[:, 0] = [0, 1, 0]
    table = policy_table(game, policy)
    assert (table["probability"] > 0).all() and len(table) == 3 * (1 + 3)
    read = table.pivot_table(index=["step", "state"], columns="action", values="probability", fill_value=0)
    np.testing.assert_allclose(read[list(game.actions)].to_numpy().reshape(policy.shape), policy, rtol=1e-8)
    there = table.groupby(["step", "state"])["population"].first().to_numpy().reshape(3, 2)
    np.testing.assert_allclose(there, mfg.population_flow(game, policy), rtol=1e-8)


def test_states_of_a_map_have_their_places(game_files):
    game = mfg.load_game(game_files / "maze.yaml", horizon=2)
    table = policy_table(game, game.uniform_policy())
    assert {"row", "column"} <= set(table) and "floor" not in table
    assert len(table[["row", "column"]].drop_duplicates()) == table["state"].nunique() == len(game.states)


def test_stags_are_another_equilibrium_than_hares_and_left_right_has_one():
    game = mfg.load_game("stag_hunt")
    hares = expert(game, {"tolerance": 1e-5})
    found = other_equilibria(game, hares.policy, random_starts=0, iterations=200, seed=0).set_index("start")
    value = float(mfg.policy_value(game, hares.policy, mfg.population_flow(game, hares.policy)))
    stags = found.loc["nearly all hunt_stag"]
    assert stags["equilibrium"] == 1 and stags["distance"] > 1 and stags["value"] > value + 1
    assert found.loc["nearly all hunt_hares", "equilibrium"] == 0
    other = mfg.load_game("left_right")
    alone = other_equilibria(other, other.known_expert(), random_starts=1, iterations=200, seed=0)
    assert (alone["equilibrium"] == 0).all() and (alone["distance"] < 1e-3).all()


def test_a_search_that_is_stopped_early_finds_no_equilibrium():
    game = mfg.load_game("attractor", horizon=30, transition_lipschitz=1)
    found = other_equilibria(game, game.known_expert(), random_starts=0, iterations=1, seed=0)
    late = found[found["start"] == "nearly all a1"].iloc[0]
    assert late["equilibrium"] == -1 and late["relative_exploitability"] > late["tolerance"] and late["iterations"] == 1


@pytest.fixture
def slipping():
    """A game in which one fit is the expert, and the other slips once in a while: two samples of each."""
    game = mfg.load_game("attractor", horizon=6, transition_lipschitz=1)
    known = game.known_expert()
    slips = 0.9 * known + 0.1 * game.uniform_policy()
    place = key("clean", 10)
    fits = {"bc": {place: np.stack([slips, known])}, "likelihood": {place: np.stack([known, slips])}, "late": {}}
    return game, known, slips, crowds(game, known, fits, "clean", 10)


def test_crowds_are_those_of_the_first_sample(slipping):
    game, known, slips, table = slipping
    assert table["algorithm"].drop_duplicates().tolist() == ["expert", "bc", "likelihood"]
    own = mfg.population_flow(game, slips)
    among = mfg.occupancy(game, slips, mfg.population_flow(game, known)).sum(axis=-1)
    np.testing.assert_allclose(shares_of(table, "bc", "own"), own, atol=1e-6)
    np.testing.assert_allclose(shares_of(table, "bc", "predicted"), among, atol=1e-6)
    np.testing.assert_allclose(shares_of(table, "likelihood", "own"), shares_of(table, "expert", "own"))


def test_states_without_anybody_have_no_rows_but_the_first(slipping):
    table = slipping[-1]
    empty = table[(table["own"] == 0) & (table["predicted"] == 0)]
    assert set(empty["step"]) == {0} and set(empty["state"]) == {"s1"}
    assert shares_of(table, "expert", "own").shape == (6, 2)
    assert float(jnp.abs(shares_of(table, "expert", "own").sum(axis=1).to_numpy() - 1).max()) < 1e-6
