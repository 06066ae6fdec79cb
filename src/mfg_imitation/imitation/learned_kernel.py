"""A kernel learned from transitions, where nobody knows it: affine in the population, with as few numbers as possible.

P(s'|s, a, mu) = sum over z of mu(z) K(s'|s, a, z): as if everybody met one person, drawn from the population, and then
moved; it is the same at every step. Transitions at several populations tell the components K(.|s, a, z) apart: a
mixture with known weights, whose concave likelihood EM climbs. Two things need more than that.

Where a component is not needed the likelihood is flat, and what is left of one there the population may amplify, step
by step. So once EM has settled a sparse prior (Dirichlet with parameter 0) takes one count from every entry of K, and
what costs no likelihood becomes exactly 0. A last EM without the prior fits what is left.

And an imitator makes use of every difference between two actions, of one that only noise has made, too. So where
Bayes' criterion does not see the action matter in a state, or the population for a pair of state and action, it does
not.
"""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from mfg_imitation.checks import check_count, check_probabilities, checked
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.games.sizes import check_memory
from mfg_imitation.imitation.kernel_likelihood import smallest_kernel
from mfg_imitation.imitation.simulator import Transitions

#: The log-likelihood counts as maximal when it cannot rise by more, in nats; a tenth of what a test would notice.
TOLERANCE = 0.1


class LearnedGame(Game):
    """A game with a kernel that was learned; it has no reward.

    Attributes:
        kernel: K(successors[s, a, k] | s, a, z); sums to 1 over k.
    """

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    kernel: Float[Array, "Z S A K"]

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return jnp.tensordot(mu, self.kernel, 1)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        raise InputError("a learned game has no reward: transitions do not show it")


class LearnedKernel(NamedTuple):
    """What `learn_kernel` found.

    Attributes:
        game: with the learned kernel, for everything that asks for no reward.
        status: "converged" when the certificate met `TOLERANCE`, else "iteration limit".
        iterations: steps of EM, of all three passes.
        log_likelihood: of the transitions, in nats.
        certificate: a bound on how much a kernel with the entries that are left could still raise it, in nats.
        transitions: how many there were.
        populations: in how many different populations.
        unseen: pairs (state, action), by name, that no transition shows. In the learned game they do what the state's
            other actions do, on average; where nobody was in the state one stays there.
    """

    game: LearnedGame
    status: str
    iterations: int
    log_likelihood: float
    certificate: float
    transitions: int
    populations: int
    unseen: tuple[tuple[str, str], ...]

    @property
    def warning(self) -> str:
        """One line where all transitions come from one population, else empty."""
        if self.populations > 1:
            return ""
        return "one population tells nothing about another: the learned kernel is the same in all of them"


@checked
def learn_kernel(transitions: Transitions, game: Game, *, iterations: int = 5000) -> LearnedKernel:
    """The most likely kernel that is affine in the population, with as few entries as explain the transitions (ours).

    Args:
        transitions: of players who saw the population; see `transitions_of`.
        game: names, horizon and initial distribution are taken from it, and nothing else is looked at; `UnknownGame`
            makes one of these alone.
        iterations: at most so many steps of each of three passes of EM: without the sparse prior, with it, without.

    Raises:
        InputError: transitions that are not of this game, or none; a kernel or counts of more memory than
            `sizes.MOST_MEMORY`; less than one iteration.
    """
    check_count("iterations", iterations)
    states, actions = tuple(game.states), tuple(game.actions)
    transitions = _checked(transitions, len(states), len(actions))
    successors, counts, unseen = _counted(transitions, len(states), len(actions))
    found = smallest_kernel(jnp.asarray(transitions.populations), counts, jnp.asarray(iterations))
    certificate = float(found.certificate.sum())
    return LearnedKernel(
        LearnedGame(states, actions, game.horizon, game.initial, successors, found.kernel),
        "converged" if certificate <= TOLERANCE else "iteration limit",
        int(found.steps),
        float(found.log_likelihood.sum()),
        certificate,
        len(transitions.states),
        len(np.unique(transitions.populations[transitions.population], axis=0)),
        tuple((states[s], actions[a]) for s, a in np.argwhere(unseen)),
    )


def _checked(transitions, n_states, n_actions) -> Transitions:
    """As NumPy arrays, those of this game."""
    populations = np.asarray(check_probabilities("populations", transitions.populations, (n_states,), batch=True))
    sizes = {"population": len(populations), "states": n_states, "actions": n_actions}
    indices = []
    for kind, size in (sizes | {"successors": n_states}).items():
        array = np.asarray(getattr(transitions, kind))
        if array.dtype.kind not in "iu" or array.ndim != 1 or not array.size or len(array) != len(transitions.states):
            raise InputError(
                f"transitions.{kind} holds {array.dtype} of shape {list(array.shape)}, "
                "expected whole numbers of shape [N], with one N >= 1 for all four"
            )
        if array.min() < 0 or array.max() >= size:
            place = int(np.argmax((array < 0) | (array >= size)))
            raise InputError(f"transitions.{kind}[{place}] is {array[place]}: there are {size}")
        indices.append(array.astype(int))
    return Transitions(populations, *indices)


def _counted(
    transitions, n_states, n_actions
) -> tuple[Int[Array, "S A K"], Float[Array, "P S A K"], Bool[np.ndarray, "S A"]]:
    """The observed successors of every pair; how often each followed in every population; the pairs not seen."""
    _, which, s, a, successor = transitions
    check_memory("the observed successors [states, actions, states]", n_states, n_actions, n_states)
    seen = np.zeros((n_states, n_actions, n_states), bool)
    seen[s, a, successor] = True
    unseen = ~seen.any(axis=-1)
    follows = seen.any(axis=1)  # after any action: the actions of a state share their branches
    follows |= ~follows.any(axis=-1, keepdims=True) & np.eye(n_states, dtype=bool)
    width = int(follows.sum(axis=-1).max())
    check_memory("the learned kernel [states, states, actions, successors]", n_states, n_states, n_actions, width)
    shape = len(transitions.populations), n_states, n_actions, width
    check_memory("the counts [populations, states, actions, successors]", *shape)
    branch = np.cumsum(follows, axis=-1)[s, successor] - 1
    flat = np.ravel_multi_index((which, s, a, branch), shape)
    counts = np.bincount(flat, minlength=np.prod(shape)).reshape(shape).astype(float)
    order = np.argsort(~follows, axis=-1, kind="stable")[:, :width]
    successors = jnp.broadcast_to(order[:, None], (n_states, n_actions, width))
    return successors, jnp.asarray(counts), unseen
