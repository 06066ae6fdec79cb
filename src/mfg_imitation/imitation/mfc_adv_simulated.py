"""MFC-ADV without the kernel: `mfc_adv` in the kernel that simulations of the population teach (ours)."""

from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_seed, checked
from mfg_imitation.engine.policies import mixture
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation
from mfg_imitation.imitation.behavioral_cloning import cloned_policy
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.imitation.learned_kernel import LearnedKernel, learn_kernel
from mfg_imitation.imitation.mfc_adv import mfc_adv
from mfg_imitation.imitation.simulator import Simulator, transitions_of

#: Players are simulated around the current policy, mixed with these shares of the uniform one: from nearly nothing,
#: which shows what the population does close to its own flow, to all, which shows every action.
SHARES = np.logspace(-4, 0, 7)


class SimulatedFit(NamedTuple):
    """What `mfc_adv_simulated` returns.

    Attributes:
        imitation: the fit; objective, certificate and status are those of `mfc_adv` in the learned game.
        kernel: what the simulations taught.
        player_steps: how many simulated players took how many steps, in all.
    """

    imitation: Imitation
    kernel: LearnedKernel
    player_steps: int


@checked
def mfc_adv_simulated(
    demonstrations: Demonstrations | Float[Array, "H S A"],
    simulator: Simulator,
    game: Game,
    objective: Literal["sum", "max"] = "sum",
    *,
    rounds: int = 1,
    iterations: int = 2000,
    seed: int = 0,
) -> SimulatedFit:
    """Fit a policy whose population looks like the demonstrations; knows simulations, neither kernel nor reward.

    A round simulates players around the current policy (`SHARES`; at first what behavioral cloning makes of the
    demonstrations), learns a kernel from the transitions of all rounds (`learn_kernel`) and fits `mfc_adv` in it. The
    fit is as good as the kernel, which is taken to be affine in the population and the same at every step.

    Args:
        demonstrations: trajectories, or directly their joint occupancy rho_hat_n(s, a); one sample, not a batch.
        simulator: of the true population; see `player_simulator`.
        game: names, horizon and initial distribution are taken from it, and nothing else is looked at; `UnknownGame`
            makes one of these alone.
        objective: "sum" or "max" over the steps; see `mfc_adv`.
        iterations: steps of `mfc_adv` from each start, in every round.
        seed: of all simulations; equal seeds give equal fits.

    Raises:
        InputError: demonstrations that are not of this game, or a batch; an unknown objective; less than one round or
            iteration; a game too large for `learn_kernel`.
    """
    target = occupancy_to_fit(demonstrations, game)
    if target.ndim != 3:
        raise InputError(f"demonstrations have the occupancy {list(target.shape)}: one sample is needed, [H, S, A]")
    check_count("rounds", rounds)
    check_seed(seed)
    policy, simulations = cloned_policy(target), []
    for key in jax.random.split(jax.random.key(seed), rounds):
        mixed = mixture(policy, game.uniform_policy(), SHARES[:, None])
        simulations += [simulator(*one) for one in zip(mixed, jax.random.split(key, len(SHARES)), strict=True)]
        kernel = learn_kernel(transitions_of(simulations), game)
        fit = mfc_adv(target, kernel.game, objective, policy[None], iterations=iterations)
        policy = jnp.asarray(fit.policy)
    return SimulatedFit(fit, kernel, sum(players.states.size for _, players in simulations))
