"""Every game keeps the promises of a game. None is named here: the files in config/games are the register."""

from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.flow import flow_of
from mfg_imitation.equilibria.expert import known_expert
from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate

#: All but those with common noise, which are a game for every state of it.
FILES = [
    file
    for file in sorted((Path(__file__).parents[2] / "config" / "games").glob("*.yaml"))
    if not GameFile.read(file).is_noisy
]
SHORT = 3  # steps: nothing below needs more, and most of the time is compilation
SMALL = 10  # states: exact slopes cost the fourth power of their number
N_POPULATIONS = 8


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.stem)
def file(request):
    return request.param


@pytest.fixture(scope="module")
def game(file):
    return mfg.load_game(file, horizon=SHORT)


@pytest.fixture(scope="module")
def populations(game):
    """Random populations, spread out and concentrated, and a few one-point ones."""
    rng = np.random.default_rng(0)
    n_states = len(game.states)
    corners = np.eye(n_states)[rng.choice(n_states, min(n_states, 3), replace=False)]
    draws = [rng.dirichlet(np.full(n_states, weight), N_POPULATIONS // 2) for weight in (1, 0.1)]
    return jnp.asarray(np.concatenate([corners, *draws]))


@pytest.fixture(scope="module")
def tables(game, populations):
    """What the game says at every step in every one of M populations: see `Tables`."""
    rng = np.random.default_rng(1)
    shape = game.policy_shape[1:]
    values = jnp.asarray(rng.normal(size=shape[0]))
    joint = jnp.asarray(rng.dirichlet(np.ones(shape[0] * shape[1])).reshape(shape))

    def at(n, mu):
        pulled, pushed = game.pull_back(n, mu, values), game.push_forward(n, mu, joint)
        return game.probabilities(n, mu), game.reward(n, mu), pulled, pushed

    everywhere = jax.vmap(jax.vmap(at, (None, 0)), (0, None))
    found = jax.jit(everywhere)(jnp.arange(SHORT), populations)
    return Tables(*map(np.asarray, (values, joint, *found)))


class Tables(NamedTuple):
    values: np.ndarray  # [S]
    joint: np.ndarray  # [S, A]
    kernels: np.ndarray  # [H, M, S, A, K]
    rewards: np.ndarray  # [H, M, S, A]
    pulled: np.ndarray  # [H, M, S, A], of the values
    pushed: np.ndarray  # [H, M, S], of the joint distribution


@pytest.fixture(scope="module")
def declared(file):
    """The declared Lipschitz constants."""
    return GameFile.read(file).lipschitz(horizon=SHORT)


def test_the_file_says_what_it_is_and_where_it_is_from(file):
    declaration = read_declaration(file)
    assert declaration["title"].strip() and declaration["source"].strip()
    assert file.stem.isidentifier()


def test_names_and_shapes_fit(game):
    n_states, n_actions = len(game.states), len(game.actions)
    assert len(set(game.states)) == n_states and len(set(game.actions)) == n_actions
    assert all(isinstance(name, str) and name for name in (*game.states, *game.actions))
    assert game.policy_shape == (SHORT, n_states, n_actions)
    assert game.initial.shape == (n_states,) and game.initial.dtype == jnp.float64
    np.testing.assert_allclose(game.initial.sum(), 1, atol=1e-12)
    assert game.successors.shape[:2] == (n_states, n_actions)
    assert np.issubdtype(game.successors.dtype, np.integer)
    assert game.successors.min() >= 0 and game.successors.max() < n_states


def test_kernels_are_probabilities_and_rewards_are_finite(game, tables, populations):
    kernels, rewards = tables.kernels, tables.rewards
    assert kernels.shape == (SHORT, len(populations), *game.successors.shape)
    assert rewards.shape == (SHORT, len(populations), *game.policy_shape[1:])
    assert kernels.min() >= -1e-12
    np.testing.assert_allclose(kernels.sum(axis=-1), 1, rtol=0, atol=1e-12)
    assert np.isfinite(rewards).all()
    assert kernels.dtype == rewards.dtype == np.float64


def test_pull_back_and_push_forward_are_the_successor_table(game, tables):
    """Written out with the successors, and so adjoint to one another."""
    successors = np.asarray(game.successors)
    values, joint, kernels, _, pulled, pushed = tables
    np.testing.assert_allclose(pulled, (kernels * values[successors]).sum(axis=-1), rtol=0, atol=1e-12)
    for n, i in np.ndindex(pushed.shape[:2]):
        wanted = np.zeros(len(game.states))
        np.add.at(wanted, successors, joint[..., None] * kernels[n, i])
        np.testing.assert_allclose(pushed[n, i], wanted, rtol=0, atol=1e-12)
    np.testing.assert_allclose((joint * pulled).sum(axis=(-2, -1)), pushed @ values, rtol=0, atol=1e-12)


def test_the_dense_kernel_is_the_successor_table_written_out(game, tables, populations):
    dense = np.asarray(game.transition(SHORT - 1, populations[0]))
    wanted = np.zeros(dense.shape)
    s, a, _ = np.indices(game.successors.shape)
    np.add.at(wanted, (s, a, np.asarray(game.successors)), tables.kernels[SHORT - 1, 0])
    np.testing.assert_allclose(dense, wanted, rtol=0, atol=1e-12)


def test_the_gradient_of_the_flow_is_its_difference_quotient(game, rng, draw_policies):
    """Along a random direction, from a policy inside, by a central difference: the flow is smooth but for caps."""
    policy, other = jnp.asarray(draw_policies(rng, game)), jnp.asarray(draw_policies(rng, game))
    policy = 0.5 * policy + 0.5 * game.uniform_policy()
    direction, h = other - policy, 1e-5
    flow = jax.jit(lambda t: flow_of(game, policy + t * direction))
    slope = jax.jit(lambda: jax.jvp(flow, (0.0,), (1.0,))[1])()
    np.testing.assert_allclose(slope, (flow(h) - flow(-h)) / (2 * h), rtol=0, atol=1e-8)


def test_the_engine_runs_on_it(game, rng, draw_policies):
    """The gap, the flow, and the gradient of the gap through the population, which MFC-ADV will go along."""

    @jax.jit
    def engine(policy):
        return jax.value_and_grad(
            lambda policy: (mfg.nash_imitation_gap(game, policy), mfg.population_flow(game, policy)),
            has_aux=True,
        )(policy)

    (gap, flow), slope = engine(jnp.asarray(draw_policies(rng, game)))
    np.testing.assert_allclose(flow.sum(axis=-1), 1, rtol=0, atol=1e-12)
    assert flow.min() >= 0 and np.isfinite(float(gap)) and gap >= -1e-9
    assert np.isfinite(slope).all()


def test_a_known_expert_is_nash(file):
    """At the horizon that the file states."""
    game = mfg.load_game(file)
    assert game.horizon == read_declaration(file)["horizon"]
    if game.known_expert() is None:
        assert "policy" not in read_declaration(file).get("expert", {})
    else:
        assert -1e-12 <= known_expert(game).exploitability <= 1e-9
        assert game.known_expert().shape == game.policy_shape


def test_no_pair_of_populations_is_steeper_than_declared(declared, game, tables, populations):
    """True of every pair, so chance plays no part."""
    mu = np.asarray(populations)
    dense = np.einsum("nisak,sakt->nisat", tables.kernels, np.eye(mu.shape[1])[np.asarray(game.successors)])
    for constant, table in zip(declared, (dense, tables.rewards[..., None]), strict=True):
        for i in range(1, len(mu)) if constant is not None else ():
            change = np.abs(table[:, i:] - table[:, :-i]).sum(axis=-1).max(axis=(0, 2, 3))
            distance = np.abs(mu[i:] - mu[:-i]).sum(axis=-1)
            assert (change <= constant * distance * (1 + 1e-9) + 1e-12).all()


def test_no_slope_is_steeper_than_declared(declared, game):
    if len(game.states) > SMALL or declared == (None, None):
        return
    estimate = lipschitz_estimate(game, n_samples=20)
    for constant, found in zip(declared, estimate, strict=False):
        assert constant is None or found <= constant * (1 + 1e-9) + 1e-12


def test_every_parameter_can_be_overridden(file):
    """By the value it has: the same game comes out; by no number at all: the message names the parameter."""
    declaration = read_declaration(file)
    values = declaration.get("parameters", {})
    values = {name: spec["value"] if isinstance(spec, dict) else spec for name, spec in values.items()}
    game = mfg.load_game(file, **values)
    for own, same in zip(jax.tree.leaves(mfg.load_game(file)), jax.tree.leaves(game), strict=True):
        np.testing.assert_array_equal(own, same)
    for name in values:
        with pytest.raises(mfg.InputError, match=name):
            mfg.load_game(file, **{name: object()})


def test_the_horizon_can_be_overridden(file, game):
    assert game.horizon == game.policy_shape[0] == SHORT
    assert mfg.load_game(file, horizon=1).horizon == 1
    expert = game.known_expert()
    assert expert is None or expert.shape == game.policy_shape
