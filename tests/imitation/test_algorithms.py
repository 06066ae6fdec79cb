"""What every algorithm promises. None is named here: the registry is asked."""

import inspect

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.demonstrations import Demonstrations

# Variants share the code of what they vary: they are asked in `make test-slow`. Entries that one function makes differ
# in a formula only: one of them is asked for all that an algorithm promises.
NAMES = [pytest.param(name, marks=[pytest.mark.slow] * bool(entry.variant_of)) for name, entry in ALGORITHMS.items()]
EVERY_CLASS = [
    pytest.param(name, stationary, marks=[pytest.mark.slow] * bool(entry.variant_of))
    for name, entry in ALGORITHMS.items()
    for stationary in {False, entry.stationary}
]
OF_FUNCTION = {inspect.unwrap(entry.fit).__code__: name for name, entry in reversed(list(ALGORITHMS.items()))}
CLASSES = [case for case in EVERY_CLASS if case.values[0] in OF_FUNCTION.values()]
STARTED = [case for case in CLASSES if "starts" in inspect.signature(ALGORITHMS[case.values[0]].fit).parameters]


@pytest.fixture(scope="module")
def game():
    return mfg.load_game(
        "sheltered_attractor", horizon=4, transition_lipschitz=1, reward_lipschitz=1, shelter_cost=0.05
    )


@pytest.fixture(scope="module")
def samples(game) -> Demonstrations:
    """Three samples, as one batch; the players mix, so that each sample has a population of its own."""
    mixed = 0.7 * game.known_expert() + 0.3 / len(game.actions)
    drawn = [mfg.sample_demonstrations(game, mixed, 40, seed, label_noise=0.2) for seed in range(3)]
    return Demonstrations(*(jnp.stack([getattr(one, kind) for one in drawn]) for kind in ("states", "actions")))


@pytest.fixture(scope="module")
def fit(game):
    """(algorithm, demonstrations, stationary, ...) -> its fit, from what it starts from."""

    def run(name, demonstrations, stationary=False, **more):
        entry = ALGORITHMS[name]
        before = [run(one, demonstrations, stationary).policy for one in entry.starts_from]
        offered = {"population": mfg.population_flow(game, game.known_expert()), "stationary": stationary}
        offered |= {
            "iterations": 200,
            "seed": 0,
            "starts": jnp.stack(list(map(jnp.asarray, before))) if before else None,
        }
        return entry.run(demonstrations, game, offered | more)

    return run


def sample(samples, i):
    return Demonstrations(samples.states[i], samples.actions[i])


@pytest.mark.parametrize(("name", "stationary"), EVERY_CLASS)
def test_a_policy_comes_out_with_how_the_fit_ended(name, stationary, fit, samples, game):
    found = fit(name, samples, stationary)
    assert found.policy.shape == (3, *game.policy_shape)
    np.testing.assert_allclose(np.sum(found.policy, axis=-1), 1, atol=1e-9)
    assert np.min(found.policy) >= 0
    assert np.shape(found.objective) == np.shape(found.status) == np.shape(found.iterations) == (3,)
    assert np.isfinite(found.objective).all() and np.all(np.asarray(found.certificate) >= 0)
    assert all(isinstance(str(status), str) and status for status in found.status)
    if stationary:
        np.testing.assert_array_equal(found.policy, np.broadcast_to(found.policy[:, :1], found.policy.shape))


@pytest.mark.parametrize("known", [True, False], ids=["population known", "population estimated"])
@pytest.mark.parametrize(("name", "stationary"), CLASSES)
def test_a_batch_is_its_samples_and_equal_calls_give_equal_bytes(name, stationary, known, fit, samples):
    """Each sample has its own estimate of the population, too."""
    offered = {} if known else {"population": None}
    alone = fit(name, sample(samples, 1), stationary, **offered)
    if alone.status == "iteration limit":  # on a search's way rounding grows: 50 steps are too few for it
        offered["iterations"] = 50
        alone = fit(name, sample(samples, 1), stationary, **offered)
    together = fit(name, samples, stationary, **offered)
    again = fit(name, sample(samples, 1), stationary, **offered)
    np.testing.assert_allclose(together.policy[1], alone.policy, rtol=0, atol=1e-9)
    assert float(together.objective[1]) == pytest.approx(float(alone.objective), abs=1e-9)
    assert together.status[1] == alone.status
    np.testing.assert_array_equal(alone.policy, again.policy)


@pytest.mark.parametrize(("name", "stationary"), CLASSES)
def test_the_experts_own_occupancy_is_recovered(name, stationary, fit, game):
    if "transitions" in ALGORITHMS[name].needs:
        demonstrations = mfg.sample_demonstrations(game, game.known_expert(), 50, 0)  # the expert is deterministic
    else:
        demonstrations = mfg.occupancy(game, game.known_expert())
    found = fit(name, demonstrations, stationary)
    assert float(mfg.nash_imitation_gap(game, found.policy)) <= 1e-6


@pytest.mark.parametrize(("name", "stationary"), STARTED)
def test_a_start_is_never_made_worse(name, stationary, fit, samples):
    """What a long run found is handed to a short one as a start: the short one may not end above it."""
    found = fit(name, samples, stationary)
    short = fit(name, samples, stationary, starts=jnp.asarray(found.policy)[None], iterations=1)
    assert np.all(np.asarray(short.objective) <= np.asarray(found.objective) + 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_demonstrations_are_one_line(name, fit, samples, one_line):
    short = Demonstrations(samples.states[..., 1:], samples.actions[..., 1:])
    assert "[3, 40, 3]" in one_line(fit, name, short)


def test_every_algorithm_comes_behind_those_that_it_starts_from():
    names = list(ALGORITHMS)
    for name, entry in ALGORITHMS.items():
        assert all(names.index(before) < names.index(name) for before in entry.starts_from)
        assert entry.label and entry.summary and not entry.summary.endswith(".")
        assert not entry.variant_of or entry.variant_of in ALGORITHMS


def test_an_unknown_algorithm_is_named(one_line):
    assert one_line(ALGORITHMS.named, "mfc_avd").startswith("unknown algorithm 'mfc_avd' (did you mean 'mfc_adv'?)")
