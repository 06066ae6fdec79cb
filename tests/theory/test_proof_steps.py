"""The steps of the proofs: both sides against sums over all trajectories, and what breaks them."""

import itertools

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.proxies.proxy import amplification
from mfg_imitation.theory.proof_steps import proof_steps

SLOPE, REWARD_SLOPE = 0.8, 0.6
compiled_steps = eqx.filter_jit(proof_steps)


@pytest.fixture(scope="module")
def game(game_files):
    return mfg.load_game(
        game_files / "random_garnet.yaml",
        horizon=3,
        states=2,
        actions=2,
        branches=2,
        transition_lipschitz=SLOPE,
        reward_lipschitz=REWARD_SLOPE,
    )


def steps_of(game, expert, policy, exploitability=0.0, slope=SLOPE):
    growth = tuple(map(jnp.asarray, amplification(game.horizon, slope)))
    measured = mfg.proxies(game, expert, policy), mfg.nash_imitation_gap(game, policy)
    return compiled_steps(game, expert, jnp.asarray(exploitability), policy, *measured, slope, REWARD_SLOPE, growth)


def joint(game, policy, populations):
    """rho_n(s, a) of one agent, by enumerating what it may go through."""
    found = np.zeros(game.policy_shape)
    kernels = [np.asarray(game.transition(n, mu)) for n, mu in enumerate(populations)]
    paths = itertools.product(range(2), repeat=2 * game.horizon)
    for path in paths:
        states, actions = path[::2], path[1::2]
        weight = float(game.initial[states[0]])
        for n in range(game.horizon):
            weight *= policy[n, states[n], actions[n]]
            if n + 1 < game.horizon:
                weight *= kernels[n][states[n], actions[n], states[n + 1]]
        for n in range(game.horizon):
            found[n, states[n], actions[n]] += weight
    return found


def value(game, policy, populations):
    rewards = np.stack([game.reward(n, mu) for n, mu in enumerate(populations)])
    return float(np.sum(joint(game, policy, populations) * rewards))


def populations_of(game, policy):
    mu = [np.asarray(game.initial)]
    for n in range(game.horizon - 1):
        mu.append(np.einsum("s,sa,sat->t", mu[-1], policy[n], np.asarray(game.transition(n, mu[-1]))))
    return mu


def test_both_sides_are_what_brute_force_says(game, rng, draw_policies):
    expert, policy = draw_policies(rng, game, 2)
    mu_expert, mu = populations_of(game, expert), populations_of(game, policy)
    deterministic = [
        np.eye(2)[np.array(choice).reshape(game.policy_shape[:2])]
        for choice in itertools.product(range(2), repeat=game.horizon * 2)
    ]
    response = max(deterministic, key=lambda pi: value(game, pi, mu))
    gap = value(game, response, mu) - value(game, policy, mu)
    d = np.array([np.abs(a - b).sum() for a, b in zip(mu, mu_expert, strict=True)])
    of_expert = joint(game, expert, mu_expert)
    own = np.abs(of_expert - joint(game, policy, mu_expert)).sum(axis=(1, 2))
    e = [np.abs(joint(game, pi, mu) - joint(game, pi, mu_expert)).sum(axis=(1, 2)) for pi in (policy, expert, response)]
    rewards = [np.asarray(game.reward(n, m)) for n, m in enumerate(mu_expert)]
    bound, half_span = max(np.abs(r).max() for r in rewards), max(np.ptp(r) for r in rewards) / 2
    joint_error = [np.abs(a - b).sum() for a, b in zip(of_expert, joint(game, policy, mu), strict=True)]
    kernels = [
        np.abs(np.asarray(game.transition(n, a)) - np.asarray(game.transition(n, b))).sum(-1)
        for n, (a, b) in enumerate(zip(mu, mu_expert, strict=True))
    ]
    changed = max(
        sum((2 - k) * np.sum(joint(game, pi, mu_expert)[k] * kernels[k]) for k in range(3)) for pi in deterministic
    )  # H times eps_dev
    bc = max(np.sum(m[:, None] * np.abs(a - b)) for m, a, b in zip(mu_expert, expert, policy, strict=True))

    steps = steps_of(game, jnp.asarray(expert), jnp.asarray(policy), exploitability=0.25)
    right = 2 * REWARD_SLOPE * d.sum() + bound * (own.sum() + e[0].sum() + e[2].sum())
    np.testing.assert_allclose(steps["Lemma 1"], [[gap - 0.25], [right]], rtol=1e-10)
    direct = 2 * REWARD_SLOPE * d.sum() + half_span * (sum(joint_error) + e[2].sum())
    np.testing.assert_allclose(steps["Decomposition (ours)"], [[gap - 0.25], [direct]], rtol=1e-10)
    np.testing.assert_allclose(steps["Decomposition, never weaker (ours)"], [[direct], [right]], rtol=1e-10)
    np.testing.assert_allclose(steps["Deviation, one agent (ours)"], [np.sum(e, axis=1), [changed] * 3], atol=1e-12)
    mfc = max(joint_error)
    two = 2 * REWARD_SLOPE * 2 * mfc + half_span * (3 * mfc + changed)
    np.testing.assert_allclose(steps["Deviation, both errors (ours)"], [[gap - 0.25], [two]], rtol=1e-10)
    np.testing.assert_allclose(
        steps["Deviation, by the MFC-ADV error (ours)"], [[changed / 3], [SLOPE * mfc / 3]], rtol=1e-10
    )
    for name in ("BC", "vanilla-ADV"):
        np.testing.assert_allclose(steps[f"{name}, occupancies (ours)"].left, joint_error[1:], rtol=1e-10)
    shift = [abs(value(game, pi, mu) - value(game, pi, mu_expert)) for pi in (policy, expert, response)]
    np.testing.assert_allclose(steps["Lemma 2"].left, shift, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(steps["Lemma 3"], [own[1:], bc * np.arange(2, 4)], rtol=1e-10)
    np.testing.assert_allclose(steps["Lemma 4"].left, d[1:], atol=1e-12)
    np.testing.assert_allclose(
        steps["Lemma 5"], [np.ravel([x[1:] for x in e]), np.ravel([x[:-1] + SLOPE * d[:-1] for x in e])], atol=1e-12
    )
    np.testing.assert_allclose(steps["MFC-ADV, among experts"].left, own[1:], atol=1e-12)


def test_every_right_side_is_what_the_lemma_states(game, rng, draw_policies):
    """c_{n+1} = (1 + L_P) c_n + 1 and g_{n+1} = (1 + L_P) g_n, by hand: no constant is a little too generous."""
    expert, policy = map(jnp.asarray, draw_policies(rng, game, 2))
    bc, vanilla, mfc, _ = map(float, mfg.proxies(game, expert, policy))
    rewards = [game.reward(n, mu) for n, mu in enumerate(mfg.population_flow(game, expert))]
    steps = steps_of(game, expert, policy)
    d = steps["Lemma 4"].left
    e = np.asarray(steps["Lemma 5 for BC"].left).reshape(3, -1)
    c, g = [1, 2 + SLOPE], [1, 1 + SLOPE]
    crowd = REWARD_SLOPE * sum(d)
    right = {
        "Lemma 2": crowd + np.abs(rewards).max() * e.sum(axis=1),
        "Lemma 3": [2 * bc, 3 * bc],
        "Lemma 4": [c_n * bc for c_n in c],
        "Lemma 5 for BC": [(c_n - n) * bc for n, c_n in enumerate(c, 1)] * 3,
        "vanilla-ADV, population": [g_n * vanilla for g_n in g],
        "vanilla-ADV, one agent": [0, SLOPE * vanilla] * 3,
        "MFC-ADV, population": [mfc, mfc],
        "MFC-ADV, one agent": [0, SLOPE * mfc] * 3,
        "BC, occupancies (ours)": d + bc,
        "vanilla-ADV, occupancies (ours)": vanilla + e[0],
        "MFC-ADV, among experts": mfc + e[0],
    }
    for name, wanted in right.items():
        np.testing.assert_allclose(steps[name].right, wanted, rtol=1e-12, atol=1e-14, err_msg=name)
    others = {name for name in steps if name.startswith(("Decomposition", "Deviation"))}
    by_brute_force = {"Lemma 1", "Lemma 5", *others}  # in test_both_sides_are_what_brute_force_says
    assert {*right, *by_brute_force} == steps.keys() and len(others) == 5


def test_every_step_holds_for_its_constants_and_fails_for_smaller_ones(game, rng, draw_policies):
    expert, *policies = map(jnp.asarray, draw_policies(rng, game, 6))
    for policy in policies:
        exploitability = float(mfg.nash_imitation_gap(game, expert))
        for left, right in steps_of(game, expert, policy, exploitability).values():
            assert (left <= right + 1e-12).all()
    broken = {
        name
        for policy in policies
        for name, (a, b) in steps_of(game, expert, policy, 9.0, slope=0.01).items()
        if (a > b + 1e-9).any()
    }
    assert "Lemma 5" in broken
