"""What an experiment on demonstrations is: one entry of `imitation.experiments` in the configuration."""

from dataclasses import dataclass

from mfg_imitation.io.settings import setting


@dataclass(frozen=True)
class Experiment:
    """How demonstrations are made, and which policies are fitted to them: one entry of `imitation.experiments`."""

    label_noise: float = setting(
        0.0,
        "probability that a recorded action is replaced by a random one (0)",
        words="a recorded action is a random one with probability {:g}",
        kind=float,
        minimum=0,
        maximum=1,
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
