"""What every solver promises. None is named here: the registry is asked."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.equilibria.solver import SOLVERS


@pytest.fixture(scope="module")
def game():
    return mfg.load_game("sis", horizon=3)


@pytest.mark.parametrize("name", SOLVERS)
def test_the_best_policy_is_kept_and_measured(name, game):
    solver = SOLVERS[name]
    state = solver.begin(game, jnp.asarray(1.0))
    before = float(mfg.nash_imitation_gap(game, game.uniform_policy()))
    for _ in range(4):
        assert float(state.exploitability) <= before + 1e-12
        assert float(mfg.nash_imitation_gap(game, state.policy)) == pytest.approx(
            float(state.exploitability), abs=1e-12
        )
        np.testing.assert_allclose(jnp.sum(state.policy, axis=-1), 1, atol=1e-12)
        before, state = float(state.exploitability), solver.advance(game, state, 10)
    assert before < 0.2 * float(mfg.nash_imitation_gap(game, game.uniform_policy()))


@pytest.mark.parametrize("name", SOLVERS)
def test_solving_ends_with_what_it_measured(name, game):
    found = mfg.solve_equilibrium(game, method=name, iterations=100, progress=False)
    assert found.exploitability == pytest.approx(float(mfg.nash_imitation_gap(game, found.policy)), abs=1e-15)
    assert found.status in ("converged", "iteration limit")
    assert (np.diff(found.convergence.exploitability) <= 0).all()
    again = mfg.solve_equilibrium(game, method=name, iterations=100, progress=False)
    np.testing.assert_array_equal(found.policy, again.policy)


def test_an_unknown_method_is_named(game, one_line):
    message = one_line(mfg.solve_equilibrium, game, method="magic")
    assert message == f"method is 'magic': allowed are {', '.join(SOLVERS)}"
    assert jax.tree.leaves(SOLVERS) or all(entry.summary for entry in SOLVERS.values())
