"""What a user hands in wrongly: one line that names the argument, the index and the value."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.checks import COMPILED, TOLERANCE, check_probabilities
from mfg_imitation.engine.control import social_optimum
from mfg_imitation.games.lipschitz import lipschitz_estimate

HORIZON, N_STATES, N_ACTIONS = 4, 2, 2
POLICY = np.full((HORIZON, N_STATES, N_ACTIONS), 0.5)
BATCH = np.stack([POLICY, POLICY])
FLOW = np.full((HORIZON, N_STATES), 0.5)


class Argument(NamedTuple):
    """A public function of one array, the array's name in it, and an array that is right."""

    name: str
    call: Callable
    right: np.ndarray


def kernel(n, mu):
    return jnp.full((N_STATES, N_ACTIONS, N_STATES), 0.5)


def reward(n, mu):
    return jnp.zeros((N_STATES, N_ACTIONS))


ARGUMENTS = {
    "population_flow": Argument("policy", lambda game, x: mfg.population_flow(game, x), BATCH),
    "occupancy": Argument("policy", lambda game, x: mfg.occupancy(game, x), BATCH),
    "occupancy-population": Argument("population", lambda game, x: mfg.occupancy(game, POLICY, x), FLOW),
    "policy_value": Argument("policy", lambda game, x: mfg.policy_value(game, x, FLOW), BATCH),
    "policy_value-population": Argument("population", lambda game, x: mfg.policy_value(game, POLICY, x), FLOW),
    "best_response": Argument("population", lambda game, x: mfg.best_response(game, x), FLOW),
    "nash_imitation_gap": Argument("policy", lambda game, x: mfg.nash_imitation_gap(game, x), BATCH),
    "gaps": Argument("policy", lambda game, x: mfg.gaps(game, POLICY, x), BATCH),
    "gaps-expert": Argument("expert", lambda game, x: mfg.gaps(game, x, POLICY), POLICY),
    "proxies": Argument("policy", lambda game, x: mfg.proxies(game, POLICY, x), BATCH),
    "proxies-expert": Argument("expert", lambda game, x: mfg.proxies(game, x, POLICY), POLICY),
    "deviation": Argument("policy", lambda game, x: mfg.deviation(game, POLICY, x), BATCH),
    "deviation-expert": Argument("expert", lambda game, x: mfg.deviation(game, x, POLICY), POLICY),
    "dagger": Argument("expert", lambda game, x: mfg.dagger(game, x, 1, 1, 0), POLICY),
    "social_optimum": Argument("starts", lambda game, x: social_optimum(game, x, iterations=1), BATCH),
    "sample_demonstrations": Argument("policy", lambda game, x: mfg.sample_demonstrations(game, x, 1, 0), POLICY),
    "empirical_nash_imitation_gap": Argument(
        "policy", lambda game, x: mfg.empirical_nash_imitation_gap(game, x, 2, 2, 0), POLICY
    ),
    "consistent_rewards": Argument("policy", lambda game, x: mfg.consistent_rewards(game, x), POLICY),
    "quantal_response": Argument("start", lambda game, x: mfg.quantal_response(game, 1.0, start=x), POLICY),
    "lipschitz_estimate": Argument("populations", lambda game, x: lipschitz_estimate(game, x, n_samples=2), FLOW),
    "from_functions": Argument("initial", lambda game, x: mfg.Game.from_functions(kernel, reward, x, HORIZON), FLOW[0]),
}


def test_every_public_function_is_in_the_table():
    takes_no_array_of_probabilities = {
        "learn_kernel",  # of transitions: checked in its own tests
        "load_game",
        "merged_nash_imitation_gap",  # of games with common noise: checked in their own tests
        "player_simulator",
        "sampled_nash_imitation_gap",
        "solve_equilibrium",
        "upper_bounds",
    }
    # These take demonstrations, or joint occupancies [H, S, A]: checked in their own tests.
    of_demonstrations = {
        "behavioral_cloning",
        "cloning_by_evidence",
        "empirical_occupancy",
        "estimate_parameters",
        "label_noise_interval",
        "likelihood_by_evidence",
        "likelihood_network",
        "load_dataset",
        "load_demonstrations",
        "mfc_adv_simulated",
        "most_frequent_action",
        "network_policy",
        "quantal_response_temperature",
        "save_demonstrations",
        "trajectory_likelihood",
    }
    of_occupancies = {
        "match_divergence",
        "mfc_adv",
        "mfc_adv_deviation",
        "mfc_adv_network",
        "population_likelihood",
        "recover_reward",
        "vanilla_adv",
    }
    functions = {name for name in mfg.__all__ if name[0].islower()}
    functions -= takes_no_array_of_probabilities | of_demonstrations | of_occupancies
    assert functions <= set(ARGUMENTS)


def altered(array, *values):
    """The array with its last entries replaced by `values`."""
    changed = np.array(array)
    changed[(-1,) * (changed.ndim - 1)][-len(values) :] = values
    return changed


def mistakes(argument: Argument):
    """(what is wrong, the wrong array, what the message must say)."""
    name, _, right = argument
    last = ", ".join(str(size - 1) for size in right.shape)
    row = ", ".join([*(str(size - 1) for size in right.shape[:-1]), ":"])
    shape = [*right.shape[:-1], right.shape[-1] + 1]
    yield "NaN", altered(right, np.nan), f"{name}[{last}] is nan: not a finite number"
    yield "infinity", altered(right, np.inf), f"{name}[{last}] is inf: not a finite number"
    yield "negative", altered(right, 1.25, -0.25), f"{name}[{last}] is -0.25: a negative probability"
    yield "not normalised", altered(right, 0.25), f"{name}[{row}] is 0.75: the sum of the probabilities"
    yield "one too many", np.full(shape, 0.5), f"{name} has shape {shape}, expected "
    yield "text", "abc", f"{name} is not an array of numbers: "
    yield "text inside", np.full(right.shape, "x"), f"{name} is not an array of numbers: "
    yield "ragged", [[1.0], [0.5, 0.5]], f"{name} is not an array of numbers: "
    yield "mapping", {"s0": 1}, f"{name} is not an array of numbers: "
    yield "complex", right + 1j, f"{name} is not an array of numbers: "


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("argument", "wrong", "fragment"),
    [
        pytest.param(argument, wrong, fragment, id=f"{function}-{what}")
        for function, argument in ARGUMENTS.items()
        for what, wrong, fragment in mistakes(argument)
    ],
)
def test_a_wrong_array_is_one_clear_line(attractor, one_line, argument, wrong, fragment):
    assert fragment in one_line(argument.call, attractor, wrong)


@pytest.mark.parametrize("argument", ARGUMENTS.values(), ids=ARGUMENTS)
def test_a_right_array_passes(attractor, argument):
    argument.call(attractor, argument.right)
    argument.call(attractor, argument.right.tolist())


@pytest.mark.parametrize("argument", ARGUMENTS.values(), ids=ARGUMENTS)
def test_too_few_axes(attractor, one_line, argument):
    assert f"{argument.name} has shape []" in one_line(argument.call, attractor, 0.5)


def test_only_policies_come_in_batches(attractor, one_line):
    message = one_line(mfg.gaps, attractor, BATCH, POLICY)
    assert message == "expert has shape [2, 4, 2, 2], expected [4, 2, 2]"
    message = one_line(mfg.best_response, attractor, np.stack([FLOW, FLOW]))
    assert message == "population has shape [2, 4, 2], expected [4, 2]"


def test_probabilities_may_be_off_by_rounding_only(one_line):
    check_probabilities("row", [0.5, 0.5 + TOLERANCE / 2], (2,))
    check_probabilities("row", [1 + TOLERANCE / 2, -TOLERANCE / 2], (2,))
    assert "the sum" in one_line(check_probabilities, "row", [0.5, 0.5 + 2 * TOLERANCE], (2,))
    assert "negative" in one_line(check_probabilities, "row", [1 + 2 * TOLERANCE, -2 * TOLERANCE], (2,))


@pytest.mark.parametrize("value", [-0.01, 0.49, np.nan, np.inf, 0.5 + 3 * TOLERANCE])
def test_one_wrong_number_in_a_large_policy_is_found(one_line, value):
    large = np.full((COMPILED // 2, 2), 0.5)
    assert check_probabilities("policy", large, large.shape).shape == large.shape
    large[-3, 1] = value
    assert f"policy[{len(large) - 3}, " in one_line(check_probabilities, "policy", large, large.shape)


def test_checked_arrays_are_double_precision():
    for array in ([1, 0], np.array([1, 0]), np.array([1, 0], dtype=np.float32), jnp.array([True, False])):
        assert check_probabilities("row", array, (2,)).dtype == jnp.float64


def test_traced_arrays_are_checked_for_their_shape_only(one_line):
    def checked(array):
        return check_probabilities("row", array, (2,))

    np.testing.assert_array_equal(jax.jit(checked)(jnp.array([3.0, -1.0])), [3, -1])
    assert one_line(jax.jit(checked), jnp.ones(3)) == "row has shape [3], expected [2]"


# --- Game.from_functions --------------------------------------------------------------------------------------------


def make(kernel=kernel, reward=reward, initial=(0.5, 0.5), horizon=HORIZON, **names):
    return mfg.Game.from_functions(kernel, reward, initial, horizon, **names)


@pytest.mark.parametrize("horizon", [0, -1, 1.5, True, "3", None, np.float64(3), np.nan], ids=repr)
def test_horizon_is_a_whole_number(one_line, horizon):
    assert one_line(make, horizon=horizon) == f"horizon is {horizon!r}: a whole number >= 1 is needed"


def test_horizon_may_come_from_numpy():
    assert make(horizon=np.int64(3)).policy_shape == (3, 2, 2)


def only_in(state, wrong):
    """A kernel that is right unless the whole population is in `state`, where a1 in s1 follows `wrong`."""

    def function(n, mu):
        right = kernel(n, mu)
        return jnp.where(mu[state] == 1, right.at[1, 1].set(jnp.array(wrong)), right)

    return function


@pytest.mark.parametrize(
    ("wrong", "fragments"),
    [
        ({"kernel": lambda n, mu: jnp.ones((2, 2))}, ["transition", "has shape [2, 2], expected [2, 2, 2]"]),
        (
            {"kernel": only_in(0, [0.5, 0.4])},
            ["of a1 in s1[:] is 0.9", "mu is all in s0", "the sum"],
        ),
        (
            {"kernel": only_in(1, [1.5, -0.5])},
            ["transition", "of a1 in s1[1] is -0.5", "mu is all in s1", "negative"],
        ),
        ({"kernel": only_in(1, [np.nan, 1])}, ["transition", "of a1 in s1[0] is nan", "mu is all in s1"]),
        ({"kernel": lambda n, mu: "text"}, ["transition", "not an array of numbers"]),
        ({"kernel": lambda n, mu: None}, ["transition", "not an array of numbers"]),
        ({"reward": lambda n, mu: jnp.zeros(2)}, ["reward", "[2]", "expected"]),
        ({"reward": lambda n, mu: jnp.zeros((3, 2))}, ["reward", "[3, 2]", "expected"]),
        (
            {"reward": lambda n, mu: jnp.log(mu)[:, None] * jnp.ones(2)},
            ["reward of a0 in s1 is -inf", "all in s0"],
        ),
        ({"reward": lambda n, mu: reward(n, mu) * jnp.nan}, ["reward of a0 in s0 is nan"]),
        ({"reward": lambda n, mu: "text"}, ["reward", "not an array of numbers"]),
        ({"reward": lambda n, mu: None}, ["reward", "not an array of numbers"]),
        ({"states": ("only", "one", "more")}, ["states", "3", "2"]),
        ({"actions": ("only",)}, ["actions", "1", "2"]),
        ({"states": ("same", "same")}, ["states", "'same'"]),
        ({"actions": ("same", "same")}, ["actions", "'same'"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_functions_that_make_no_game(one_line, wrong, fragments):
    message = one_line(make, **wrong)
    assert all(fragment in message for fragment in fragments), message


@pytest.mark.parametrize("broken", [HORIZON - 1, 1], ids=["last step", "second step"])
def test_every_step_is_looked_at(one_line, broken):
    message = one_line(make, kernel=lambda n, mu: kernel(n, mu) + 0.5 * (n == broken))
    assert "transition of a0 in s0" in message and f"at n = {broken}" in message and "the sum" in message
    message = one_line(make, reward=lambda n, mu: reward(n, mu) + jnp.where(n == broken, jnp.inf, 0))
    assert "reward of a0 in s0 is inf" in message and f"n = {broken}" in message


def test_functions_may_return_numpy_lists_and_integers():
    game = make(lambda n, mu: np.full((2, 2, 2), 0.5), lambda n, mu: [[0, 1], [2, 3]])
    assert game.reward(0, game.initial).dtype == jnp.float64
    assert mfg.nash_imitation_gap(game, POLICY) == pytest.approx(0.5 * HORIZON)


def test_names_are_kept(one_line):
    game = make(states=["left", "right"], actions=["go", "stop"])
    assert (game.states, game.actions) == (("left", "right"), ("go", "stop"))
    assert (make().states, make().actions) == (("s0", "s1"), ("a0", "a1"))
    message = one_line(make, reward=lambda n, mu: reward(n, mu) * jnp.nan, states=["left", "right"])
    assert "reward of a0 in left" in message


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_distributions_in_few_bits_are_taken_for_what_they_are(kind, one_line):
    scores = np.exp(np.random.default_rng(0).normal(size=(4, 100, 7)))
    narrow = jnp.asarray(scores / scores.sum(axis=-1, keepdims=True)).astype(kind)
    taken = check_probabilities("policy", narrow, (100, 7), batch=True)
    assert taken.dtype == float
    np.testing.assert_allclose(taken.sum(axis=-1), 1, rtol=0, atol=1e-14)
    np.testing.assert_allclose(taken, scores / scores.sum(axis=-1, keepdims=True), rtol=0.02)
    np.testing.assert_array_equal(taken, check_probabilities("policy", np.asarray(narrow), (4, 100, 7)))
    wrong = {"float32": 1.001, "float16": 1.02, "bfloat16": 1.1}[kind]
    assert f"which {kind} allows" in one_line(check_probabilities, "policy", narrow * wrong, (4, 100, 7))


def test_kernels_and_starts_in_few_bits_are_taken_and_wrong_ones_are_not(one_line):
    kernel = np.random.default_rng(0).dirichlet(np.ones(3), (3, 2)).astype(np.float32)

    def game(factor, initial):
        def transition(n, mu):
            return factor * jnp.asarray(kernel)

        return mfg.Game.from_functions(transition, lambda n, mu: jnp.zeros((3, 2)), initial, 3)

    third = np.full(3, 1 / 3, np.float32)
    made = game(1, third)
    np.testing.assert_allclose(made.probabilities(0, made.initial).sum(axis=-1), 1, rtol=0, atol=1e-15)
    assert float(made.initial.sum()) == pytest.approx(1, abs=1e-15)
    assert "transition of a0 in s0" in one_line(game, 1.001, third)
    assert "float32 allows" in one_line(game, 1, third * 1.001)


def test_masked_numbers_are_refused(one_line):
    assert "it is masked" in one_line(check_probabilities, "policy", np.ma.array([0.5, 0.5], mask=[True, False]), (2,))
