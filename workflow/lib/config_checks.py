"""The checks that run before any job: a mistake of the user's is one line with file, key, value and what is allowed."""

import inspect
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mfg_imitation.data.dataset import bounds_of
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.errors import InputError, did_you_mean
from mfg_imitation.figures.style import undrawn
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.io.schema import Problem, find_problems
from mfg_imitation.io.settings import schema_of
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.names import SWEPT
from mfg_imitation.studies.experiment import Experiment
from mfg_imitation.studies.slip_paths import games_on_grid
from workflow.lib.run import DATA_SETS, GAMES, Run

#: The configuration that all others are laid over.
CONFIG = Path("config/config.yaml")

#: The sections with cases: games with values of their own.
STUDIES = ("unknown_kernel", "rewards", "earlier_work")

#: Keys and indices from the root of the configuration.
Place = tuple[str | int, ...]

#: What stands where nothing stands; None may stand in a configuration.
NOTHING = object()

SCHEMA = Path(__file__).parents[1] / "schemas" / "config.schema.yaml"


class Layers:
    """The files and command-line values that a configuration is made of, so that a mistake is told where it stands.

    Args:
        arguments: what `--config` gave.
        files: what `--configfile` gave, and the configuration itself; later ones win.
    """

    def __init__(self, arguments: Mapping[str, Any], files: Sequence[Path]):
        self.files = [_shown(file) for file in files]
        self._layers = [("--config", arguments)]
        self._layers += [(file, read_yaml(file)) for file in reversed(self.files)]
        for file, layer in self._layers:
            if not isinstance(layer, Mapping):
                raise InputError(f"{file}: must be a mapping of keys to values")

    def origin(self, place: Place) -> str | Path:
        """Where the value at a place was written: the last layer that has it wins."""
        return next((name for name, layer in self._layers if _at(layer, place) is not NOTHING), CONFIG)

    def remedy(self, place: Place) -> str:
        """What to do about a value that only its way into the configuration has made wrong."""
        name, arguments = self._layers[0]
        if len(place) > 1 and isinstance(_at(arguments, place), str):
            return f" (Snakemake reads all that stands in a mapping of {name} as text: use --configfile FILE)"
        return ""


def config_schema() -> dict[str, Any]:
    """The schema of the configuration; what dataclasses state is put in here."""
    schema = read_yaml(SCHEMA)
    schema["$defs"]["experiment"] = schema_of(Experiment)
    return schema


def check_configuration(config: Mapping[str, Any], layers: Layers) -> None:
    """Raise `InputError` for the first of `configuration_problems`."""
    for problem in configuration_problems(config, layers):
        raise InputError(problem)


def configuration_problems(config: Mapping[str, Any], layers: Layers) -> list[str]:
    """What is wrong with the configuration by its closed schema, or else with its names of games and algorithms."""
    problems = find_problems(config, config_schema())
    if problems:
        return [f"{layers.origin(problem.path)}: {problem}{layers.remedy(problem.path)}" for problem in problems]
    return [f"{layers.origin(problem.path)}: {problem}" for problem in _unknown_names(config, Run(config))]


def check_games(run: Run, layers: Layers) -> list[str]:
    """The games of this run, with all that the jobs will ask of them on the configured grid.

    Returns:
        What is wrong with the files of other games. They are read only: code of theirs is not run.
    """

    def refuse(*place: str | int, reason: str) -> None:
        raise InputError(f"{layers.origin(place)}: {Problem(place, reason)}")

    for index, name in enumerate(run.games("data")):
        if not (DATA_SETS / f"{name}.yaml").is_file():
            known = sorted(file.stem for file in DATA_SETS.glob("*.yaml"))
            reason = f"is {name!r}, but {DATA_SETS} has {', '.join(known) or 'none'}{did_you_mean(name, known)}"
            refuse("data_sets", index, reason=reason)
    kinds = ("selected", "imitated", "explored", "studied", "populated", "simulated", "rewarded", "reviewed", "noisy")
    used = {run.paper, *(name for kind in kinds for name in run.games(kind))}
    unused = []
    for path in sorted(GAMES.glob("*.y*ml")):
        try:
            _check_game(run, path, load=path.stem in used)
        except InputError as error:
            if path.stem in used:
                raise
            unused.append(str(error))
    if run.paper not in run.games("swept"):
        reason = "has no expert.policy" if run.paper in run.games("selected") else "is not among games"
        refuse("paper", "game", reason=f"is {run.paper!r}, which {reason}")
    changed = [("imitation", "games", name) for name in run.config["imitation"].get("games", {})]
    changed += [(study, "cases", index) for study in STUDIES for index in range(len(run.config[study]["cases"]))]
    for section, key, place in changed:
        spec = run.config[section][key][place]
        name, overrides = spec.get("game", place), spec.get("overrides")
        if not overrides or (name not in used and "python" in run.file(name).declaration):
            continue
        place = section, key, place, "overrides"
        try:
            game = run.file(name).load(**overrides)
        except InputError as error:
            refuse(*place, reason=f"does not fit: {error}")
        if game.known_expert() is None:
            refuse(*place, reason="only a game with expert.policy can have them")
    for study in STUDIES:
        names = [case.get("name", case["game"]) for case in run.config[study]["cases"]]
        for index, name in enumerate(names):
            if name in names[:index]:
                reason = f"is called {name!r}, as is another before it: names must differ"
                refuse(study, "cases", index, reason=reason)
    for index, case in enumerate(run.config["rewards"]["cases"]):
        file, place = run.file(case["game"]), ("rewards", "cases", index)
        if case.get("features") == "declared" and "features" not in file.declaration:
            refuse(*place, "features", reason=f"is declared, but {file.path} declares none")
        try:
            file.load(**{**case.get("overrides", {}), **case["changed"]})
        except InputError as error:
            refuse(*place, "changed", reason=f"does not fit: {error}")
    for index, name in enumerate(run.games("studied")):
        if None in run.file(name).lipschitz():
            reason = f"is {name!r}, which declares no lipschitz constants"
            refuse("theory", "frontier", "games", index, reason=reason)
    for index, name in enumerate(run.games("explored")):
        if not run.file(name).knows_its_expert or SWEPT not in run.file(name).parameters:
            refuse("explorer", "games", index, reason=f"is {name!r}, which lacks expert.policy or a parameter {SWEPT}")
    for name, other in run.config.get("comparisons", {}).items():
        if name == other:
            refuse("comparisons", name, reason="is the game itself")
    for name in (SWEPT, "horizon"):
        slider = run.config["explorer"][name]
        if slider["largest"] < slider["smallest"] + slider["step"]:
            refuse("explorer", name, "largest", reason="must be at least one step above its smallest")
    for name in run.games("swept"):
        for _ in games_on_grid(run.file(name), run.config["sweep"]):
            pass
    return unused


def check_data_sets(run: Run, targets: Iterable[str]) -> list[str]:
    """The files of the data sets that are part of the run, or that targets such as report/data/NAME.html ask for.

    Returns:
        What is wrong with the others.
    """
    used = {*run.games("data"), *(name for target in targets for name in re.findall(r"\bdata/(\w+)[./]", target))}
    unused = []
    for path in sorted(DATA_SETS.glob("*.y*ml")):
        try:
            if path.suffix != ".yaml" or not path.stem.isidentifier():
                raise InputError(f"{path}: a data set's file is named NAME.yaml, NAME of letters, digits, underscores")
            file = run.data_set(path.stem)
            if not file.table.is_file():
                file.refuse("trajectories", f"is {file.declaration['trajectories']!r}, but {file.table} is no file")
            bounds_of(file)
            run.data_algorithms(path.stem)
        except InputError as error:
            if path.stem in used:
                raise
            unused.append(str(error))
    return unused


def _check_game(run: Run, path: Path, load: bool) -> None:
    if path.suffix != ".yaml" or not path.stem.isidentifier():
        raise InputError(f"{path}: a game's file is named NAME.yaml, NAME of letters, digits and underscores")
    method = run.file(path.stem).declaration.get("expert", {}).get("solve", {}).get("method")
    if method is not None and method not in SOLVERS:
        raise InputError(f"{path}: expert.solve.method is {method!r}, but must be one of {', '.join(SOLVERS)}")
    if load:
        game = run.file(path.stem).load()
        if run.file(path.stem).is_noisy:
            try:
                game.check_memory()
            except InputError as error:
                raise InputError(f"{path}: {error}") from None


def undrawn_names(run: Run) -> list[str]:
    """A line for each game of the run with names in letters that no font here has."""
    lines = []
    for game in run.games("selected"):
        file = run.file(game)
        names = [*file.declaration.get("states", ()), *file.declaration.get("actions", ())]
        if letters := undrawn("".join(names)):
            lines.append(f"{file.path}: no font here has {letters}; figures show boxes in their place")
    return lines


def check_folders() -> None:
    """Where products go must be writable: a job would find out only after its computation."""
    for folder in map(Path, ("data", "figures", "report", "logs")):
        for place in [folder, *sorted(folder.glob("**/"))]:
            if place.exists() and not os.access(place, os.W_OK):
                raise InputError(f"{place}: cannot be written to; a run needs to write data, figures, report and logs")


def _unknown_names(config: Mapping[str, Any], run: Run) -> Iterator[Problem]:
    """Names in the configuration that no game's file, and no algorithm, bears; and lists that leave nothing to do."""
    imitation = config["imitation"]
    games = {("paper", "game"): config["paper"]["game"], ("crowds", "game"): config["crowds"]["game"]}
    games |= {("imitation", "games", name): name for name in imitation.get("games", {})}
    for study in STUDIES:
        games |= {(study, "cases", index, "game"): case["game"] for index, case in enumerate(config[study]["cases"])}
    biting = config["theory"]["biting"]["games"]
    games |= {("theory", "biting", "games", name): name for name in biting}
    if all([] in grid.values() for grid in biting.values()):
        yield Problem(("theory", "biting", "games"), "leaves every game out: no list of one may be empty")
    for place, names in (
        (("games",), config.get("games", [])),
        (("imitation", "imitated"), imitation.get("imitated", [])),
        (("finite_populations", "games"), config["finite_populations"]["games"]),
        (("queries", "games"), config["queries"]["games"]),
        (("explorer", "games"), config["explorer"]["games"]),
        (("theory", "frontier", "games"), config["theory"]["frontier"]["games"]),
    ):
        games |= {(*place, index): name for index, name in enumerate(names)}
    yield from _unknown(games, run.known, f"{GAMES} has")
    for place, name in games.items():
        if name in run.known and run.file(name).is_noisy:
            yield Problem(place, f"is {name!r}, which has common noise: name it under noise.games")
    noisy = {("noise", "games", index): name for index, name in enumerate(config["noise"]["games"])}
    yield from _unknown(noisy, run.known, f"{GAMES} has")
    for place, name in noisy.items():
        if name in run.known and not run.file(name).is_noisy:
            yield Problem(place, f"is {name!r}, which has no common noise: its file needs the key noise")
    algorithms = {("noise", "algorithms", index): name for index, name in enumerate(config["noise"]["algorithms"])}
    taking = [name for name, entry in ALGORITHMS.items() if "awareness" in inspect.signature(entry.fit).parameters]
    yield from _unknown(algorithms, taking, "the algorithms that take common noise are")
    compared = config.get("comparisons", {})
    for names in (compared, compared.values()):
        named = {("comparisons", game): name for game, name in zip(compared, names, strict=True)}
        yield from _unknown(named, run.known, f"{GAMES} has")
    places = {("imitation",): imitation}
    places |= {("imitation", "games", game): spec for game, spec in imitation.get("games", {}).items()}
    known = {"experiments": list(imitation["experiments"])}
    for key in ("algorithms", "variants", "left_out", "experiments"):
        kind = key if key in known else "algorithms"
        named = {(*place, key, i): name for place, spec in places.items() for i, name in enumerate(spec.get(key, []))}
        yield from _unknown(named, known.get(key, list(ALGORITHMS)), f"the {kind} are")
    shown = {("crowds", "algorithms", index): name for index, name in enumerate(config["crowds"]["algorithms"])}
    yield from _unknown(shown, list(ALGORITHMS), "the algorithms are")
    experiment = {("crowds", "experiment"): config["crowds"]["experiment"]}
    yield from _unknown(experiment, known["experiments"], "the experiments are")


def _unknown(named: Mapping[Place, str], known: list[str], who: str) -> Iterator[Problem]:
    for place, name in named.items():
        if name not in known:
            yield Problem(place, f"is {name!r}, but {who} {', '.join(known) or 'none'}{did_you_mean(name, known)}")


def _at(document: Any, place: Place) -> Any:
    """What stands at a place, or `NOTHING`."""
    for key in place:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    return document


def _shown(file: Path) -> Path:
    """A path as a user writes it: relative, where it lies below the working directory."""
    file = Path(file)
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
