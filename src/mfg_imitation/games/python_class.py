"""A user's own class as a game (`python: module:Class`).

This is the only way in which code enters through a game's file: the module it names is imported, and that runs it.
Whoever loads a file with that key runs the code beside it. A declaration, a family, `mfglib` or `open_spiel`
runs none of the user's.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mfg_imitation.errors import InputError, first_line
from mfg_imitation.games.game import Game
from mfg_imitation.games.soundness import check_game
from mfg_imitation.games.user_code import blamed


def python_game(target: str, values: Mapping[str, Any], horizon: int, path: Path) -> Game:
    """The game that a user's own class makes, called with `horizon` and the parameters as keyword arguments.

    Args:
        target: module:Class; the module is looked for in the folder of the game's file, else on the path.
        values: the parameters.
        horizon: H.
        path: the game's file.

    Raises:
        InputError: no such module or class, a class that is no `Game`, a constructor that fails or rejects
            the parameters, a game whose kernel or reward is unsound (see `check_game`).
    """
    place = f"{path}: python"
    module_name, class_name = target.split(":")
    module = _import_module(module_name, path.parent.resolve(), place)
    made = getattr(module, class_name, None)
    if made is None:
        games = [name for name, value in vars(module).items() if _is_game(value) and value.__module__ == module_name]
        raise InputError(
            f"{place}: {module_name} has no class {class_name!r}; its games are {', '.join(games) or 'none'}"
        )
    if not _is_game(made):
        raise InputError(f"{place}: {target} is not a subclass of mfg_imitation.Game")
    return construct(made, {"horizon": horizon, **values}, f"{path}", target, reserved=("horizon",))


def _is_game(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Game)


def _import_module(name: str, folder: Path, place: str):
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise InputError(f"{place}: no module {name!r} in {folder} or on Python's path") from None
        raise InputError(f"{place}: {name} cannot be imported: {first_line(error)}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit, too: the run must not end here as if all were done
        raise InputError(f"{place}: {name} cannot be imported: {type(error).__name__}: {first_line(error)}") from None
    finally:
        sys.path.remove(str(folder))
    beside = folder.joinpath(*name.split(".")).with_suffix(".py")
    if beside.is_file() and Path(getattr(module, "__file__", None) or "").resolve() != beside.resolve():
        raise InputError(f"{place}: the name of {beside.name} is taken by another module of Python's; rename it")
    return module


def construct(make: Callable, values: Mapping[str, Any], file: str, name: str, reserved: tuple[str, ...]) -> Any:
    """Call a constructor; what it dislikes becomes one line."""
    try:
        inspect.signature(make).bind(**values)
    except TypeError as error:
        allowed = [key for key in inspect.signature(make).parameters if key not in ("self", "cls", *reserved)]
        raise InputError(
            f"{file}: parameters: {name} rejects them: {error}; allowed are {', '.join(allowed) or 'none'}"
        ) from None
    try:
        made = make(**values)
        if isinstance(made, Game):
            check_game(made)
            made.known_expert()  # asked once here, where a failure is told
            made.declared_lipschitz()
    except InputError as error:
        raise InputError(f"{file}: {name}: {error}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise blamed(f"{file}: {name}", error) from None
    return made
