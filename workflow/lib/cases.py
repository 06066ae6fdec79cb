"""The cases of a study: games of the run, each with values of its own, and their experts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mfg_imitation.equilibria.expert import Equilibrium, known_expert
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.games.game import Game
from mfg_imitation.games.game_file import GameFile


class Case(NamedTuple):
    """A case: its name, the game's file, the game with the case's values, its expert, and all that is said of it."""

    name: str
    file: GameFile
    game: Game
    expert: Equilibrium
    spec: Mapping[str, Any]


def cases(specs: Sequence[Mapping[str, Any]], games: Sequence[str], experts: Sequence[str]) -> Iterator[Case]:
    """Every case, its game loaded.

    Args:
        specs: mappings with the keys game, and maybe name and overrides.
        games: paths of the games' files.
        experts: paths of their experts, in the same order.
    """
    files = {file.name: (file, expert) for file, expert in zip(map(GameFile.read, games), experts, strict=True)}
    for spec in specs:
        (file, path), overrides = files[spec["game"]], spec.get("overrides", {})
        game = file.load(**overrides)
        expert = known_expert(game) if overrides else load_equilibrium(path, file)
        yield Case(spec.get("name", file.name), file, game, expert, spec)
