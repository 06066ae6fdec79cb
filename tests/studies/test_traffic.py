"""What a map of roads and a comparison show, against the game itself."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert import Convergence, Equilibrium
from mfg_imitation.games.game_file import WithExpert
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.studies.comparison import rewards_by_step
from mfg_imitation.studies.game_summary import flow_table
from mfg_imitation.studies.traffic import nodes_table, traffic_table

#: Two destinations share the road from b to c; nobody is ever on d-a.
LINKS = {"from": list("abcd"), "to": list("bcda"), "time": [1.0, 2.0, 1.0, 1.0], "capacity": [np.inf, 5.0, 5.0, 1.0]}
DEMAND = {"from": ["a", "b"], "to": ["c", "d"], "vehicles": [6.0, 4.0]}


@pytest.fixture
def game(game_files):
    nodes = {"node": [], "x": [], "y": []}
    return mfg.load_game(game_files / "braess.yaml", links=LINKS, demand=DEMAND, nodes=nodes, horizon=4)


def as_expert(game):
    return Equilibrium(game.uniform_policy(), 0.0, 0, "known", Convergence(np.zeros(1), np.zeros(1)))


def test_the_traffic_of_both_destinations_is_on_one_road(game):
    table = traffic_table(game, as_expert(game))
    assert list(table) == ["step", "from", "to", "population", "delay"] and len(table) == 4 * 4
    share = table.pivot_table(index="step", columns="from", values="population")
    np.testing.assert_allclose(share.loc[1], [0.6, 0.4, 0, 0])
    left = 1 / (2 * (1 + 0.4 * 10 / 5))  # of those on b-c at step 1: delay 1, power 1
    np.testing.assert_allclose(share.loc[2], [0, 0.6 + 0.4 * (1 - left), 0.4 * left, 0])
    delay = table.pivot_table(index="step", columns="from", values="delay")
    np.testing.assert_allclose(delay.loc[1], [1, 1.8, 1, 1])
    pd.testing.assert_frame_equal(table, traffic_table(WithExpert(game, game.uniform_policy()), as_expert(game)))


def test_nodes_say_who_begins_there_and_who_wants_to_go_there(game):
    table = nodes_table(game).set_index("node")
    np.testing.assert_allclose(table["origin"], [0.6, 0.4, 0, 0])
    np.testing.assert_allclose(table["destination"], [0, 0, 0.6, 0.4])
    np.testing.assert_array_equal(table[["x", "y"]], game.places())


def test_names_of_nodes_stay_text_in_files(tmp_path):
    table = pd.DataFrame({"from": ["01", "NA"], "to": ["1", "7"], "population": [0.5, 0.25]})
    write_table(tmp_path / "table.csv", table)
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.csv"), table, check_dtype=False)


def test_what_is_earned_sums_up_to_the_value(game, attractor):
    experts = {"roads": (game, as_expert(game)), "attractor": (attractor, as_expert(attractor))}
    table = rewards_by_step({name: flow_table(*pair) for name, pair in experts.items()})
    for name, (one, expert) in experts.items():
        own = table[table["game"] == name]
        value = mfg.policy_value(one, expert.policy, mfg.population_flow(one, expert.policy))
        assert own["earned"].iloc[-1] == pytest.approx(float(value), abs=1e-12)
        np.testing.assert_allclose(own["earned"], own["reward"].cumsum())
    roads = table[table["game"] == "roads"]["reward"]
    assert roads.iloc[0] == 0 and float(jnp.abs(game.initial.sum() - 1)) < 1e-12
    assert roads.iloc[1] == pytest.approx(-1), "a step on the road costs 1"
