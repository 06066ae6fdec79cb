"""The shapes and types in the library's signatures are true: representative calls, with every annotation checked.

The check must be there before the library is imported, so it runs in a process of its own: this file, as a script.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from beartype import BeartypeConf, beartype

GAMES = Path(__file__).parents[1] / "config" / "games"

#: beartype, for which an int is a good float, as it is for every static checker (PEP 484, "the numeric tower").
check = beartype(conf=BeartypeConf(is_pep484_tower=True))


def representative_calls():
    """Every public function, and what stands behind it, on arguments of the kinds that users have."""
    import jax
    import jax.numpy as jnp

    import mfg_imitation as mfg
    from mfg_imitation.data.analysis import analysed
    from mfg_imitation.engine.control import control_gradient, social_optimum
    from mfg_imitation.equilibria.expert import known_expert
    from mfg_imitation.games.game_file import GameFile
    from mfg_imitation.games.lipschitz import lipschitz_estimate
    from mfg_imitation.imitation.mfc_adv import mfc_adv
    from mfg_imitation.imitation.mfc_adv_simulated import mfc_adv_simulated
    from mfg_imitation.imitation.simulator import player_simulator
    from mfg_imitation.studies.sweep import sweep

    twin = mfg.Game.from_functions(
        lambda n, mu: jnp.full((2, 3, 2), 0.5), lambda n, mu: jnp.zeros((2, 3)), jnp.array([0.5, 0.5]), 4
    )
    declared = mfg.load_game(str(GAMES / "attractor.yaml"), horizon=4, transition_lipschitz=2)
    for game, batch in ((twin, ()), (declared, (2, 3))):
        expert = game.uniform_policy()
        policy = jnp.broadcast_to(expert, (*batch, *expert.shape))
        flow = mfg.population_flow(game, expert)
        mfg.population_flow(game, policy)
        mfg.nash_imitation_gap(game, policy)
        mfg.gaps(game, expert, policy)
        mfg.proxies(game, expert, policy)
        mfg.occupancy(game, policy)
        mfg.occupancy(game, policy, flow)
        mfg.policy_value(game, policy, flow)
        mfg.best_response(game, flow)
        game.transition(0, flow[0])
        game.reward(jnp.asarray(1), flow[1])
        jax.jit(lambda policy, game=game: mfg.nash_imitation_gap(game, policy))(expert)
    social_optimum(game, expert[None], n_random_starts=1, iterations=2)
    control_gradient(game, expert)
    for target, starts in ((mfg.occupancy(game, expert), expert[None]), (mfg.occupancy(game, policy), policy[None])):
        mfc_adv(target, game, "max", starts, iterations=2)
    mfc_adv_simulated(mfg.occupancy(game, expert), player_simulator(game, 5), game, rounds=2, iterations=2)
    lipschitz_estimate(game, jnp.eye(2), n_samples=2)
    known_expert(mfg.load_game(GAMES / "attractor.yaml", horizon=2))
    demonstrations = mfg.sample_demonstrations(twin, twin.uniform_policy(), 5, 0, 0.1)
    mfg.sample_demonstrations(twin, twin.uniform_policy(), 5, 0, n_players=3)
    with tempfile.TemporaryDirectory() as folder:
        mfg.save_demonstrations(Path(folder) / "five.parquet", demonstrations, twin)
        mfg.load_demonstrations(Path(folder) / "five.parquet", twin)
    mfg.empirical_occupancy(demonstrations, twin)
    mfg.behavioral_cloning(demonstrations, twin, 1)
    mfg.most_frequent_action(demonstrations, twin)
    for stationary in (False, True):
        mfg.cloning_by_evidence(demonstrations, twin, stationary)
        mfg.network_policy(demonstrations, twin, iterations=2, stationary=stationary)
        mfg.likelihood_network(demonstrations, twin, iterations=2, stationary=stationary)
    for objective in ("sum", "max"):
        mfg.vanilla_adv(demonstrations, twin, objective)
    mfg.mfc_adv_network(demonstrations, twin, iterations=2)
    mfg.vanilla_adv(demonstrations, twin, "max", method="first_order", iterations=200)
    mfg.vanilla_adv(demonstrations, twin, method="first_order", stationary=True)
    mfg.empirical_nash_imitation_gap(twin, twin.uniform_policy(), 10, 2, 0)
    grid = {
        "transition_lipschitz": [1.0],
        "horizon": [2],
        "alpha": {"linear": 3, "smallest": 1e-3, "logarithmic": 2, "resolution": 1},
    }
    noisy = mfg.load_game(GAMES / "signal.yaml")
    expert = noisy.known_expert()
    sample = mfg.sample_demonstrations(noisy, expert, 5, 0)
    mfg.sample_demonstrations(noisy, expert, 5, 0, n_players=2)
    mfg.nash_imitation_gap(noisy, expert)
    mfg.proxies(noisy, expert, noisy.spread(noisy.games[0].uniform_policy()))
    mfg.behavioral_cloning(sample, noisy, awareness="unaware")
    mfg.trajectory_likelihood(sample, noisy, awareness="noise_aware")
    mfg.merged_nash_imitation_gap(noisy, expert)
    mfg.sampled_nash_imitation_gap(noisy, noisy.expert, 5)
    analysed(mfg.load_dataset(GAMES.parent / "data/epidemic_survey.yaml"))
    sweep(GameFile.read(GAMES / "attractor.yaml"), grid)


def wrong_calls():
    """What the check must refuse: a flow of one step too few, a name that is no text, a policy without its horizon."""
    import jax.numpy as jnp
    from jaxtyping import TypeCheckError

    import mfg_imitation as mfg
    from mfg_imitation.checks import check_probabilities
    from mfg_imitation.engine.flow import agent_flow_of

    game = mfg.load_game(GAMES / "attractor.yaml", horizon=4)
    policy = game.uniform_policy()
    flow = mfg.population_flow(game, policy)
    for call in (
        lambda: agent_flow_of(game, policy, flow[:-1]),
        lambda: check_probabilities(3, policy, (4, 2, 2)),
        lambda: mfg.nash_imitation_gap(game, policy[0]),
        lambda: mfg.gaps(game, jnp.zeros((4, 2, 2), dtype=int), policy),
        lambda: mfg.gaps(game, policy, policy[:-1]),
    ):
        try:
            call()
        except TypeCheckError:
            continue
        raise AssertionError("a wrong call passed")


def test_annotations_hold_and_wrong_calls_are_caught():
    run = subprocess.run([sys.executable, __file__], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout == "representative_calls: checked\nwrong_calls: checked\n"


if __name__ == "__main__":
    from jaxtyping import install_import_hook

    with install_import_hook("mfg_imitation", "test_types.check"):
        for calls in (representative_calls, wrong_calls):
            calls()
            print(f"{calls.__name__}: checked")
