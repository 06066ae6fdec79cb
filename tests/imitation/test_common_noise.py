"""Imitation under common noise: what each class of policies is fitted to, and how samples carry their history."""

import numpy as np
import pytest
from noisy_games import number, random_policy, tiny

import mfg_imitation as mfg


@pytest.fixture(scope="module")
def game():
    return tiny(11)


@pytest.fixture(scope="module")
def expert(game):
    return random_policy(game, np.random.default_rng(5))


@pytest.fixture(scope="module")
def sample(game, expert):
    return mfg.sample_demonstrations(game, expert, 400, 0)


def tied(game, policy, awareness) -> bool:
    """Whether a policy does the same after all histories that its class cannot tell apart."""
    kinds = {"aware": None, "noise_aware": 2, "unaware": 1}[awareness]
    return kinds is None or all(
        np.allclose(table, np.tile(table[:kinds], (len(table) // kinds, 1, 1)), atol=1e-14) for table in policy
    )


def test_trajectories_are_those_of_the_tree(game, expert):
    many = mfg.sample_demonstrations(game, expert, 100_000, 1)
    for shown, exact in zip(mfg.empirical_occupancy(many, game), mfg.occupancy(game, expert), strict=True):
        assert np.abs(np.asarray(shown) - np.asarray(exact)).max() < 0.01  # six standard deviations of a share


def test_counting_is_by_class(game, sample):
    states, actions, noise = (np.asarray(part) for part in (sample.states, sample.actions, sample.noise))
    fits = {kind: mfg.behavioral_cloning(sample, game, awareness=kind) for kind in ("aware", "noise_aware", "unaware")}
    n, history = 1, tuple(noise[0, :2])
    s = states[0, n]
    here = (noise[:, :2] == history).all(axis=1) & (states[:, n] == s)
    now, any_noise = (noise[:, n] == history[n]) & (states[:, n] == s), states[:, n] == s
    for kind, records in (("aware", here), ("noise_aware", now), ("unaware", any_noise)):
        share = (actions[records, n] == 1).mean()
        assert abs(float(fits[kind].policy[n][number(history), s, 1]) - share) < 1e-12
        assert tied(game, fits[kind].policy, kind)
    nats = [fits[kind].objective for kind in ("aware", "noise_aware", "unaware")]
    assert nats[0] < nats[1] < nats[2]  # the smaller the class, the less likely the records


def test_infinitely_many_demonstrations_leave_a_gap_to_the_unaware(game):
    found = mfg.solve_equilibrium(game, progress=False)
    shown = mfg.occupancy(game, found.policy)
    gaps = {
        kind: float(mfg.nash_imitation_gap(game, mfg.behavioral_cloning(shown, game, awareness=kind).policy))
        for kind in ("aware", "unaware")
    }
    assert gaps["aware"] <= found.exploitability + 1e-12 and gaps["unaware"] > 0.01


@pytest.mark.parametrize("awareness", ["aware", "noise_aware", "unaware"])
def test_matching_finds_a_policy_of_its_class(game, awareness, rng):
    kinds = {"aware": None, "noise_aware": 2, "unaware": 1}[awareness]
    if kinds is None:
        expert = random_policy(game, rng)
    else:
        expert = game.spread(rng.dirichlet(np.ones(2), (3, 2, 2)) if kinds == 2 else rng.dirichlet(np.ones(2), (3, 2)))
    shown = mfg.occupancy(game, expert)
    for fit in (
        mfg.vanilla_adv(shown, game, awareness=awareness),
        mfg.mfc_adv(shown, game, iterations=300, awareness=awareness),
    ):
        assert fit.objective < 1e-3 and tied(game, fit.policy, awareness)
        error = mfg.proxies(game, expert, fit.policy).mfc_adv
        assert float(error) < 1e-3


def test_the_linear_program_is_optimal_and_never_worse(game, sample):
    program = mfg.vanilla_adv(sample, game)
    assert program.status == "optimal" and program.certificate < 1e-6
    shown = mfg.empirical_occupancy(sample, game)
    flow = [part.sum(axis=-1) for part in shown]
    cloned = mfg.occupancy(game, mfg.behavioral_cloning(sample, game).policy, flow)
    distance = sum(np.abs(np.asarray(a) - np.asarray(b)).sum() for a, b in zip(shown, cloned, strict=True))
    assert program.objective <= distance + 1e-9


def test_the_likelihood_removes_label_noise_in_every_class(game):
    pure = np.zeros((3, 2, 2))
    pure[..., 0] = 1
    expert = game.spread(pure)
    sample = mfg.sample_demonstrations(game, expert, 2000, 0, label_noise=0.2)
    for awareness in ("noise_aware", "unaware"):
        fit = mfg.trajectory_likelihood(sample, game, awareness=awareness)
        counted = mfg.behavioral_cloning(sample, game, awareness=awareness)
        assert tied(game, fit.policy, awareness) and abs(fit.label_noise - 0.2) < 0.05
        wrong = [float(np.max(part.policy[0][:, 0, 1])) for part in (fit, counted)]  # where all begin
        assert wrong[0] < 0.02 < wrong[1]


def test_a_crowd_shares_its_history(game, expert):
    crowds = mfg.sample_demonstrations(game, expert, 6000, 0, n_players=3)
    noise = np.asarray(crowds.noise).reshape(-1, 3, 3)
    assert (noise == noise[:, :1]).all() and crowds.n_players == 3
    # Three standard deviations of a share, over 2000 histories.
    assert abs(noise[:, 0, 0].mean() - float(game.noise_initial[1])) < 0.034
    large = mfg.sample_demonstrations(game, expert, 200_000, 0, n_players=2000)
    for shown, exact in zip(mfg.empirical_occupancy(large, game), mfg.occupancy(game, expert), strict=True):
        met = np.asarray(shown).sum(axis=(-2, -1)) > 0
        shares = [np.asarray(part)[met] for part in (shown, exact)]
        shares = [part / part.sum(axis=(-2, -1), keepdims=True) for part in shares]
        assert np.abs(shares[0] - shares[1]).max() < 0.05


def test_one_history_for_all(game, sample):
    noise = np.asarray(sample.noise)[0]
    same = sample._replace(noise=np.broadcast_to(noise, np.shape(sample.states)))
    one = mfg.behavioral_cloning(sample._replace(noise=noise), game)
    assert all(np.array_equal(a, b) for a, b in zip(one.policy, mfg.behavioral_cloning(same, game).policy, strict=True))


def test_files_keep_the_noise(game, sample, tmp_path, one_line):
    for ending in ("csv", "parquet"):
        path = tmp_path / f"sample.{ending}"
        mfg.save_demonstrations(path, sample, game)
        again = mfg.load_demonstrations(path, game)
        assert all(np.array_equal(getattr(again, key), getattr(sample, key)) for key in ("states", "actions", "noise"))
    text = (tmp_path / "sample.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "trajectory,step,state,action,noise"
    (tmp_path / "fog.csv").write_text(text.replace(",calm\n", ",fog\n", 1), encoding="utf-8")
    assert "noise 'fog' is no noise state of the game" in one_line(mfg.load_demonstrations, tmp_path / "fog.csv", game)
    lines = [line.rpartition(",")[0] for line in text.splitlines()]
    (tmp_path / "less.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "column 'noise' is missing" in one_line(mfg.load_demonstrations, tmp_path / "less.csv", game)


def test_forbidden_records_are_told(tmp_path, one_line):
    """In the population of all histories: one trajectory of a history that nobody else has is no reason."""
    game = mfg.load_game("epidemic_waves", horizon=2)
    rows = "trajectory,step,state,action,noise\n1,0,infected,go_out,calm\n1,1,infected,go_out,calm\n"
    caught = "2,0,susceptible,go_out,calm\n2,1,infected,go_out,wave\n"
    (tmp_path / "sound.csv").write_text(rows + caught, encoding="utf-8")
    assert np.shape(mfg.load_demonstrations(tmp_path / "sound.csv", game).noise) == (2, 2)
    for wrong, said in (
        (caught.replace("susceptible,go_out", "susceptible,keep_distance"), "trajectory 2 step 0: susceptible, keep"),
        (caught.replace("go_out,calm", "go_out,wave"), "trajectory 2 step 0: the noise is wave"),
    ):
        (tmp_path / "wrong.csv").write_text(rows + wrong, encoding="utf-8")
        assert said in one_line(mfg.load_demonstrations, tmp_path / "wrong.csv", game)


def test_mistakes_are_one_line(game, sample, one_line):
    clone = mfg.behavioral_cloning
    assert "demonstrations.noise is missing" in one_line(clone, sample._replace(noise=None), game)
    assert "demonstrations.noise[0, 0] is 2: the game has 2 noise states" in one_line(
        clone, sample._replace(noise=np.full(np.shape(sample.noise), 2)), game
    )
    assert "expected whole numbers" in one_line(clone, sample._replace(noise=np.asarray(sample.noise) / 1), game)
    assert "say awareness" in one_line(clone, sample, game, stationary=True)
    assert "class of unaware policies" in one_line(mfg.vanilla_adv, sample, game, method="lp", awareness="unaware")
    stationary = clone(sample, game, stationary=True, awareness="noise_aware").policy
    assert np.allclose(stationary[0], stationary[1][:2])
