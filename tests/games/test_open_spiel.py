"""OpenSpiel's mean-field games, imported, against OpenSpiel's own values; and the formula behind their rewards."""

import sys

import jax
import numpy as np
import pytest

from mfg_imitation import load_game, nash_imitation_gap, solve_equilibrium
from mfg_imitation.games.own_share import SHARES, fit_own_share


def write(folder, name, horizon, parameters="{}"):
    path = folder / "game.yaml"
    text = f"title: a game\nsource: a test\nhorizon: {horizon}\nopen_spiel: {name}\nparameters: {parameters}\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_open_spiel_the_message_names_the_command(tmp_path, monkeypatch, one_line):
    monkeypatch.setitem(sys.modules, "pyspiel", None)  # what an import of a missing package meets
    path = write(tmp_path, "mfg_crowd_modelling", 5)
    expected = f"{path}: open_spiel: open_spiel is not installed; install it: pip install open_spiel"
    assert one_line(load_game, path) == expected


def test_the_formula_of_a_reward_is_found():
    """From values at a few shares: the formula at all others. What is no such formula is told."""
    formulas = [
        lambda x: 3 - 2 * x - np.log(x + 1e-25),
        lambda x: -40 + 0.5 * np.log(x + 1e-3),
        lambda x: 7 * x - 1,
        lambda x: 0 * x,
        lambda x: x**2,
        lambda x: np.sqrt(x),
        lambda x: np.log(x + 1e-25) ** 2,
    ]
    found, missed = fit_own_share(np.stack([formula(SHARES) for formula in formulas]))
    assert missed.tolist() == [False] * 4 + [True] * 3
    shares = np.array([0, 1e-12, 1e-3, 0.3, 0.9])
    expected = np.stack([formula(shares) for formula in formulas[:4]])
    np.testing.assert_allclose(found.at(shares)[:4], expected, rtol=0, atol=1e-11)


#: Comparisons with OpenSpiel, which `make test-slow` installs.
needs_open_spiel = pytest.mark.slow

#: Short name, horizon, parameters; a corner of each kind: walls, a start in one cell, congestion, other scales.
COMPARED = {
    "python_mfg_crowd_modelling": (4, {"size": 5}),
    "mfg_crowd_modelling": (5, {"size": 6}),
    "mfg_crowd_modelling_2d": (
        5,
        {
            "size": 4,
            "forbidden_states": "[1|1;2|1]",
            "initial_distribution": "[0|0;3|3]",
            "initial_distribution_value": "[0.25;0.75]",
            "noise_intensity": 0.5,
            "crowd_aversion_coef": 0.5,
            "with_congestion": True,
        },
    ),
    "mfg_garnet": (4, {"size": 7, "num_action": 2, "eta": 0.3, "seed": 4}),
    "python_mfg_periodic_aversion": (3, {"size": 6, "n_actions_per_side": 2, "volatility": 0.7}),
}


@needs_open_spiel
@pytest.mark.parametrize("name", COMPARED)
def test_values_are_open_spiels(tmp_path, name):
    """Gap and value of the uniform and of a random policy, by its NashConv and PolicyValue."""
    horizon, parameters = COMPARED[name]
    game = load_game(write(tmp_path, name, horizon, parameters))
    random = np.random.default_rng(0).dirichlet(np.ones(len(game.actions)), game.policy_shape[:2])
    for policy in (np.asarray(game.uniform_policy()), random):
        gap, value = open_spiel_values(name, {**parameters, "horizon": horizon}, policy)
        assert gap > 0.01
        assert float(nash_imitation_gap(game, policy)) == pytest.approx(gap, abs=1e-9)
        assert value_of(game, policy) == pytest.approx(value, abs=1e-9)


def value_of(game, policy):
    """What everyone earns who plays `policy` among others who do, forward in time."""
    mu, total = game.initial, 0.0
    for n in range(game.horizon):
        joint = mu[:, None] * policy[n]
        total += float((joint * game.reward(n, mu)).sum())
        mu = game.push_forward(n, mu, joint)
    return total


def open_spiel_values(name, parameters, policy):
    """NashConv and PolicyValue of a policy [H, S, A], whose forbidden actions count as the first allowed one."""
    import pyspiel
    from open_spiel.python import policy as policies
    from open_spiel.python.mfg import games  # noqa: F401
    from open_spiel.python.mfg.algorithms.distribution import DistributionPolicy
    from open_spiel.python.mfg.algorithms.nash_conv import NashConv
    from open_spiel.python.mfg.algorithms.policy_value import PolicyValue

    their = pyspiel.load_game(name, parameters)

    class Played(policies.Policy):
        def action_probabilities(self, state, player_id=None):
            legal = state.legal_actions()
            row = policy[step_of(state), place_of(state)].copy()
            shares = {action: row[action] for action in legal}
            shares[legal[0]] += row.sum() - sum(shares.values())
            return shares

    played = Played(their, [0])
    value = PolicyValue(their, DistributionPolicy(their, played), played)
    return NashConv(their, played).nash_conv(), value(their.new_initial_state())


def step_of(state):
    return int(str(state).strip("()").split(", ")[-1])


def place_of(state):
    return next(i for i, text in enumerate(state.distribution_support()) if text.startswith(str(state)))


@needs_open_spiel
def test_an_imported_game_is_solved_and_derived(tmp_path):
    """Its equilibrium by our solver is one by OpenSpiel's NashConv; its gap has finite derivatives."""
    name, (horizon, parameters) = "mfg_crowd_modelling", COMPARED["mfg_crowd_modelling"]
    game = load_game(write(tmp_path, name, horizon, parameters))
    found = solve_equilibrium(game, tolerance=1e-4)
    gap, _ = open_spiel_values(name, {**parameters, "horizon": horizon}, np.asarray(found.policy))
    assert gap == pytest.approx(float(found.exploitability), abs=1e-9)
    assert gap <= 1e-4
    assert np.isfinite(jax.grad(lambda policy: nash_imitation_gap(game, policy))(game.uniform_policy())).all()


@needs_open_spiel
@pytest.mark.parametrize(
    ("name", "horizon", "parameters", "message"),
    [
        ("mfg_crowd_modeling", 5, "{}", "open_spiel: unknown mean-field game 'mfg_crowd_modeling'; allowed are mean_"),
        ("mfg_crowd_modelling", 5, "{sise: 3}", "parameters.sise: unknown parameter (did you mean 'size'?); allowed"),
        ("mfg_crowd_modelling", 5, "{size: 2.5}", "parameters.size: 2.5 is not a whole number"),
        ("mfg_crowd_modelling", 5, "{size: [1, 2]}", "parameters.size: [1, 2] is not a whole number"),
        ("mfg_crowd_modelling_2d", 5, "{with_congestion: 1}", "with_congestion: 1 is not true or false"),
        ("mfg_crowd_modelling_2d", 5, "{forbidden_states: x}", "mfg_crowd_modelling_2d fails: SpielError: "),
        ("mean_field_lin_quad", 5, "{}", "its reward is not affine or logarithmic in the share of the population at "),
        ("mean_field_lin_quad", 5, "{dt: 0.5}", "horizon: 5 is not 10, the number of decisions that these parameters"),
        ("mean_field_lin_quad", 5, "{mean_revert: 0.5}", "its transitions depend on the population"),
        ("mean_field_nfg", 2, "{}", "it ends with a look at the population, after the last decision"),
        ("python_mfg_predator_prey", 5, "{}", "it has 3 populations, and only games of one can be imported"),
        ("python_mfg_dynamic_routing", 10, "{}", "not all of its states at a step ask for the shares of the same"),
        ("python_mfg_periodic_aversion", 5, "{size: 1}", "fails: ZeroDivisionError: "),
    ],
)
def test_mistakes_are_one_line(tmp_path, one_line, name, horizon, parameters, message):
    from open_spiel.python.mfg.games import normal_form_game  # noqa: F401 (the only one not registered with the others)

    path = write(tmp_path, name, horizon, parameters)
    text = one_line(load_game, path)
    assert text.startswith(f"{path}: ")
    assert message in text


@needs_open_spiel
def test_an_infinite_override_is_one_line(tmp_path, one_line):
    path = write(tmp_path, "mfg_crowd_modelling", 5)
    assert one_line(load_game, path, size=np.inf) == f"{path}: parameters.size: inf is not a whole number"
