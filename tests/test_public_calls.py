"""Arguments of the wrong kind, whatever the function: one line that names the argument, and no traceback of JAX's."""

import json

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import mfg_imitation as mfg

HORIZON, KERNEL = 3, np.full((2, 2, 2), 0.5)

#: Two trajectories that stay in the first state and play the first action.
TWO = np.zeros((2, HORIZON), int)

#: No arrays of probabilities.
ARRAYS = {
    "text": "x",
    "ragged": [[1], [0, 1]],
    "mapping": {},
    "frame": pd.DataFrame({"a": [1]}),
    "number": 3,
    "NaN": np.full((HORIZON, 2, 2), np.nan),
    "infinite": np.full((HORIZON, 2, 2), np.inf),
    "complex": np.full((HORIZON, 2, 2), 0.5 + 0j),
    "objects": np.full((HORIZON, 2, 2), None),
    "dates": np.zeros((HORIZON, 2, 2), "M8[s]"),
    "masked": np.ma.masked_array(np.full((HORIZON, 2, 2), 0.5), mask=True),
    "set": {1},
    "generator": (i for i in range(3)),
    "function": len,
}
TAKES_ARRAY = {
    "nash_imitation_gap": lambda game, x: mfg.nash_imitation_gap(game, x),
    "gaps": lambda game, x: mfg.gaps(game, x, game.known_expert()),
    "proxies": lambda game, x: mfg.proxies(game, game.known_expert(), x),
    "occupancy": lambda game, x: mfg.occupancy(game, game.known_expert(), x),
    "best_response": lambda game, x: mfg.best_response(game, x),
    "policy_value": lambda game, x: mfg.policy_value(game, game.known_expert(), x),
    "behavioral_cloning": lambda game, x: mfg.behavioral_cloning(x, game),
    "most_frequent_action": lambda game, x: mfg.most_frequent_action(x, game),
    "cloning_by_evidence": lambda game, x: mfg.cloning_by_evidence(x, game),
    "network_policy": lambda game, x: mfg.network_policy(x, game),
    "vanilla_adv": lambda game, x: mfg.vanilla_adv(x, game),
    "mfc_adv": lambda game, x: mfg.mfc_adv(x, game, iterations=1),
    "mfc_adv_simulated": lambda game, x: mfg.mfc_adv_simulated(x, mfg.player_simulator(game, 5), game, iterations=1),
    "mfc_adv_network": lambda game, x: mfg.mfc_adv_network(x, game, iterations=1),
    "social_optimum": lambda game, x: mfg.social_optimum(game, x),
    "sample_demonstrations": lambda game, x: mfg.sample_demonstrations(game, x, 3, 0),
    "empirical_nash_imitation_gap": lambda game, x: mfg.empirical_nash_imitation_gap(game, x, 10, 2, seed=0),
    "from_functions": lambda game, x: mfg.Game.from_functions(
        lambda n, mu: x, lambda n, mu: jnp.zeros((2, 2)), [1, 0], 3
    ),
    "from_functions, reward": lambda game, x: mfg.Game.from_functions(
        lambda n, mu: jnp.asarray(KERNEL), lambda n, mu: x, [1, 0], 3
    ),
}

NO_GAMES = {"name": "attractor", "number": 3, "nothing": None, "class": mfg.Game, "mapping": {}}
TAKES_GAME = {
    "nash_imitation_gap": lambda x, game: mfg.nash_imitation_gap(x, game.known_expert()),
    "gaps": lambda x, game: mfg.gaps(x, game.known_expert(), game.known_expert()),
    "proxies": lambda x, game: mfg.proxies(x, game.known_expert(), game.known_expert()),
    "population_flow": lambda x, game: mfg.population_flow(x, game.known_expert()),
    "occupancy": lambda x, game: mfg.occupancy(x, game.known_expert()),
    "best_response": lambda x, game: mfg.best_response(x, game.known_expert()),
    "policy_value": lambda x, game: mfg.policy_value(x, game.known_expert(), game.known_expert()),
    "behavioral_cloning": lambda x, game: mfg.behavioral_cloning(game.known_expert(), x),
    "most_frequent_action": lambda x, game: mfg.most_frequent_action(game.known_expert(), x),
    "cloning_by_evidence": lambda x, game: mfg.cloning_by_evidence(game.known_expert(), x),
    "network_policy": lambda x, game: mfg.network_policy(game.known_expert(), x),
    "likelihood_network": lambda x, game: mfg.likelihood_network(mfg.Demonstrations(TWO, TWO), x),
    "vanilla_adv": lambda x, game: mfg.vanilla_adv(game.known_expert(), x),
    "mfc_adv": lambda x, game: mfg.mfc_adv(game.known_expert(), game=x),
    "mfc_adv_network": lambda x, game: mfg.mfc_adv_network(game.known_expert(), x),
    "solve_equilibrium": lambda x, game: mfg.solve_equilibrium(x),
    "social_optimum": lambda x, game: mfg.social_optimum(x),
    "sample_demonstrations": lambda x, game: mfg.sample_demonstrations(x, game.known_expert(), 3, 0),
    "empirical_nash_imitation_gap": lambda x, game: mfg.empirical_nash_imitation_gap(x, game.known_expert(), 9, 2, 0),
    "player_simulator": lambda x, game: mfg.player_simulator(x, 3),
    "mfc_adv_simulated": lambda x, game: mfg.mfc_adv_simulated(game.known_expert(), mfg.player_simulator(game, 3), x),
    "learn_kernel": lambda x, game: mfg.learn_kernel(None, x),
    "load_demonstrations": lambda x, game: mfg.load_demonstrations("nowhere.csv", x),
    "save_demonstrations": lambda x, game: mfg.save_demonstrations("nowhere.csv", game.known_expert(), x),
}

NO_NUMBERS = {"NaN": np.nan, "below 0": -1, "text": "3", "list": [3], "infinite": np.inf, "true": True, "array": KERNEL}
COUNTS = {
    "mfc_adv": lambda game, x: mfg.mfc_adv(mfg.occupancy(game, game.known_expert()), game, iterations=x),
    "mfc_adv_network": lambda game, x: mfg.mfc_adv_network(mfg.Demonstrations(TWO, TWO), game, iterations=x),
    "mfc_adv_network, seed": lambda game, x: mfg.mfc_adv_network(mfg.Demonstrations(TWO, TWO), game, seed=x),
    "vanilla_adv": lambda game, x: mfg.vanilla_adv(mfg.occupancy(game, game.known_expert()), game, iterations=x),
    "network_policy": lambda game, x: mfg.network_policy(mfg.occupancy(game, game.known_expert()), game, iterations=x),
    "likelihood_network": lambda game, x: mfg.likelihood_network(mfg.Demonstrations(TWO, TWO), game, iterations=x),
    "likelihood_network, seed": lambda game, x: mfg.likelihood_network(mfg.Demonstrations(TWO, TWO), game, seed=x),
    "network_policy, seed": lambda game, x: mfg.network_policy(mfg.occupancy(game, game.known_expert()), game, seed=x),
    "sample_demonstrations": lambda game, x: mfg.sample_demonstrations(game, game.known_expert(), x, 0),
    "sample_demonstrations, seed": lambda game, x: mfg.sample_demonstrations(game, game.known_expert(), 3, x),
    "sample_demonstrations, players": lambda game, x: mfg.sample_demonstrations(
        game, game.known_expert(), 3, 0, n_players=x
    ),
    "solve_equilibrium": lambda game, x: mfg.solve_equilibrium(game, iterations=x),
    "solve_equilibrium, checks": lambda game, x: mfg.solve_equilibrium(game, check_every=x),
    "social_optimum": lambda game, x: mfg.social_optimum(game, iterations=x),
    "social_optimum, starts": lambda game, x: mfg.social_optimum(game, n_random_starts=x),
    "player_simulator": lambda game, x: mfg.player_simulator(game, x),
    "learn_kernel": lambda game, x: mfg.learn_kernel(None, game, iterations=x),
    "mfc_adv_simulated": lambda game, x: mfg.mfc_adv_simulated(
        mfg.occupancy(game, game.known_expert()), mfg.player_simulator(game, 3), game, rounds=x
    ),
    "empirical_nash_imitation_gap": lambda game, x: mfg.empirical_nash_imitation_gap(
        game, game.known_expert(), x, 2, 0
    ),
    "horizon": lambda game, x: mfg.load_game("attractor", horizon=x),
}
#: Beside the counts, 0 and what is no number at all.
POSITIVE = {
    "mfc_adv": lambda game, x: mfg.mfc_adv(mfg.occupancy(game, game.known_expert()), game, tolerance=x),
    "vanilla_adv": lambda game, x: mfg.vanilla_adv(mfg.occupancy(game, game.known_expert()), game, tolerance=x),
    "solve_equilibrium": lambda game, x: mfg.solve_equilibrium(game, tolerance=x),
    "solve_equilibrium, step": lambda game, x: mfg.solve_equilibrium(game, step_size=x),
    "social_optimum": lambda game, x: mfg.social_optimum(game, tolerance=x),
}


@pytest.mark.parametrize("name", TAKES_ARRAY)
def test_what_is_no_array_of_probabilities(name, attractor3, one_line):
    for wrong in ARRAYS.values():
        one_line(TAKES_ARRAY[name], attractor3, wrong)


@pytest.mark.parametrize("name", TAKES_GAME)
def test_what_is_no_game(name, attractor3, one_line):
    for wrong in NO_GAMES.values():
        assert "which is no game; load_game" in one_line(TAKES_GAME[name], wrong, attractor3)


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_no_count(name, attractor3, one_line):
    for wrong in (*NO_NUMBERS.values(), 1.5):
        assert "a whole number" in one_line(COUNTS[name], attractor3, wrong)


@pytest.mark.parametrize("name", POSITIVE)
def test_what_is_no_positive_number(name, attractor3, one_line):
    for wrong in (*NO_NUMBERS.values(), 0):
        assert "a finite number above 0" in one_line(POSITIVE[name], attractor3, wrong)


def test_a_switch_is_true_or_false(attractor3, one_line):
    target = mfg.occupancy(attractor3, attractor3.known_expert())
    switched = (mfg.behavioral_cloning, mfg.most_frequent_action, mfg.cloning_by_evidence, mfg.network_policy)
    for fit in (*switched, mfg.vanilla_adv, mfg.mfc_adv):
        for wrong in ("no", 1, None):
            assert "True or False" in one_line(fit, target, attractor3, stationary=wrong)


@pytest.mark.parametrize(
    ("transition", "reward", "said"),
    [
        (lambda n, mu: KERNEL * np.asarray(mu).sum(), lambda n, mu: jnp.zeros((2, 2)), "transition: JAX traces"),
        (lambda n, mu: KERNEL, lambda n, mu: jnp.zeros((2, 2)) if mu[0] > 0 else 1, "reward: JAX traces"),
        (lambda n: KERNEL, lambda n, mu: jnp.zeros((2, 2)), "transition fails: TypeError"),
        (KERNEL, lambda n, mu: jnp.zeros((2, 2)), "a function of the step and the population is needed"),
        (lambda n, mu: KERNEL, lambda n, mu: jnp.zeros((2, 2)) / [][0], "reward fails: IndexError"),
    ],
)
def test_functions_that_jax_cannot_trace(transition, reward, said, one_line):
    message = one_line(mfg.Game.from_functions, transition, reward, [1, 0], 3)
    assert said in message
    assert ("jax.numpy" in message) == ("JAX traces" in said)


def test_names_are_text(one_line):
    def game(states):
        return mfg.Game.from_functions(lambda n, mu: KERNEL, lambda n, mu: jnp.zeros((2, 2)), [1, 0], 3, states=states)

    assert "a list of names is needed" in one_line(game, 3)
    assert "a list of names is needed" in one_line(game, "ab")
    assert "a name is text" in one_line(game, [1, 2])


def test_results_are_plain(attractor3):
    target = mfg.occupancy(attractor3, attractor3.known_expert())
    demonstrations = mfg.sample_demonstrations(attractor3, attractor3.uniform_policy(), 20, 0)
    fits = [
        mfg.most_frequent_action(demonstrations, attractor3),
        mfg.cloning_by_evidence(demonstrations, attractor3),
        mfg.network_policy(demonstrations, attractor3, iterations=2),
        mfg.mfc_adv_network(demonstrations, attractor3, iterations=2),
        mfg.behavioral_cloning(target, attractor3),
        mfg.vanilla_adv(target, attractor3),
        mfg.vanilla_adv(target, attractor3, method="first_order", iterations=3),
        mfg.mfc_adv(target, attractor3, iterations=2),
        mfg.mfc_adv_simulated(target, mfg.player_simulator(attractor3, 5), attractor3, iterations=1).imitation,
    ]
    for fit in fits:
        objective, status, iterations, certificate = json.loads(json.dumps(fit[1:]))
        assert isinstance(status, str) and isinstance(objective, float)
        assert isinstance(iterations, int) and isinstance(certificate, float)


@pytest.fixture(scope="module")
def attractor3():
    return mfg.load_game("attractor", horizon=HORIZON)
