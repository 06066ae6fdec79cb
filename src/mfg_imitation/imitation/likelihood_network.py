"""The likelihood of noisy labels, what was really played guessed by neural networks: for games with many states.

`trajectory_likelihood` says of every record how likely each action was played; the networks of `network_policy` are
then fitted to this instead of the labels, and it is added to them instead of the labels. Where a sparse policy explains
the records better, it is left as it is. Ours.
"""

import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_count, check_seed, checked
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import algorithm, one_by_one
from mfg_imitation.imitation.demonstrations import Demonstrations, check_demonstrations, weighed
from mfg_imitation.imitation.network import networks
from mfg_imitation.imitation.noisy_labels import shares, with_policy
from mfg_imitation.imitation.records import numbered, of_cells, spread
from mfg_imitation.imitation.trajectory_likelihood import LikelihoodFit, explained, likelihood_fit
from mfg_imitation.names import CLOSED_FORM


@algorithm(
    "likelihood_network",
    "likelihood, network",
    summary="is the likelihood, and lets small neural networks guess from what was really played",
    needs=("kernel", "population", "transitions", "who can follow whom"),
    variant_of="likelihood",
)
@checked
def likelihood_network(
    demonstrations: Demonstrations,
    game: Game,
    population: Float[Array, "H S"] | None = None,
    *,
    iterations: int = 2000,
    stationary: bool = False,
    seed: int = 0,
    tolerance: float = 1e-6,
    max_iterations: int = 5000,
) -> LikelihoodFit:
    """Estimate the noise of the labels, and fit networks to what was really played; see the module's first lines.

    Args:
        demonstrations: at least two trajectories; a batch may lead, of samples say, each is fitted by itself.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        iterations: at most so many steps of each network.
        stationary: one policy for all steps, which the networks are not told apart.
        seed: of the split and of the networks' first parameters; the same for every sample.
        tolerance: largest change of a probability, in an iteration, at which the noise is found.
        max_iterations: at most so many.

    Returns:
        The fit; its fields are those of `trajectory_likelihood`, for the networks' policy, which in states that were
        not visited is a guess. The certificate counts what the networks cost. Where the noise was found, the status is
        "stopped early" if all networks were stopped by what they had not seen, else "iteration limit"; of a sparse
        policy it stays "converged". Iterations are those that found the noise.

    Raises:
        InputError: the demonstrations or the population are not of this game, or are a single trajectory, or a setting
            is out of its range.
    """
    check_count("iterations", iterations)
    check_seed(seed)
    check_demonstrations(demonstrations, game)
    guess = networks(game, np.shape(demonstrations.states)[-2], iterations, stationary, seed)

    def of_sample(states, actions, weights) -> LikelihoodFit:
        one = Demonstrations(states, actions, weights=None if demonstrations.weights is None else weights)
        records, possible, found = explained(
            one, game, population, "estimate", True, stationary, tolerance, max_iterations
        )
        if found.sparse[0]:
            policy, stopped = spread(game, records, found.account.policy, 1 / len(game.actions), stationary), None
        else:
            played = np.asarray(shares(found, records, possible))[0, numbered(one, game)]
            guessed = guess(states, played * weights[..., None])
            policy, stopped = guessed.policy[None], guessed.stopped
        found = with_policy(found, records, possible, of_cells(records, policy))
        fit = likelihood_fit(policy, found, one, tolerance)
        if stopped is None or fit.status not in (CLOSED_FORM, "converged"):
            return fit
        return fit._replace(status="stopped early" if stopped else "iteration limit")

    return one_by_one(of_sample, *weighed(demonstrations), axes=2)
