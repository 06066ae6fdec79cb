"""Random games against the theorems: experts found in a batch, policies around them, and a planted violation found."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.proxies import Proxies
from mfg_imitation.games.families.random_garnet import RandomGarnet
from mfg_imitation.names import SWEPT
from mfg_imitation.theory import random_games as module
from mfg_imitation.theory.examination import (
    SMALLEST,
    THEOREMS,
    Violated,
    counts,
    policies_near,
    refuse_violations,
    summary,
)
from mfg_imitation.theory.proof_steps import Inequality
from mfg_imitation.theory.random_games import random_games, stack

SPEC = {
    "sizes": [{"states": 3, "actions": 2, "branches": 2}],
    "horizon": [4],
    SWEPT: [0, 1],
    "reward_lipschitz": [0.5, 2],
    "games": 5,
    "solver_iterations": 200,
    "alpha": [0.01, 1],
}


@pytest.fixture(scope="module")
def tables():
    return random_games(SPEC, seed=3)


def test_no_inequality_is_violated(tables):
    games, steps = tables
    assert len(games) == 20 and (games[[*Proxies._fields]] <= 1).all(axis=None)
    assert set(THEOREMS.values()) <= set(steps["step"]) and steps["violations"].sum() == 0
    refuse_violations(steps)
    table = summary(steps)
    assert (table["games"] == 20).all() and table["checks"].sum() == steps["checks"].sum()


def test_equal_seeds_make_equal_tables(tables):
    again = random_games(SPEC, seed=3)
    assert all(one.equals(other) for one, other in zip(tables, again, strict=True))
    assert not random_games(SPEC, seed=4)[0].equals(tables[0])


def test_a_game_can_be_made_again_from_its_row(tables):
    row = tables[0].iloc[7]
    point = {name: row[name].item() for name in (SWEPT, "reward_lipschitz")}
    point |= {name: int(row[name]) for name in ("states", "actions", "branches", "horizon", "seed")}
    game = RandomGarnet(**point)
    assert game.declared_lipschitz() == (row[SWEPT], row["reward_lipschitz"])
    assert 0 <= row["exploitability"] + 1e-12 <= float(mfg.nash_imitation_gap(game, game.uniform_policy())) + 1e-9


def test_a_planted_violation_is_found_and_named(monkeypatch, one_line):
    real = module.amplification
    monkeypatch.setattr(module, "amplification", lambda horizon, slope: [x * 0.3 for x in real(horizon, slope)])
    steps = random_games(SPEC, seed=3)[1]
    said = one_line(refuse_violations, steps)
    assert said.startswith("Lemma 4 is violated") and f"{SWEPT} = " in said and "seed = " in said
    with pytest.raises(Violated):
        refuse_violations(steps)


@pytest.mark.parametrize(("excess", "violations"), [(-0.1, 0), (0, 0), (1e-10, 0), (1e-7, 1), (0.05, 1), (np.nan, 1)])
@pytest.mark.parametrize("right", [1e-4, 1.0, 1e6])
def test_what_is_above_rounding_is_a_violation(excess, violations, right):
    left = [[right * (1 + excess), right, -1.0], [0.0, 0.0, 5.0]]
    found = counts(Inequality(np.asarray(left), np.asarray([[right] * 3, [0.0, 0.0, 6.0]])))
    assert found["checks"] == 3 and found["violations"].tolist() == [violations, 0]
    assert excess != excess or found["sharpness"] == pytest.approx([max(1 + excess, 1), 5 / 6])


def test_against_nothing_rounding_is_no_violation_and_nothing_is_sharp():
    found = counts(Inequality(np.array([[1e-13, 0.0], [1e-9, 0.0]]), np.zeros((2, 2))))
    assert found["violations"].tolist() == [0, 1] and (found["sharpness"] == -np.inf).all()
    assert counts(Inequality(np.array([[SMALLEST, 1.0]]), np.array([[SMALLEST / 2, 4.0]])))["sharpness"] == [0.25]


def test_the_summary_names_the_sharpest_game_among_those_that_are_coupled(tables):
    steps = tables[1]
    table = summary(steps).set_index("step")
    for step, row in table.iterrows():
        coupled = steps[(steps["step"] == step) & (steps[SWEPT] > 0)].set_index("game")["sharpness"]
        assert row["sharpness"] == coupled.max()
        assert row["sharpest"] == coupled.index[np.isclose(coupled, coupled.max(), rtol=1e-6, atol=0)][0]


def test_which_of_two_equal_games_is_the_sharpest_does_not_hang_on_rounding():
    sharpness = [0.5, 0.9 - 1e-9, 0.9]
    steps = pd.DataFrame({"game": list("abc"), "step": "Lemma 1", "checks": 1, "violations": 0, SWEPT: 1.0})
    assert summary(steps.assign(sharpness=sharpness))["sharpest"].item() == "b"
    assert summary(steps.assign(sharpness=[-1.0, -0.5, -0.7]))["sharpest"].item() == "b"


def test_a_step_of_a_proof_is_named_before_the_theorem(tables):
    steps = tables[1].copy()
    steps.loc[steps["step"].isin([THEOREMS["bc"], "Lemma 5"]), "violations"] = 1
    with pytest.raises(Violated, match=r"^Lemma 5 "):
        refuse_violations(steps)


def test_policies_lie_at_the_distances_asked_for(rng, draw_policies):
    point = {"states": 3, "actions": 2, "branches": 2, "transition_lipschitz": 0.5, "reward_lipschitz": 0.5}
    game = RandomGarnet(**point, horizon=4, seed=0)
    expert, random = map(jnp.asarray, draw_policies(rng, game, 2))
    policies = policies_near(game, expert, random, jnp.asarray([0.0, 0.25, 1.0])).reshape(3, 5, *expert.shape)
    np.testing.assert_allclose(policies.sum(axis=-1), 1)
    np.testing.assert_allclose(policies[0], jnp.broadcast_to(expert, policies[0].shape))
    np.testing.assert_allclose(policies[1] - expert, 0.25 * (policies[2] - expert), atol=1e-15)
    np.testing.assert_allclose(policies[2, 1], random)
    np.testing.assert_array_equal(policies[2, 4, 1:], expert[1:])


def test_a_stack_holds_its_games():
    games = [
        RandomGarnet(
            states=3, actions=2, branches=2, horizon=4, seed=s, transition_lipschitz=0.1 * s, reward_lipschitz=1
        )
        for s in range(3)
    ]
    together = stack(games)
    np.testing.assert_array_equal(together.own_kernel[2], games[2].own_kernel)
    assert together.transition_lipschitz.shape == (3,) and together.horizon == 4
