"""The engine against closed forms, against a slow and obvious second implementation, and against identities."""

from itertools import product
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float, Int

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert import known_expert

ALPHAS = (0, 1e-6, 1e-3, 0.2, 0.7, 1)
EXACT = {"rtol": 0, "atol": 1e-12}


# --- Closed forms, derived here once more from the games' words -----------------------------------------------------


class Attractor(NamedTuple):
    """What pi_alpha (a1 with probability alpha in s0, at every step) does in the Attractor MFG; plain Python floats."""

    flow: list[float]  # m_n, the population's share in s1
    bc: float
    vanilla_adv: float
    mfc_adv: float
    deviation: float
    nash_imitation_gap: float
    population_value_gap: float
    frozen_population_gap: float


def attractor_closed_form(slope: float, horizon: int, alpha: float) -> Attractor:
    m = [0.0]  # the population of imitators
    among_experts = [0.0]  # an imitator among experts: nobody is in s1, so nothing attracts it
    deviator = [0.0]  # the best response: never a1, but attracted by the imitators
    for n in range(horizon - 1):
        pull = min(1.0, slope * m[n])
        m.append(m[n] + (1 - m[n]) * (alpha + (1 - alpha) * pull))
        among_experts.append(among_experts[n] + (1 - among_experts[n]) * alpha)
        deviator.append(deviator[n] + (1 - deviator[n]) * pull)
    # The expert's whole mass is at (s0, a0) at every step. The 1-norm to it is twice the mass that is elsewhere, and
    # that only grows with n, so the last step decides.
    # A deviator among experts is always at s0: what it notices is the pull.
    noticed = sum((horizon - 1 - n) * 2 * min(1.0, slope * share) for n, share in enumerate(m)) / horizon
    mfc_adv = 2 * (1 - (1 - m[-1]) * (1 - alpha))
    return Attractor(
        flow=m,
        bc=2 * alpha,
        vanilla_adv=2 * (1 - (1 - among_experts[-1]) * (1 - alpha)),
        mfc_adv=mfc_adv,
        deviation=max(mfc_adv, min(2, noticed)),
        nash_imitation_gap=sum(m) - sum(deviator),
        population_value_gap=sum(m),
        frozen_population_gap=sum(among_experts),
    )


def path(game: mfg.Game, alphas, action: int = 1):
    """pi_alpha for every alpha: the known expert, but `action` with probability alpha."""
    weight = np.asarray(alphas, dtype=float)[:, None, None, None]
    return (1 - weight) * np.asarray(game.known_expert()) + weight * np.eye(len(game.actions))[action]


@pytest.mark.parametrize("horizon", [1, 2, 5, 20, 50])
def test_attractor_matches_its_closed_form(game_files, horizon):
    for slope in (0, 0.3, 1, 4):
        game = mfg.load_game(game_files / "attractor.yaml", horizon=horizon, transition_lipschitz=slope)
        policies = path(game, ALPHAS)
        wanted = [attractor_closed_form(slope, horizon, alpha) for alpha in ALPHAS]
        measured = {
            **mfg.gaps(game, game.known_expert(), policies)._asdict(),
            **mfg.proxies(game, game.known_expert(), policies)._asdict(),
        }
        assert measured.keys() == set(Attractor._fields) - {"flow"}
        for name, values in measured.items():
            expected = [getattr(one, name) for one in wanted]
            np.testing.assert_allclose(values, expected, **EXACT, err_msg=f"{name} at L_P = {slope}")


def test_attractor_reference_numbers(game_files):
    game = mfg.load_game(game_files / "attractor.yaml", horizon=10, transition_lipschitz=1)
    result = mfg.gaps(game, game.known_expert(), path(game, [0.1])[0])
    assert f"{result.population_value_gap:.3f}" == "6.647"
    assert f"{result.nash_imitation_gap:.4f}" == "0.5843"


def sheltered_gaps(slope, reward_slope, cost, horizon, alpha) -> tuple[float, float]:
    """(NIG, value gap) of pi_alpha in the sheltered attractor: backward over the three choices in s0."""
    m = attractor_closed_form(slope, horizon, alpha).flow  # nobody shelters
    stay = 0.0  # value of being in s0 at step n + 1
    for n in reversed(range(horizon)):
        left = float(n + 1 - horizon)  # value of being in s1 at step n + 1: -1 for each step left
        pull = min(1.0, slope * m[n])
        stay = max(pull * left + (1 - pull) * stay, left, 2 * reward_slope * m[n] - cost + stay)
    return stay + sum(m), sum(m)


SHELTERED = [dict(zip(("transition_lipschitz", "reward_lipschitz", "shelter_cost"), values, strict=True))
             for values in product((0, 0.5, 1, 4), (0, 0.5, 2), (0, 0.3, 2))]  # fmt: skip


def test_sheltered_attractor_matches_its_closed_form(game_files):
    for parameters in SHELTERED:
        game = mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=6, **parameters)
        result = mfg.gaps(game, game.known_expert(), path(game, ALPHAS))
        wanted = np.array([sheltered_gaps(*parameters.values(), 6, alpha) for alpha in ALPHAS])
        np.testing.assert_allclose(result.nash_imitation_gap, wanted[:, 0], **EXACT, err_msg=f"{parameters}")
        np.testing.assert_allclose(result.population_value_gap, wanted[:, 1], **EXACT, err_msg=f"{parameters}")


def test_free_shelter_makes_the_nash_imitation_gap_the_value_gap(game_files, rng, draw_policies):
    for slope in (0, 0.5, 1, 4):
        game = mfg.load_game(
            game_files / "sheltered_attractor.yaml",
            horizon=6,
            transition_lipschitz=slope,
            reward_lipschitz=0,
            shelter_cost=0,
        )
        policies = draw_policies(rng, game, 6)
        result = mfg.gaps(game, game.known_expert(), policies)
        np.testing.assert_allclose(result.nash_imitation_gap, result.population_value_gap, **EXACT)


def test_expert_of_the_sheltered_attractor_is_nash(game_files):
    for parameters in SHELTERED:
        game = mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=6, **parameters)
        assert abs(known_expert(game).exploitability) <= 1e-12, parameters


# --- A slow and obvious second implementation, on tiny random games -------------------------------------------------


class RandomGame(mfg.Game):
    """A game in successor form whose kernel and reward depend on step and population."""

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    logits: Float[Array, "H S A K"]
    tilt: Float[Array, "S A K S"]
    payoff: Float[Array, "H S A"]
    slope: Float[Array, "S A S"]

    def probabilities(self, n, mu):
        return jax.nn.softmax(self.logits[n] + self.tilt @ mu, axis=-1)

    def reward(self, n, mu):
        return self.payoff[n] + self.slope @ mu


def random_game(rng, n_states, n_actions, horizon, coupling=1.0) -> RandomGame:
    """`coupling` 0 makes kernel and reward independent of the population."""
    n_successors = 2
    pair = (n_states, n_actions)
    return RandomGame(
        states=tuple(f"s{i}" for i in range(n_states)),
        actions=tuple(f"a{i}" for i in range(n_actions)),
        horizon=horizon,
        initial=jnp.asarray(rng.dirichlet(np.ones(n_states))),
        # drawn with repetition: two branches may lead to the same state
        successors=jnp.asarray(rng.integers(n_states, size=(*pair, n_successors))),
        logits=jnp.asarray(rng.normal(size=(horizon, *pair, n_successors))),
        tilt=jnp.asarray(2 * coupling * rng.normal(size=(*pair, n_successors, n_states))),
        payoff=jnp.asarray(rng.normal(size=(horizon, *pair))),
        slope=jnp.asarray(coupling * rng.normal(size=(*pair, n_states))),
    )


def dense_twin(game: RandomGame) -> mfg.Game:
    """The same game from functions that know nothing of successors."""
    return mfg.Game.from_functions(
        lambda n, mu: game.transition(n, mu), lambda n, mu: game.reward(n, mu), game.initial, game.horizon
    )


class Reference:
    """The definitions, loop by loop, in NumPy."""

    def __init__(self, game: RandomGame):
        self.horizon, self.n_states, self.n_actions = game.horizon, len(game.states), len(game.actions)
        self.initial = np.asarray(game.initial)
        self.successors = np.asarray(game.successors)
        self.logits, self.tilt = np.asarray(game.logits), np.asarray(game.tilt)
        self.payoff, self.slope = np.asarray(game.payoff), np.asarray(game.slope)

    def kernel(self, n, s, a, mu):
        weights = np.exp(self.logits[n, s, a] + self.tilt[s, a] @ mu)
        row = np.zeros(self.n_states)
        for k, successor in enumerate(self.successors[s, a]):
            row[successor] += weights[k] / weights.sum()
        return row

    def reward(self, n, s, a, mu):
        return self.payoff[n, s, a] + self.slope[s, a] @ mu

    def occupancy(self, policy, population=None):
        """rho_n(s, a) of one agent in `population`, or in its own."""
        rho = np.zeros((self.horizon, self.n_states, self.n_actions))
        here = self.initial
        for n in range(self.horizon):
            mu = here if population is None else population[n]
            ahead = np.zeros(self.n_states)
            for s in range(self.n_states):
                for a in range(self.n_actions):
                    rho[n, s, a] = here[s] * policy[n, s, a]
                    ahead += rho[n, s, a] * self.kernel(n, s, a, mu)
            here = ahead
        return rho

    def flow(self, policy):
        return self.occupancy(policy).sum(axis=-1)

    def value(self, policy, population):
        rho = self.occupancy(policy, population)
        return sum(rho[n, s, a] * self.reward(n, s, a, population[n]) for n, s, a in np.ndindex(rho.shape))

    def best_value(self, population):
        """The largest value over every deterministic policy there is."""
        cells = self.horizon * self.n_states
        return max(
            self.value(np.eye(self.n_actions)[list(choice)].reshape(self.horizon, self.n_states, -1), population)
            for choice in product(range(self.n_actions), repeat=cells)
        )

    def deviation(self, expert, policy):
        """H eps_dev: the best value in the experts' flow where every change of the kernel, weighted, is a reward."""
        ours, theirs = self.flow(policy), self.flow(expert)
        change = np.zeros((self.horizon, self.n_states, self.n_actions))
        for n, s, a in np.ndindex(change.shape):
            change[n, s, a] = abs(self.kernel(n, s, a, ours[n]) - self.kernel(n, s, a, theirs[n])).sum()
            change[n, s, a] *= self.horizon - 1 - n
        cells = self.horizon * self.n_states
        return max(
            np.sum(
                self.occupancy(np.eye(self.n_actions)[list(choice)].reshape(self.horizon, self.n_states, -1), theirs)
                * change
            )
            for choice in product(range(self.n_actions), repeat=cells)
        )

    def proxies(self, expert, policy):
        flow = self.flow(expert)
        own = self.occupancy(expert)
        steps = range(self.horizon)
        mfc_adv = max(abs(own[n] - self.occupancy(policy)[n]).sum() for n in steps)
        return (
            max(sum(flow[n, s] * abs(expert[n, s] - policy[n, s]).sum() for s in range(self.n_states)) for n in steps),
            max(abs(own[n] - self.occupancy(policy, flow)[n]).sum() for n in steps),
            mfc_adv,
            max(mfc_adv, min(2, self.deviation(expert, policy) / self.horizon)),
        )

    def gaps(self, expert, policy):
        expert_flow, flow = self.flow(expert), self.flow(policy)
        own, best = self.value(policy, flow), self.best_value(flow)
        expert_value = self.value(expert, expert_flow)
        return best - own, expert_value - own, expert_value - self.value(policy, expert_flow)


TINY = (3, 2, 3)  # S, A, H: 512 deterministic policies
MANY = 50  # policies in a batch; a few shapes for all tests, as most of their time is compilation


@pytest.mark.parametrize("shape", [TINY, (2, 3, 2)], ids=str)
def test_engine_matches_brute_force(shape, rng, draw_policies):
    for _ in range(2):
        game = random_game(rng, *shape)
        slow = Reference(game)
        expert, policy = draw_policies(rng, game, 2)
        population = slow.flow(expert)
        np.testing.assert_allclose(mfg.population_flow(game, policy), slow.flow(policy), **EXACT)
        np.testing.assert_allclose(mfg.occupancy(game, policy), slow.occupancy(policy), **EXACT)
        np.testing.assert_allclose(mfg.occupancy(game, policy, population), slow.occupancy(policy, population), **EXACT)
        np.testing.assert_allclose(mfg.policy_value(game, policy, population), slow.value(policy, population), **EXACT)
        best = mfg.best_response(game, population)
        np.testing.assert_allclose(best.value, slow.best_value(population), **EXACT)
        np.testing.assert_allclose(slow.value(np.asarray(best.policy), population), best.value, **EXACT)
        assert set(np.unique(best.policy)) == {0, 1}
        wanted = slow.gaps(expert, policy)
        np.testing.assert_allclose(mfg.gaps(game, expert, policy), wanted, **EXACT)
        np.testing.assert_allclose(mfg.nash_imitation_gap(game, policy), wanted[0], **EXACT)
        np.testing.assert_allclose(mfg.proxies(game, expert, policy), slow.proxies(expert, policy), **EXACT)


def test_dense_and_successor_form_agree(rng, draw_policies):
    sparse = random_game(rng, *TINY)
    dense = dense_twin(sparse)
    expert, policy = draw_policies(rng, sparse, 2)
    assert (dense.states, dense.actions) == (sparse.states, sparse.actions)
    assert dense.successors.shape == (3, 2, 3)
    for function in (
        lambda game: mfg.gaps(game, expert, policy),
        lambda game: mfg.proxies(game, expert, policy),
        lambda game: game.transition(1, game.initial),
    ):
        np.testing.assert_allclose(function(dense), function(sparse), **EXACT)


def test_pull_back_and_push_forward_are_adjoint(rng):
    sparse = random_game(rng, *TINY)
    dense, kernel = dense_twin(sparse), Reference(sparse).kernel
    for _ in range(5):
        values, mu = jnp.asarray(rng.normal(size=3)), jnp.asarray(rng.dirichlet(np.ones(3)))
        joint = jnp.asarray(rng.normal(size=(3, 2)))  # adjoint as linear maps, not only on distributions
        wanted = sum(joint[s, a] * (kernel(1, s, a, mu) @ values) for s, a in np.ndindex(joint.shape))
        for game in (sparse, dense):
            np.testing.assert_allclose(np.sum(joint * game.pull_back(1, mu, values)), wanted, **EXACT)
            np.testing.assert_allclose(game.push_forward(1, mu, joint) @ values, wanted, **EXACT)


# --- Identities -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coupled():
    return random_game(np.random.default_rng(1), *TINY)


@pytest.fixture(scope="module")
def uncoupled():
    """Kernel and reward ignore the population, so every best response is a Nash equilibrium."""
    return random_game(np.random.default_rng(2), *TINY, coupling=0)


def test_mass_is_one_and_occupancy_marginalises_to_flow(coupled, rng, draw_policies):
    policy = draw_policies(rng, coupled, MANY)
    population = mfg.population_flow(coupled, draw_policies(rng, coupled))
    flow, rho = mfg.population_flow(coupled, policy), mfg.occupancy(coupled, policy)
    among = mfg.occupancy(coupled, policy, population)
    np.testing.assert_allclose(flow.sum(axis=-1), 1, **EXACT)
    np.testing.assert_allclose(rho.sum(axis=-1), flow, **EXACT)
    np.testing.assert_allclose(among.sum(axis=(-2, -1)), 1, **EXACT)
    np.testing.assert_allclose(flow[:, 0], np.broadcast_to(coupled.initial, (MANY, 3)), **EXACT)
    assert flow.min() >= 0 and rho.min() >= 0 and among.min() >= 0
    own = mfg.occupancy(coupled, policy[0], flow[0])
    np.testing.assert_allclose(own, rho[0], **EXACT)  # rho^{pi,pi} is rho^{pi,nu} at nu = mu^pi


def test_value_is_reward_weighted_by_occupancy(coupled, rng, draw_policies):
    policy, other = draw_policies(rng, coupled, 2)
    population = mfg.population_flow(coupled, other)
    rho = mfg.occupancy(coupled, policy, population)
    earned = sum(np.sum(rho[n] * coupled.reward(n, population[n])) for n in range(coupled.horizon))
    np.testing.assert_allclose(mfg.policy_value(coupled, policy, population), earned, **EXACT)


def test_nash_imitation_gap_is_best_value_less_own_value(coupled, rng, draw_policies):
    policy = draw_policies(rng, coupled)
    flow = mfg.population_flow(coupled, policy)
    best, own = mfg.best_response(coupled, flow), mfg.policy_value(coupled, policy, flow)
    gap = mfg.nash_imitation_gap(coupled, policy)
    np.testing.assert_allclose(gap, best.value - own, **EXACT)
    np.testing.assert_allclose(mfg.policy_value(coupled, best.policy, flow), best.value, **EXACT)


def test_nash_imitation_gap_is_never_negative(coupled, uncoupled, rng, draw_policies):
    for game in (coupled, uncoupled):
        assert mfg.nash_imitation_gap(game, draw_policies(rng, game, MANY)).min() >= 0


def test_a_small_gap_of_large_values_keeps_its_digits(attractor):
    """The difference of two values of 10^6 a step would know the gap of 10^-9 to within 10^-10 only."""
    alpha = 1e-9
    shifted = mfg.Game.from_functions(
        lambda n, mu: attractor.transition(n, mu),
        lambda n, mu: attractor.reward(n, mu) + 1e6,
        attractor.initial,
        attractor.horizon,
    )
    wanted = attractor_closed_form(1.5, attractor.horizon, alpha).nash_imitation_gap
    measured = mfg.nash_imitation_gap(shifted, path(attractor, [alpha])[0])
    assert float(measured) == pytest.approx(wanted, rel=1e-7, abs=0)


def test_best_response_is_nash_without_interaction(uncoupled, rng, draw_policies):
    policy = draw_policies(rng, uncoupled, MANY)
    expert = mfg.best_response(uncoupled, mfg.population_flow(uncoupled, policy[0])).policy
    assert abs(mfg.nash_imitation_gap(uncoupled, expert)) <= 1e-12
    result, errors = mfg.gaps(uncoupled, expert, policy), mfg.proxies(uncoupled, expert, policy)
    # nobody feels the population: the three gaps, and the two adversarial errors, are one and the same
    np.testing.assert_allclose(result.population_value_gap, result.nash_imitation_gap, **EXACT)
    np.testing.assert_allclose(result.frozen_population_gap, result.nash_imitation_gap, **EXACT)
    np.testing.assert_allclose(errors.vanilla_adv, errors.mfc_adv, **EXACT)


def test_frozen_population_gap_of_a_nash_expert_is_never_negative(game_files, rng, draw_policies):
    for name in ("attractor", "sheltered_attractor"):
        game = mfg.load_game(game_files / f"{name}.yaml", horizon=4)
        assert mfg.gaps(game, game.known_expert(), draw_policies(rng, game, MANY)).frozen_population_gap.min() >= -1e-12


def test_expert_has_no_errors_and_no_gaps(game_files):
    for name in ("attractor", "sheltered_attractor"):
        game = mfg.load_game(game_files / f"{name}.yaml", horizon=4)
        expert = game.known_expert()
        np.testing.assert_allclose(mfg.gaps(game, expert, expert), 0, **EXACT)
        np.testing.assert_allclose(mfg.proxies(game, expert, expert), 0, **EXACT)


def test_zero_proxies_mean_zero_gaps_whatever_is_played_off_the_path(attractor, rng, draw_policies):
    expert = attractor.known_expert()
    visited = np.asarray(mfg.population_flow(attractor, expert) > 0)[..., None]
    policy = np.where(visited, expert, draw_policies(rng, attractor, MANY))
    assert not np.allclose(policy, expert)
    np.testing.assert_allclose(mfg.proxies(attractor, expert, policy), 0, **EXACT)
    np.testing.assert_allclose(mfg.gaps(attractor, expert, policy), 0, **EXACT)


def test_gaps_vanish_with_the_proxies(game_files):
    """Near the expert every gap is of the order of the error: the upper bounds are linear in it."""
    game = mfg.load_game(game_files / "sheltered_attractor.yaml", horizon=4)
    for alpha in (1e-4, 1e-8):
        policy = path(game, [alpha])[0]
        gap = np.array(mfg.gaps(game, game.known_expert(), policy))
        assert (gap <= 100 * alpha).all() and (gap >= 0).all()
        assert max(mfg.proxies(game, game.known_expert(), policy)) <= 100 * alpha


def test_a_constant_added_to_the_reward_changes_no_gap(coupled, rng, draw_policies):
    shifted = eqx.tree_at(lambda game: game.payoff, coupled, coupled.payoff + 7.5)
    expert, policy = draw_policies(rng, coupled), draw_policies(rng, coupled, MANY)
    np.testing.assert_allclose(mfg.gaps(shifted, expert, policy), mfg.gaps(coupled, expert, policy), rtol=0, atol=1e-11)
    flow = mfg.population_flow(coupled, expert)
    rise = mfg.policy_value(shifted, expert, flow) - mfg.policy_value(coupled, expert, flow)
    assert rise == pytest.approx(7.5 * coupled.horizon, abs=1e-12)


def test_a_batch_is_a_loop(coupled, rng, draw_policies):
    expert, policies = draw_policies(rng, coupled), draw_policies(rng, coupled, 2, 3)
    population = mfg.population_flow(coupled, expert)
    for function in (
        lambda policy: mfg.population_flow(coupled, policy),
        lambda policy: mfg.occupancy(coupled, policy, population),
        lambda policy: mfg.policy_value(coupled, policy, population),
        lambda policy: mfg.nash_imitation_gap(coupled, policy),
        lambda policy: np.stack(mfg.gaps(coupled, expert, policy), axis=-1),
        lambda policy: np.stack(mfg.proxies(coupled, expert, policy), axis=-1),
    ):
        batch = function(policies)
        assert batch.shape[:2] == (2, 3)
        for i, j in np.ndindex(2, 3):
            np.testing.assert_allclose(batch[i, j], function(policies[i, j]), **EXACT)


def test_proxies_lie_between_zero_and_two(coupled, rng, draw_policies):
    errors = np.array(mfg.proxies(coupled, draw_policies(rng, coupled), draw_policies(rng, coupled, MANY)))
    assert errors.min() >= 0 and errors.max() <= 2 + 1e-12
    assert (errors[3] >= errors[2]).all()


def test_the_first_action_wins_a_tie():
    game = mfg.Game.from_functions(
        lambda n, mu: jnp.full((2, 3, 2), 0.5), lambda n, mu: jnp.zeros((2, 3)), [0.5, 0.5], horizon=2
    )
    policy = mfg.best_response(game, mfg.population_flow(game, game.uniform_policy())).policy
    np.testing.assert_array_equal(policy[..., 0], 1)


def test_results_survive_jit_vmap_and_grad(coupled, rng, draw_policies):
    """Public functions can stand inside traced code, where values cannot be checked but shapes are."""
    policies = jnp.asarray(draw_policies(rng, coupled, 3))
    wanted = mfg.nash_imitation_gap(coupled, policies)
    gap = jax.jit(lambda policy: mfg.nash_imitation_gap(coupled, policy))
    np.testing.assert_allclose(jax.vmap(gap)(policies), wanted, **EXACT)
    slope = jax.grad(gap)(policies[0])
    assert slope.shape == coupled.policy_shape and jnp.isfinite(slope).all()
    with pytest.raises(mfg.InputError, match=r"policy has shape \[3, 2\]"):
        gap(policies[0, 0])


def test_everything_is_in_double_precision(attractor):
    expert = attractor.known_expert()
    single = np.asarray(expert, dtype=np.float32)
    for value in (*mfg.gaps(attractor, expert, single), *mfg.proxies(attractor, single, expert)):
        assert value.dtype == jnp.float64
    assert mfg.population_flow(attractor, single.astype(int)).dtype == jnp.float64
