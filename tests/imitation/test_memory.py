"""No fit makes kernels of all steps at once: an array of [H, S, A, K] would be what a large game has no room for.

Every program that a fit compiles is looked at as the compiler gets it: all its arrays have their shapes there.
"""

import math
import re

import jax
import jax.numpy as jnp
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine import flow_constraints
from mfg_imitation.imitation.algorithm import ALGORITHMS

#: In a long game a network's neurons of all steps, and records of all steps, are less than its kernels.
HORIZON = 60
GAMES = {
    "grid": ("grid_open", {"rows": 5, "columns": 5}),
    "branches": ("random_garnet", {"states": 20, "branches": 12}),
}
#: What large games are imitated by.
FITS = {
    name: lambda demonstrations, game, offered, entry=ALGORITHMS[name]: entry.run(demonstrations, game, offered)
    for name in ("bc", "likelihood", "bc_evidence", "vanilla_adv", "mfc_adv", "mfc_adv_network")
} | {
    "vanilla_adv, first order": lambda demonstrations, game, offered: mfg.vanilla_adv(
        demonstrations, game, population=offered["population"], method="first_order", iterations=1
    ),
}


@pytest.fixture(params=GAMES.values(), ids=GAMES)
def game(request):
    name, parameters = request.param
    return mfg.load_game(name, horizon=HORIZON, **parameters)


@pytest.fixture
def largest(tmp_path):
    """(function) -> how many numbers the largest array has in all programs that the call compiles, and its shape."""

    def find(function):
        jax.clear_caches()
        jax.config.update("jax_dump_ir_to", str(tmp_path))
        try:
            function()
        finally:
            jax.config.update("jax_dump_ir_to", None)
        programs = [path.read_text() for path in tmp_path.iterdir()]
        shapes = {shape for program in programs for shape in re.findall(r"tensor<((?:\d+x)+)[a-z]", program)}
        return max((math.prod(sizes), sizes) for sizes in [[*map(int, shape[:-1].split("x"))] for shape in shapes])

    return find


def kernels(game) -> int:
    """How many numbers the kernels of all steps have."""
    return game.horizon * math.prod(game.successors.shape)


@pytest.mark.parametrize("name", FITS)
def test_no_fit_makes_the_kernels_of_all_steps(name, game, largest, monkeypatch):
    monkeypatch.setattr(flow_constraints, "AT_ONCE", 1)
    policy = game.uniform_policy()
    demonstrations = mfg.sample_demonstrations(game, policy, 3, seed=0)
    offered = {"population": mfg.population_flow(game, policy), "iterations": 1, "seed": 0, "starts": None}
    numbers, shape = largest(lambda: FITS[name](demonstrations, game, offered))
    assert math.prod(game.policy_shape) <= numbers < kernels(game), shape


def test_a_program_that_makes_them_is_noticed(game, largest):
    flow = mfg.population_flow(game, game.uniform_policy())
    made = jax.jit(lambda flow: jax.vmap(game.probabilities)(jnp.arange(HORIZON), flow).sum())
    assert largest(lambda: made(flow))[0] >= kernels(game)


def test_a_derivative_through_the_flow_is_noticed(largest):
    """What a derivative keeps of every step is in the program too."""
    game = mfg.load_game("random_garnet", horizon=HORIZON, states=20, branches=12)
    made = jax.jit(jax.grad(lambda policy: jnp.sum(mfg.engine.flow.flow_of(game, policy) ** 2)))
    assert largest(lambda: made(game.uniform_policy()))[0] >= kernels(game)
