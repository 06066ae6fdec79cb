"""Recovered rewards beside imitators: who is measured where, and how medians and verdicts come of it."""

import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.solve import expert
from mfg_imitation.studies.transfer import AS_LEARNED, IMITATORS, PLAYS, transfer, transfer_summary


@pytest.fixture(scope="module")
def games():
    shape = {"horizon": 4, "transition_lipschitz": 0.5, "reward_lipschitz": 2, "shelter_cost": 0.05}
    return [mfg.load_game("sheltered_attractor", **shape | {"transition_lipschitz": one}) for one in (0.5, 2)]


@pytest.fixture(scope="module")
def table(games):
    settings = {"demonstrations": 200, "label_noise": 0.05, "iterations": 50, "seeds": 2, "seed": 3}
    return transfer(*games, games[0].known_expert(), features="declared", **settings)


@pytest.mark.slow  # everything is compiled for it; the smoke run makes the same table
def test_everyone_is_measured_in_both_kernels(table):
    told = {(one, AS_LEARNED) for one in IMITATORS}
    told |= {(method, plays) for method in ("entropy", "margin", "control") for plays in PLAYS}
    assert set(zip(table["method"], table["plays"], strict=True)) == told
    assert len(table) == 2 * 2 * len(told)
    assert (table["loss"] == table[["nash_imitation_gap", "value_gap"]].max(axis=1)).all()


@pytest.mark.slow
def test_imitators_play_what_they_learned_in_the_other_kernel_too(table, games):
    """BC, made again: its gap and what its crowd earns less than the experts, in either kernel."""
    for kernel, game in zip(("same", "changed"), games, strict=True):
        sample = mfg.sample_demonstrations(games[0], games[0].known_expert(), 200, 4, 0.05)
        policy = mfg.behavioral_cloning(sample, games[0]).policy
        row = table[(table["seed"] == 4) & (table["method"] == "bc") & (table["kernel"] == kernel)].iloc[0]
        np.testing.assert_allclose(row["nash_imitation_gap"], mfg.nash_imitation_gap(game, policy), rtol=1e-9)
        best = expert(game, {}).policy
        earned = [mfg.policy_value(game, one, mfg.population_flow(game, one)) for one in (best, policy)]
        np.testing.assert_allclose(row["value_gap"], earned[0] - earned[1], rtol=1e-9)


def test_verdicts_are_of_paired_differences():
    """Of eight samples: a reward that loses less in every one, one that loses more, and one that differs by a tie."""
    rows = []
    for seed in range(8):
        base = 1 + 0.1 * seed
        for method, plays, loss in [
            ("bc", AS_LEARNED, base),
            ("mfc_adv", AS_LEARNED, base + 0.5),
            ("entropy", "nash", base - 0.05),
            ("margin", "nash", base + 0.05),
            ("control", "social", base + 1e-7),
        ]:
            losses = {"nash_imitation_gap": loss, "value_gap": 0.0, "loss": loss, "unit": 10.0}
            rows.append({"case": "c", "seed": seed, "method": method, "plays": plays, "kernel": "same", **losses})
    found = transfer_summary(pd.DataFrame(rows), 100, 0).set_index("method")
    assert found["compared"].to_dict() == {
        "bc": "not told apart",
        "mfc_adv": "worse",
        "entropy": "better",
        "margin": "worse",
        "control": "not told apart",
    }
    assert (found["beside"] == "bc").all() and found.loc["entropy", "behind"] == pytest.approx(-0.05)
    assert found["recovered"].to_dict()["bc"] is False and found.loc["margin", "beside_loss"] == pytest.approx(1.35)
    assert (found["low"] <= found["loss"]).all() and (found["loss"] <= found["high"]).all()
