"""The games in which `equilibria.py` lets solvers meet, and what of a game each of them is told."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

#: Exploitabilities to reach, in units of the reward's range times H.
RELATIVE = (1e-3, 1e-6)

#: What `with_mfglib.py` and `with_open_spiel.py` make a congested grid of.
GRID_FIELDS = ("initial", "neighbours", "place_reward", "slip", "congestion", "crowd_cost", "smallest_share")


@dataclass(frozen=True)
class Contested:
    """One game, as each of the contestants has it.

    Attributes:
        ours: name or file of ours, and what differs from the file.
        mfglib: constructor of MFGLib's `Environment` and its arguments, or "grid"; None where MFGLib has no such game.
        open_spiel: short name of OpenSpiel and its parameters, or "grid"; None where OpenSpiel has no such game.
    """

    game: str
    overrides: dict[str, Any] = field(default_factory=dict)
    mfglib: tuple[str, dict[str, Any]] | str | None = None
    open_spiel: tuple[str, dict[str, Any]] | str | None = None

    @property
    def needs_peers(self) -> bool:
        """Whether ours is imported from a peer."""
        return self.game.endswith(".yaml")

    def load(self):
        """Our game."""
        import mfg_imitation as mfg

        return mfg.load_game(self.game, **self.overrides)

    def write(self, game, path: Path) -> dict[str, Any]:
        """A random policy with its exploitability, and the exploitabilities to reach; all in a file for the others."""
        import mfg_imitation as mfg
        from mfg_imitation.engine.value import reward_range

        horizon, n_states, n_actions = game.policy_shape
        policy = np.random.default_rng(0).dirichlet(np.ones(n_actions), (horizon, n_states))
        unit = float(reward_range(game)) * horizon
        case = {"value": float(mfg.nash_imitation_gap(game, policy)), "unit": unit}
        case["targets"] = [relative * unit for relative in RELATIVE]
        fields = {name: np.asarray(getattr(game, name)) for name in GRID_FIELDS} if self.mfglib == "grid" else {}
        np.savez(path, policy=policy, targets=case["targets"], **fields)
        return case


GAMES = {
    "left_right": Contested("left_right", mfglib=("left_right", {})),
    "rock_paper_scissors": Contested("rock_paper_scissors", mfglib=("rock_paper_scissors", {})),
    "sis": Contested("sis", {"horizon": 50}, mfglib=("susceptible_infected", {"T": 49})),
    "beach_bar": Contested(
        "beach_bar",
        {"horizon": 20, "bar": 2, "ends": "walls", "smallest_share": 1e-20},
        mfglib=("beach_bar", {"T": 19, "n": 20, "bar_loc": 2}),
    ),
    "grid": Contested(
        "grid_open",
        {"rows": 10, "columns": 10, "start": "corner", "horizon": 20},
        mfglib="grid",
        open_spiel="grid",
    ),
    "crowd_modelling": Contested(
        str(Path(__file__).with_name("crowd_modelling.yaml")),
        open_spiel=("mfg_crowd_modelling", {"size": 10, "horizon": 10}),
    ),
}
