"""The field's games at their published sizes: what the papers say of them, written out here, and their equilibria."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

import mfg_imitation as mfg
from mfg_imitation.engine.value import reward_range
from mfg_imitation.equilibria.solve import expert, solve_equilibrium
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate


class Published(NamedTuple):
    """A game as its source writes it: the kernel [S, A, S] and the reward [S, A] of a population [S]."""

    horizon: int
    initial: list[float]
    kernel: Callable
    reward: Callable


def sis_kernel(mu):
    caught = 0.9**2 * mu[1]
    return np.array([[[1 - caught, caught], [1, 0]], [[0.3, 0.7], [0.3, 0.7]]])


def malware_kernel(mu):
    kernel = np.zeros((10, 2, 10))
    for level in range(10):
        kernel[level, 0, level:] = 1 / (10 - level)
        kernel[level, 1, 0] = 1
    return kernel


def malware_reward(mu):
    x = np.arange(10) / 9
    return -((0.2 + x @ mu) * x)[:, None] - 0.5 * np.arange(2)


def absorbing(*ways):
    """The kernel of a game whose first state action a leaves for state a, with probability ways[a - 1], for good."""
    kernel = np.zeros((len(ways) + 1, len(ways) + 1, len(ways) + 1))
    kernel[:, :] = np.eye(len(ways) + 1)[:, None]
    for a, way in enumerate(ways, start=1):
        kernel[0, a, [0, a]] = 1 - way, way
    return kernel


GAMES = {
    "sis_long": Published(50, [0.4, 0.6], sis_kernel, lambda mu: -np.array([[0, 0.5], [1, 1.5]])),
    "malware_ten": Published(50, [0.1] * 10, malware_kernel, malware_reward),
    "stag_hunt": Published(
        10, [0.5, 0.5], lambda mu: np.stack([np.eye(2)] * 2), lambda mu: np.array([[mu[0]] * 2, [0.6] * 2])
    ),
    "crowd_avoidance": Published(
        50,
        [1, 0],
        lambda mu: absorbing(max(0, 1 - mu[1] ** 2)),
        lambda mu: -np.array([[0, 0], [1, 1]]),
    ),
    "tri_state": Published(
        50,
        [1, 0, 0],
        lambda mu: absorbing(max(0, 1 - 0.8 * mu[1]), mu[1] * max(0, 1 - 1.2 * mu[2])),
        lambda mu: -np.array([[0] * 3, [1] * 3, [1] * 3]),
    ),
}


def exploitability(game: Published, policy):
    """What the best response earns more than the policy does, in the population that plays the policy."""
    flow = [np.asarray(game.initial, dtype=float)]
    for pi in policy[:-1]:
        flow.append(np.einsum("s,sa,sat->t", flow[-1], pi, game.kernel(flow[-1])))
    best = own = np.zeros(len(game.initial))
    for mu, pi in zip(reversed(flow), reversed(policy), strict=True):
        best = (game.reward(mu) + game.kernel(mu) @ best).max(axis=-1)
        own = ((game.reward(mu) + game.kernel(mu) @ own) * pi).sum(axis=-1)
    return flow[0] @ (best - own)


@pytest.fixture(scope="module", params=GAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def game(name):
    return mfg.load_game(name)


def test_the_file_says_what_the_source_says(name, game, rng):
    published = GAMES[name]
    assert game.horizon == published.horizon
    np.testing.assert_array_equal(game.initial, published.initial)
    n_states = len(game.states)
    for mu in (*np.eye(n_states), *rng.dirichlet(np.ones(n_states), 5)):
        np.testing.assert_allclose(game.transition(3, mu), published.kernel(mu), rtol=0, atol=1e-14)
        np.testing.assert_allclose(game.reward(3, mu), published.reward(mu), rtol=0, atol=1e-14)


def test_gap_and_expert_by_hand(name, game, rng, draw_policies):
    """The gap of a random policy, and that the expert's is at most what the file asks for."""
    policy = draw_policies(rng, game)
    assert float(mfg.nash_imitation_gap(game, policy)) == pytest.approx(exploitability(GAMES[name], policy), abs=1e-11)
    spec = GameFile.read(name).declaration["expert"].get("solve", {"tolerance": 1e-12})
    assert spec["tolerance"] <= 1.01e-6 * float(reward_range(game)) * game.horizon
    assert exploitability(GAMES[name], np.asarray(expert(game, spec).policy)) <= spec["tolerance"]


def test_sis_long_is_sis_at_the_papers_horizon():
    short, long = (dict(GameFile.read(name).declaration) for name in ("sis", "sis_long"))
    for key in ("title", "source", "description", "horizon", "expert"):
        del short[key], long[key]
    assert short == long


def test_malware_is_repaired_from_a_threshold_on():
    """Huang and Ma (2016): who is worse off repairs at least as often, wherever there is anybody."""
    game = mfg.load_game("malware_ten")
    policy = np.asarray(expert(game, {"tolerance": 1e-9}).policy)
    flow = np.asarray(mfg.population_flow(game, policy))
    repairs = np.where(flow[:-1] > 1e-9, policy[:-1, :, 1], np.nan)
    for row in repairs:
        seen = row[~np.isnan(row)]
        assert (np.diff(seen) >= -1e-6).all()
    assert (repairs[:20] > 0.99).any() and (repairs[:20] < 0.01).any()


def alone(game, *policy):
    """One and the same policy of one row for all states, at every step."""
    return np.broadcast_to(np.asarray(policy, dtype=float), game.policy_shape)


def test_the_stag_hunt_has_several_equilibria():
    """Both pure profiles, and the mixture at which both pay the same; the better one exploits any other share."""
    game = mfg.load_game("stag_hunt")
    for stags in (0, 0.3, 0.6, 0.8, 1):
        better = max(stags, 0.6)
        wanted = (game.horizon - 1) * (better - (stags * stags + (1 - stags) * 0.6))
        found = float(mfg.nash_imitation_gap(game, alone(game, stags, 1 - stags)))
        assert found == pytest.approx(wanted, abs=1e-12)
        assert (abs(wanted) < 1e-12) == (stags in (0, 0.6, 1))


@pytest.mark.parametrize(("hares", "chosen"), [(0.6, 1), (0.4, 0)])
def test_the_stag_hunts_solver_goes_to_the_less_risky_equilibrium(hares, chosen):
    """It starts where half of the population hunts the stag: what then pays more is hunted by all ever after."""
    game = mfg.load_game("stag_hunt", hares=hares)
    found = solve_equilibrium(game, tolerance=1e-9)
    flow = np.asarray(mfg.population_flow(game, found.policy))
    assert found.exploitability <= 1e-9
    np.testing.assert_allclose(flow[1:, chosen], 1, atol=1e-6)


@pytest.mark.parametrize("name", ["crowd_avoidance", "tri_state"])
@pytest.mark.parametrize("alpha", [0, 0.2, 1])
def test_the_gap_of_slips_is_the_share_that_slipped(name, alpha):
    """The recursions of the student's replication, whose gap is the sum of the shares outside of s0."""
    game, n_slips = mfg.load_game(name), 1 if name == "crowd_avoidance" else 2
    slips = np.array([0.0, 0.0])
    total = 0
    for _ in range(game.horizon):
        total += slips.sum()
        if n_slips == 1:
            ways = np.array([max(0, 1 - slips[0] ** 2), 0])
        else:
            ways = np.array([max(0, 1 - 0.8 * slips[0]), slips[0] * max(0, 1 - 1.2 * slips[1])])
        slips = slips + (1 - slips.sum()) * alpha / n_slips * ways
    policy = alone(game, 1 - alpha, *[alpha / n_slips] * n_slips)
    assert float(mfg.nash_imitation_gap(game, policy)) == pytest.approx(total, abs=1e-10)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("crowd_avoidance", {"congestion": 0.5}),
        ("crowd_avoidance", {"congestion": 4}),
        ("tri_state", {"congestion_1": 0.8, "congestion_2": 1.2}),
        ("tri_state", {"congestion_1": 3, "congestion_2": 0.5}),
    ],
)
def test_the_lipschitz_constants_are_exact(name, parameters):
    """The declared constant is met: at a corner, or right below the share from which on nobody gets into s1."""
    game = mfg.load_game(name, horizon=1, **parameters)
    share = (1 - 1e-9) * min(1, parameters.get("congestion", 1) ** -0.5)
    estimate = lipschitz_estimate(game, [[1 - share, share, 0][: len(game.states)]], n_samples=3)
    assert estimate.transition == pytest.approx(GameFile.read(name).lipschitz(horizon=1, **parameters)[0], rel=1e-6)
    assert estimate.reward == 0


def test_kinetic_congestion_is_a_crowd_in_its_own_way():
    """The goal fills up, and about its capacity is there in the end."""
    file = GameFile.read("kinetic_congestion")
    game, spec = file.load(), file.declaration["expert"]["solve"]
    assert spec["tolerance"] <= 1e-3 * float(reward_range(game)) * game.horizon * 1.01
    found = expert(game, spec)
    flow = np.asarray(mfg.population_flow(game, found.policy))
    goal = game.cells.index((4, 4))
    assert (np.diff(flow[:, goal]) >= -1e-3).all() and flow[-1, goal] == pytest.approx(0.18, abs=0.02)
