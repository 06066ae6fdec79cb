# The checks that run before any job. A mistake of the user's is one line that names the file, the key, the value and
# what is allowed.
from difflib import get_close_matches

from mfg_imitation import InputError
from mfg_imitation.io.schema import Problem, find_problem
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.names import SWEPT

CONFIG = Path("config/config.yaml")


def stop_on_user_mistake(*checks):
    """Run the checks; a mistake of the user's ends Snakemake with its one line: no traceback, no job.

    The processes that Snakemake starts for its jobs read the Snakefile again: by then all is checked.
    """
    if not workflow.is_main_process:
        return
    try:
        for check in checks:
            check()
    except InputError as error:
        sys.exit(str(error))


def check_syntax():
    """What Snakemake's own reading of the configuration lets pass, or reports without file and line."""
    for file in (CONFIG, *workflow.config_settings.configfiles):
        if not isinstance(read_yaml(shown(file)), dict):
            raise InputError(f"{shown(file)}: must be a mapping of keys to values")


def check_configuration():
    """The configuration against its closed schema, and the games that it names."""
    problem = find_problem(config, read_yaml(Path(workflow.basedir, "workflow/schemas/config.schema.yaml")))
    problem = problem or next(unknown_games(), None)
    if problem is not None:
        raise InputError(f"{origin(problem.path)}: {problem}")


def check_games():
    """Every game's file; for the games of this run, all that the jobs will ask of it on the configured grid."""
    # JAX comes with these: only the process that checks pays for it.
    from mfg_imitation.games.game_file import load_game, read_lipschitz
    from mfg_imitation.studies.slip_paths import games_on_grid
    from mfg_imitation.games.game_file import target_policy

    for file in sorted(GAMES.glob("*.y*ml")):
        if file.suffix != ".yaml" or not file.stem.isidentifier():
            raise InputError(f"{file}: a game's file is named NAME.yaml, NAME of letters, digits and underscores")
        load_game(file)
    paper = config["paper"]["game"]
    if paper not in swept_games():
        reason = "has no expert.policy" if paper in selected_games() else "is not among games"
        raise InputError(f"{origin(('paper', 'game'))}: paper.game is {paper!r}, which {reason}")
    for name in drawn_games():
        overrides = imitation_settings(name).get("overrides")
        if overrides and load_game(GAMES / f"{name}.yaml", **overrides).known_expert() is None:
            where = ("imitation", "games", name, "overrides")
            raise InputError(f"{origin(where)}: {'.'.join(where)}: only a game with expert.policy can have them")
    for index, name in enumerate(config["theory"]["frontier"]["games"]):
        if None in read_lipschitz(GAMES / f"{name}.yaml"):
            key = f"theory.frontier.games[{index}]"
            place = origin(("theory", "frontier", "games", index))
            raise InputError(f"{place}: {key} is {name!r}, which declares no lipschitz constants")
    for index, name in enumerate(config["explorer"]["games"]):
        if "policy" not in declaration(name).get("expert", {}) or SWEPT not in declaration(name).get("parameters", {}):
            place = origin(("explorer", "games", index))
            reason = f"lacks expert.policy or a parameter {SWEPT}"
            raise InputError(f"{place}: explorer.games[{index}] is {name!r}, which {reason}")
    for name in (SWEPT, "horizon"):
        slider = config["explorer"][name]
        if slider["largest"] < slider["smallest"] + slider["step"]:
            place = origin(("explorer", name, "largest"))
            raise InputError(f"{place}: explorer.{name}.largest must be at least one step above its smallest")
    for name in swept_games():
        for _, game in games_on_grid(GAMES / f"{name}.yaml", config["sweep"]):
            target_policy(GAMES / f"{name}.yaml", game)


def check_folders():
    """Where products go must be writable: a job would find out only after its computation."""
    for folder in map(Path, ("data", "figures", "report", "logs")):
        for place in [folder, *sorted(folder.glob("**/"))]:
            if place.exists() and not os.access(place, os.W_OK):
                raise InputError(f"{place}: cannot be written to; a run needs to write data, figures, report and logs")


def unknown_games():
    """Names in the configuration that no file in config/games bears."""
    named = {("paper", "game"): config["paper"]["game"]}
    named |= {("imitation", "games", name): name for name in config["imitation"].get("games", {})}
    named |= {("games", index): name for index, name in enumerate(config.get("games", []))}
    populated = config["finite_populations"]["games"]
    named |= {("finite_populations", "games", index): name for index, name in enumerate(populated)}
    explored = config["explorer"]["games"]
    named |= {("explorer", "games", index): name for index, name in enumerate(explored)}
    studied = config["theory"]["frontier"]["games"]
    named |= {("theory", "frontier", "games", index): name for index, name in enumerate(studied)}
    for path, name in named.items():
        if name not in game_names():
            close = get_close_matches(name, game_names(), n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            yield Problem(path, f"is {name!r}, but {GAMES} has {', '.join(game_names()) or 'no game'}{hint}")


def origin(path):
    """Where the value at a path of the configuration was written: the last layer that has it wins."""
    layers = [("--config", workflow.config_settings.config)]
    layers += [(shown(file), read_yaml(file)) for file in reversed(workflow.config_settings.configfiles)]
    return next((name for name, layer in layers if has(layer, path)), CONFIG)


def has(document, path):
    for key in path:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def shown(file):
    """A path as a user writes it: relative, where it lies below the working directory."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


onstart:
    stop_on_user_mistake(check_folders)
