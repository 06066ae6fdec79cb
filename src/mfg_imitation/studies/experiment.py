"""What an experiment on demonstrations is: one entry of `imitation.experiments` in the configuration.

Noise in the labels alike in all states is what a likelihood of labels assumes; the others are not.
"""

from dataclasses import dataclass

from mfg_imitation.io.settings import setting


def _share(description: str, words: str) -> float:
    """A setting between 0, the default, and 1."""
    return setting(0.0, f"{description} (0)", words=words, kind=float, minimum=0, maximum=1)


@dataclass(frozen=True)
class Experiment:
    """How demonstrations are made, and which policies are fitted to them: one entry of `imitation.experiments`."""

    label_noise: float = _share(
        "probability that a recorded action is replaced by a random one",
        "a recorded action is a random one with probability {:g}",
    )
    noisy_states: float = _share(
        "the same, in every other state only, where it happens so often",
        "in every other state a recorded action is a random one with probability {:g}, elsewhere never",
    )
    slips: float = _share(
        "probability that the players really play a random action in place of the expert's",
        "the players really play a random action with probability {:g}",
    )
    kernel_error: float = _share(
        "imitators are told the game's kernel mixed with so much of the uniform one over its successors",
        "the kernel that imitators are told is off by {:g} of the uniform one",
    )
    n_players: int | None = setting(
        None,
        "demonstrations come from populations of so many (without it, from the mean field)",
        words="populations of {} players, driven by where their members are",
        kind=int,
        minimum=1,
        maximum=10_000_000,
    )
    stationary: bool = setting(
        False, "fit one policy for all steps (false)", words="one policy for all steps is fitted", kind=bool
    )
