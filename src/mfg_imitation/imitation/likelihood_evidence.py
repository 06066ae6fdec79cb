"""The likelihood of noisy labels, smoothed as far as the records ask for it: for games of which samples see little.

`trajectory_likelihood` says how often every action was really played; those expected records are then what
`evidence_policy` smooths, as it smooths recorded ones. Where a sparse policy explains the records better nothing is
smoothed: what neighbouring steps do by mistake, a sparse policy does not do. Ours.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from mfg_imitation.checks import checked
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import algorithm
from mfg_imitation.imitation.demonstrations import Demonstrations
from mfg_imitation.imitation.evidence import evidence_policy
from mfg_imitation.imitation.noisy_labels import with_policy
from mfg_imitation.imitation.records import of_cells, spread
from mfg_imitation.imitation.trajectory_likelihood import LikelihoodFit, explained, likelihood_fit


@algorithm(
    "likelihood_evidence",
    "likelihood, by evidence",
    summary="is the likelihood, and borrows from neighbouring steps as far as what was really played asks for it",
    needs=("kernel", "population", "transitions"),
    variant_of="likelihood",
)
@checked
def likelihood_by_evidence(
    demonstrations: Demonstrations,
    game: Game,
    population: Float[Array, "H S"] | None = None,
    *,
    stationary: bool = False,
    tolerance: float = 1e-6,
    max_iterations: int = 5000,
) -> LikelihoodFit:
    """Estimate the noise of the labels, and smooth what was really played by evidence; see the module's first lines.

    Args:
        demonstrations: trajectories; a batch may lead, of samples say, each is fitted by itself.
        population: the flow of the experts that drives the kernel. None estimates it from the demonstrations, mu-hat.
        stationary: one policy for all steps.
        tolerance: largest change of a probability, in an iteration, at which the noise is found.
        max_iterations: at most so many.

    Returns:
        The fit; its fields are those of `trajectory_likelihood`, for the smoothed policy. The certificate counts what
        smoothing costs. In states that were not visited it plays what neighbours play.

    Raises:
        InputError: the demonstrations or the population are not of this game, or a setting is out of its range.
    """
    records, possible, found = explained(
        demonstrations, game, population, "estimate", True, stationary, tolerance, max_iterations
    )
    counts = spread(game, records, found.account.expected, 0.0, stationary)
    smooth, _ = evidence_policy(counts[:, :1] if stationary else counts)
    decided = spread(game, records, found.account.policy, 1 / len(game.actions), stationary)
    policy = jnp.where(found.sparse[:, None, None, None], decided, jnp.broadcast_to(smooth, decided.shape))
    return likelihood_fit(
        policy, with_policy(found, records, possible, of_cells(records, policy)), demonstrations, tolerance
    )
