"""Games from files."""

from mfg_imitation.games.files import find_game, load_game, read_declaration

__all__ = ["find_game", "load_game", "read_declaration"]
