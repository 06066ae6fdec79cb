"""DAgger: who is asked what, how often, and in which population."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.players import simulate


@pytest.fixture(scope="module")
def garnet(game_files):
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=5)


@pytest.fixture(scope="module")
def expert(garnet):
    """A pure one, so that one answer says all."""
    return jnp.eye(3)[np.random.default_rng(0).integers(3, size=garnet.policy_shape[:2])]


def test_queries_are_counted_in_whole_trajectories(garnet, expert):
    assert mfg.dagger(garnet, expert, 3, 11, 0).queries.tolist() == [15, 30, 45]
    assert mfg.dagger(garnet, expert, 2, 10, 0).queries.tolist() == [10, 20]


def test_equal_seeds_give_equal_bytes_and_more_rounds_begin_alike(garnet, expert):
    long, short = mfg.dagger(garnet, expert, 4, 20, 7), mfg.dagger(garnet, expert, 2, 20, 7)
    np.testing.assert_array_equal(long.policies[:2], short.policies)
    assert not np.array_equal(mfg.dagger(garnet, expert, 2, 20, 8).policies, short.policies)


@pytest.mark.parametrize("population", ["own", "experts"])
def test_all_answers_so_far_are_cloned(garnet, expert, population):
    """A pure expert's answer at (n, s) is the policy there, from the round on in which it was first asked."""
    policies = np.asarray(mfg.dagger(garnet, expert, 6, 25, 0, population).policies)
    known = np.all(policies == np.asarray(expert), axis=-1)
    unknown = np.all(policies == 1 / 3, axis=-1)
    assert np.all(known ^ unknown)
    assert np.all(known[1:] >= known[:-1]) and known[-1].sum() > known[0].sum()


def test_mixed_answers_come_as_often_as_the_expert_gives_them(garnet, rng, draw_policies):
    """40,000 answers at the start state; a share off by 0.02 would be 8 standard deviations."""
    mixed = draw_policies(rng, garnet)
    fit = mfg.dagger(garnet, mixed, 4, 5 * 10_000, 0)
    most = np.argmax(garnet.initial)
    asked = 40_000 * float(garnet.initial[most])
    np.testing.assert_allclose(fit.policies[-1, 0, most], mixed[0, most], atol=4 / np.sqrt(asked))


@pytest.mark.parametrize("population", ["own", "experts"])
def test_players_live_in_the_population_that_is_asked_for(garnet, expert, population):
    """What a pure expert has answered shows who went where: the same as players of `simulate` in that flow."""
    seed, players = 0, 3  # a seed with which the two populations send somebody elsewhere
    key = jax.random.split(jax.random.key(seed))[0]
    policies = mfg.dagger(garnet, expert, 3, players * garnet.horizon, seed, population).policies
    seen, played = np.zeros(garnet.policy_shape[:2], bool), expert
    for r, policy in enumerate(policies):
        flow = mfg.population_flow(garnet, played if population == "own" else expert)
        states = simulate(garnet, played, key, r * players + jnp.arange(players), flow).states
        seen[np.arange(garnet.horizon), states] = True
        np.testing.assert_array_equal(np.all(policy == expert, axis=-1), seen)
        played = policy


def test_the_populations_differ_and_so_do_the_rounds():
    """In the attractor, where imitators' slips draw on others; all are in s0 at n = 0, and are answered afresh."""
    game = mfg.load_game("attractor", horizon=6, transition_lipschitz=5)
    expert = 0.9 * game.known_expert() + 0.1 / 2
    own, experts = (mfg.dagger(game, expert, 30, 60, 0, population).policies for population in ("own", "experts"))
    np.testing.assert_array_equal(own[0], experts[0])
    assert not np.array_equal(own, experts)
    assert len(np.unique(np.asarray(own[:, 0, 0, 0]))) > 5


def test_asking_pays_where_imitators_come_and_experts_seldom_do(game_files):
    """Beach bar: medians of five runs, 600 answers each; the recorded actions of as many steps leave more."""
    game = mfg.load_game(game_files / "beach_bar.yaml")
    expert = mfg.solve_equilibrium(game).policy
    asked, cloned = [], []
    for seed in range(5):
        fit = mfg.dagger(game, expert, 3, 10 * game.horizon, seed)
        asked.append(mfg.nash_imitation_gap(game, fit.policies[-1]))
        recorded = mfg.sample_demonstrations(game, expert, 30, seed)
        cloned.append(mfg.nash_imitation_gap(game, mfg.behavioral_cloning(recorded, game).policy))
    assert np.median(asked) < 0.8 * np.median(cloned)


def test_bad_input_is_one_line(one_line, garnet, expert):
    assert "population is 'expert'" in one_line(mfg.dagger, garnet, expert, 1, 1, 0, "expert")
    assert "rounds is 0" in one_line(mfg.dagger, garnet, expert, 0, 1, 0)
    assert "queries_per_round is 1.5" in one_line(mfg.dagger, garnet, expert, 1, 1.5, 0)
    assert "seed is -1" in one_line(mfg.dagger, garnet, expert, 1, 1, -1)
    assert "expert" in one_line(mfg.dagger, garnet, 2 * expert, 1, 1, 0)
