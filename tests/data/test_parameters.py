"""Unknown parameters: closed forms, derivatives, intervals, and parameters that nothing shows."""

import jax.numpy as jnp
import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.imitation.crowd_records import crowd_records
from mfg_imitation.imitation.parameter_likelihood import NOT_IDENTIFIED, estimate_parameters, root_towards
from mfg_imitation.imitation.parameter_profile import Profile

RATES = {"infection": (0.0, 1.0), "recovery": (0.0, 1.0)}


def test_a_rate_without_a_population_is_a_share(epidemic, sample):
    """Recovery is a binomial share of those who were infected; its interval is that of the likelihood ratio."""
    fit = estimate_parameters(sample, epidemic, {"recovery": (0.0, 1.0)}, 0.0, "whole")
    states = np.asarray(sample.states)
    ill, well = (states[:, :-1] == 1).sum(), ((states[:, :-1] == 1) & (states[:, 1:] == 0)).sum()
    (one,) = fit.parameters
    share = well / ill
    assert one.estimate == pytest.approx(share, abs=1e-5)
    assert one.standard_error == pytest.approx(np.sqrt(share * (1 - share) / ill), rel=1e-3)
    for end in (one.low, one.high):
        drop = well * np.log(share / end) + (ill - well) * np.log((1 - share) / (1 - end))
        assert drop == pytest.approx(1.9207, abs=0.02)
    assert fit.status == "converged" and fit.agreeing == fit.starts and one.design_effect == 1


@pytest.mark.parametrize("noise", [0.0, 0.1, "estimate"])
def test_the_gradient_is_that_of_the_profile(epidemic, policy, noise):
    noisy = mfg.sample_demonstrations(epidemic, policy, 300, 1, label_noise=0.1 if noise else 0.0)
    profile = Profile(epidemic, tuple(RATES), crowd_records(noisy, np.zeros(300, int), epidemic), noise)
    theta, step = np.array([0.7, 0.35]), 1e-5
    _, gradient, _ = profile.at(theta)
    for j, direction in enumerate(np.eye(2)):
        up, down = (profile.at(theta + sign * step * direction)[0] for sign in (1, -1))
        assert gradient[j] == pytest.approx((up - down) / (2 * step), rel=2e-3, abs=0.05)


def test_two_rates_and_the_noise_together(epidemic, policy):
    noisy = mfg.sample_demonstrations(epidemic, policy, 2000, 2, label_noise=0.1)
    fit = estimate_parameters(noisy, epidemic, RATES, "estimate")
    for one, true in zip(fit.parameters, (0.81, 0.3), strict=True):
        assert abs(one.estimate - true) < 3.5 * one.standard_error
        assert one.low < one.estimate < one.high
    assert fit.told == {one.name: one.estimate for one in fit.parameters}


def test_crowds_are_driven_by_their_own_populations(epidemic, policy):
    """Where two crowds differ, pooling them would take both for what neither is."""
    start = epidemic.__class__(**{**vars_of(epidemic), "initial": jnp.array([0.9, 0.1])})
    parts = [mfg.sample_demonstrations(game, policy, 1500, i) for i, game in enumerate((epidemic, start))]
    both = mfg.Demonstrations(*(np.concatenate(kinds) for kinds in zip(*(part[:2] for part in parts), strict=True)))
    crowds = np.repeat([0, 1], 1500)
    apart, pooled = (
        estimate_parameters(both, epidemic, {"infection": (0.0, 1.0)}, 0.0, crowds=which).parameters[0]
        for which in (crowds, None)
    )
    assert apart.low < 0.81 < apart.high
    assert abs(apart.estimate - pooled.estimate) > 1e-3


def vars_of(game):
    return {name: getattr(game, name) for name in game.__dataclass_fields__}


def test_what_nothing_shows_is_named_and_gets_no_number(epidemic):
    """Nobody who could be infected goes out: no move tells the infection rate, and recovery is what it is without."""
    never = jnp.broadcast_to(jnp.array([0.0, 1.0]), epidemic.policy_shape)
    still = mfg.sample_demonstrations(epidemic, never, 300, 0)
    infection, recovery = estimate_parameters(still, epidemic, RATES, 0.0).parameters
    assert infection.status == NOT_IDENTIFIED
    assert np.isnan([infection.estimate, infection.low, infection.high, infection.standard_error]).all()
    alone = estimate_parameters(still, epidemic, {"recovery": (0.0, 1.0)}, 0.0).parameters[0]
    assert recovery.estimate == pytest.approx(alone.estimate, abs=1e-4) and recovery.status == "identified"


def test_only_a_product_is_identified():
    """Of two rates that are always multiplied, neither is told."""
    from mfg_imitation.games.declared import declared_game

    declaration = {
        "states": ["well", "ill"],
        "actions": ["go"],
        "horizon": 5,
        "initial": {"well": 1},
        "parameters": {name: {"value": 0.5, "minimum": 0.3, "maximum": 0.8} for name in ("contact", "risk")},
        "transition": {"well": {"go": {"ill": "contact * risk", "well": "rest"}}, "ill": {"go": {"stay": 1}}},
        "reward": {"every": {"every": 0}},
    }
    game = declared_game(declaration, "test", {})
    drawn = mfg.sample_demonstrations(game, game.uniform_policy(), 500, 0)
    fit = estimate_parameters(drawn, game, dict.fromkeys(("contact", "risk"), (0.3, 0.8)), 0.0)
    # 0.25 is as well 0.3125 times 0.8: the end of the range that the other one reaches limits each.
    assert all(one.status != "identified" for one in fit.parameters)
    assert all(one.high - one.low > 0.4 for one in fit.parameters if one.status != NOT_IDENTIFIED)


def test_the_design_effect_is_that_of_drawing_trajectories_again(epidemic, policy):
    """The sandwich against the bootstrap's spread."""
    drawn = mfg.sample_demonstrations(epidemic, policy, 400, 5)
    fit = estimate_parameters(drawn, epidemic, {"infection": (0.0, 1.0)}, 0.0).parameters[0]
    generator, found = np.random.default_rng(0), []
    for _ in range(60):
        times = generator.multinomial(400, np.full(400, 1 / 400))
        again = drawn._replace(states=drawn.states.repeat(times, 0), actions=drawn.actions.repeat(times, 0))
        profile = Profile(epidemic, ("infection",), crowd_records(again, np.zeros(400, int), epidemic), 0.0)
        slope = lambda rate, profile=profile: -profile.at(np.array([rate]))[1][0]  # noqa: E731
        found.append(root_towards(slope, 0.3, 1.0, 1e-6) or 1.0)
    assert np.std(found) == pytest.approx(fit.standard_error, rel=0.3)


def test_wrong_arguments_are_one_line(epidemic, sample, one_line):
    for bounds, said in (({"beta": (0, 1)}, "no parameter 'beta'"), ({"infection": (0, np.inf)}, "no finite minimum")):
        assert said in one_line(estimate_parameters, sample, epidemic, bounds)
    twin = mfg.Game.from_functions(
        lambda n, mu: jnp.full((2, 2, 2), 0.5), lambda n, mu: jnp.zeros((2, 2)), [0.5, 0.5], 6
    )
    assert "only a declared game" in one_line(estimate_parameters, sample, twin, RATES)
