"""How large a game may be, checked before anything of its size is made."""

import math

from mfg_imitation.checks import check_count
from mfg_imitation.errors import InputError

#: The longest horizon, in steps; the schema of game files says the same.
MOST_STEPS = 100_000

#: The largest array that a game may need, in GiB.
MOST_MEMORY = 4


def check_horizon(name: str, horizon) -> None:
    """Raise `InputError` unless `horizon` is a whole number from 1 to `MOST_STEPS`."""
    check_count(name, horizon)
    if horizon > MOST_STEPS:
        raise InputError(f"{name} is {horizon}: at most {MOST_STEPS} steps are allowed")


def check_memory(what: str, *shape: int) -> None:
    """Raise `InputError` if an array of this shape, 8 bytes a number, would take more than `MOST_MEMORY` GiB."""
    shape = [int(size) for size in shape]
    memory = 8 * math.prod(shape) / 2**30
    if memory > MOST_MEMORY:
        raise InputError(f"{what} {shape} would take {memory:.3g} GiB: at most {MOST_MEMORY} GiB are allowed")


def check_policy_size(n_steps: int, n_states: int, n_actions: int) -> None:
    """`check_memory` of a policy."""
    check_memory("a policy [steps, states, actions]", n_steps, n_states, n_actions)


def check_sizes(n_steps: int, n_states: int, n_actions: int, n_successors: int) -> None:
    """`check_memory` of what every game needs: a policy, and the kernel of one step."""
    check_policy_size(n_steps, n_states, n_actions)
    check_memory("the kernel [states, actions, successors]", n_states, n_actions, n_successors)
