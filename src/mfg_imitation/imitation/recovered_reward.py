"""Rewards recovered from demonstrations, and the policies that play them: earlier methods than the paper's."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.checks import check_positive, check_probabilities, checked
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import Imitation, algorithm, fitted, one_by_one
from mfg_imitation.imitation.demonstrations import Demonstrations, occupancy_to_fit
from mfg_imitation.rewards.linear import reward_class
from mfg_imitation.rewards.method import METHODS


class RecoveredReward(NamedTuple):
    """A reward that explains demonstrations; of a batch of them, every field leads with the batch.

    Attributes:
        weights: w, in the order of the features; of a table, in the order of states, then actions.
        reward: r_n(s, a) in the experts' population, in units of the method's own: rewards that differ by a factor or
            by potential shaping can explain the same demonstrations.
        policy: the one that the method plays for this reward: "entropy" the soft response, "margin" the best response,
            both in the experts' population, "control" the social optimum found.
        loss: what the method minimises, regularisation included.
        certificate: a bound >= 0 on how far the loss lies above its least value.
        iterations: of the solver.
        status: "optimal", or "iteration limit".
    """

    weights: Float[Array, "*batch D"]
    reward: Float[Array, "*batch H S A"]
    policy: Float[Array, "*batch H S A"]
    loss: float | Float[Array, "*batch"]
    certificate: float | Float[Array, "*batch"]
    iterations: int | Int[Array, "*batch"]
    status: str | np.ndarray


@checked
def recover_reward(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    features=None,
    method: str = "entropy",
    *,
    population: Float[Array, "H S"] | None = None,
    regularisation: float = 1e-6,
    tolerance: float = 1e-9,
) -> RecoveredReward:
    """The reward, linear in unknown weights, that explains what experts do; knows the kernel, not the game's reward.

    Args:
        demonstrations: trajectories, or directly an occupancy rho-hat_n(s, a); a batch may lead either, and each sample
            is explained by itself.
        features: what the reward is linear in. None or "table": a reward r(s, a). "steps": a reward r_n(s, a).
            "declared": the `features` of the game's file. Names of parameters of that file: its reward, with a weight
            for each and, where there is more to it, one for the rest. An array phi_n(s, a), [H, S, A, D], in the
            experts' population. A function of the step and the population to [S, A, D], traceable by JAX; of it, and of
            what is declared or named, "control" knows how the crowd pushes the reward.
        method: a name of `METHODS`: "entropy", "margin" or "control".
        population: the experts' flow, which drives the kernel. None estimates it from the demonstrations, mu-hat.
        regularisation: weight of |w|^2 / 2 ("entropy") or |w|_1 ("margin", "control") beside the method's loss: it
            decides where demonstrations do not. With "entropy" 0 is allowed where the experts play every action.
        tolerance: bound on the gradient at which "entropy" is done.

    Raises:
        InputError: the demonstrations or the population are not of this game; features of a wrong shape; an unknown
            method; a linear program without an optimum.
    """
    target = occupancy_to_fit(demonstrations, game)
    recover = METHODS.named(method).recover
    rewards = reward_class(features, game)
    if not (isinstance(regularisation, (int, float)) and 0 <= regularisation < float("inf")):
        raise InputError(f"regularisation is {shown(regularisation)}: a finite number >= 0 is needed")
    check_positive("tolerance", tolerance)
    if population is not None:
        population = check_probabilities("population", population, game.policy_shape[:2])

    def one(target) -> RecoveredReward:
        flow = target.sum(axis=-1) if population is None else population
        found = recover(game, target, flow, rewards, float(regularisation), float(tolerance))
        return RecoveredReward(found.weights, rewards.along(found.weights, flow), *found[1:])

    return one_by_one(one, target)


@algorithm(
    "reward_entropy",
    "MF-AIRL, exact",
    summary="recovers a reward r(s, a) by maximum causal entropy in the experts' population; plays its soft response",
    needs=("kernel", "population"),
    stationary=False,
    variant_of="vanilla_adv",
)
def reward_entropy(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    population: Float[Array, "H S"] | None = None,
) -> Imitation:
    """`recover_reward` by "entropy", what MF-AIRL (Chen et al. 2021) approximates."""
    return _played(demonstrations, game, population, "entropy")


@algorithm(
    "reward_margin",
    "MFIRL",
    summary="recovers a reward r(s, a) by the largest margin in the experts' population; plays its best response",
    needs=("kernel", "population"),
    stationary=False,
    variant_of="vanilla_adv",
)
def reward_margin(
    demonstrations: Demonstrations | Float[Array, "*batch H S A"],
    game: Game,
    population: Float[Array, "H S"] | None = None,
) -> Imitation:
    """`recover_reward` by "margin" (MFIRL, Chen et al. 2022)."""
    return _played(demonstrations, game, population, "margin")


@algorithm(
    "reward_control",
    "Yang et al.",
    summary="recovers a reward r(s, a) for which the experts would be a social optimum; plays the optimum found",
    needs=("kernel",),
    stationary=False,
    variant_of="mfc_adv",
)
def reward_control(demonstrations: Demonstrations | Float[Array, "*batch H S A"], game: Game) -> Imitation:
    """`recover_reward` by "control", the reduction of Yang et al. (2017)."""
    return _played(demonstrations, game, None, "control")


def _played(demonstrations, game, population, method) -> Imitation:
    found = recover_reward(demonstrations, game, method=method, population=population)
    return fitted(found.policy, found.loss, found.status, found.iterations, found.certificate)
