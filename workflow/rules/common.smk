# What the rules share; all else is in workflow/lib.
sys.path.insert(0, str(ROOT))

# Jobs find workflow/lib and begin with its startup, commands are this environment's, whether or not it was activated, and
# no figure opens a window.
STARTUP = str(ROOT / "workflow" / "lib" / "startup")
os.environ.update(
    MPLBACKEND="agg",
    PATH=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]),
    PYTHONPATH=os.pathsep.join(filter(None, [STARTUP, str(ROOT), os.environ.get("PYTHONPATH", "")])),
)
from workflow.lib.compilation import compile_once, compile_quickly

compile_once(".snakemake/jax")  # before anything imports JAX

from mfg_imitation.errors import InputError
from mfg_imitation.machine import announce_jax_setup, announced_jax_setup


def stop_on_user_mistake(check, *arguments):
    """Run a check; a mistake of the user's ends Snakemake with its one line: no traceback, no job.

    The processes that Snakemake starts for its jobs read the Snakefile again: by then all is checked.
    """
    if not workflow.is_main_process:
        return None
    try:
        return check(*arguments)
    except InputError as error:
        sys.exit(str(error))


from mfg_imitation.claims.claim import CLAIMS
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.figures.registry import FIGURES, entry_of
from mfg_imitation.games.families.family import FAMILIES
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.rewards.method import METHODS
from mfg_imitation.data.declaration import TABLES as DATA_TABLES
from workflow.lib import asked, config_checks, paths
from workflow.lib.library_digest import library_digest, public_modules
from workflow.lib.remembered import remembered
from workflow.lib.run import Run


def layers():
    """The files and values that the configuration is made of."""
    files = [config_checks.CONFIG] * config_checks.CONFIG.is_file() + list(workflow.config_settings.configfiles)
    return config_checks.Layers(workflow.config_settings.config, files)


def start_jax(run):
    """What JAX computes with, asked once: jobs, which may be elsewhere, are told. By this XLA's flags are read."""
    compile_quickly(run.optimized)
    stop_on_user_mistake(announce_jax_setup)
    return announced_jax_setup() + ", not optimized" * (not run.optimized)


def check_layers():
    """What Snakemake's own reading of the configuration lets pass, or reports without file and line."""
    stop_on_user_mistake(layers)


def check_run(run):
    """The configuration, and the games of this run."""
    told = stop_on_user_mistake(layers)
    stop_on_user_mistake(config_checks.check_configuration, run.config, told)
    for problem in stop_on_user_mistake(remembered, lambda: config_checks.check_games(run, told), run.config) or []:
        print(f"{problem}; this run does not use it", file=sys.stderr)
    # Snakemake itself says what is asked for only after this.
    for problem in stop_on_user_mistake(config_checks.check_data_sets, run, sys.argv[1:]) or []:
        print(f"{problem}; this run does not use it", file=sys.stderr)
    for warning in stop_on_user_mistake(config_checks.undrawn_names, run) or []:
        print(warning, file=sys.stderr)


def look_for_jobs_when_one_ends():
    """Take Snakemake's limit of 100 jobs a second away, unless the user has set another.

    For it Snakemake leaves a timer behind whenever it looks for jobs, at whose end it looks again, and leaves another:
    after n jobs it looks n times a second.
    """
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


onstart:
    stop_on_user_mistake(config_checks.check_folders)
    look_for_jobs_when_one_ends()


#: What the template of the pages is made of, beside its frame.
PAGE_PARTS = ("page.css", "page.js", "explorer.js", "crowd.js")


def own(path):
    """A file of the workflow's own, as a path from the folder of the run where it lies below that."""
    file = ROOT / path
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def shown(file, category, **labels):
    """A product that Snakemake's own report shows, with the caption among its rule's parameters."""
    return report(file, caption="../report/item.rst", category=category, labels=labels)


def script_digest(name, *modules):
    """The digest of a rule's script, see `library_digest`, and what it computes with: another of either is a rerun."""
    return f"{library_digest(f'workflow/scripts/{name}.py', *modules)} ({JAX_SETUP})"


def modules_of(registry):
    """The modules of all entries of a registry."""
    return sorted({registry.module(name) for name in registry})


def family_modules(file):
    """The module of the family that a game's file names; none, if it names none."""
    family = file.declaration.get("family")
    return [FAMILIES.module(family)] if family in FAMILIES else []


def game_modules(game):
    """The modules behind a game: of its family and of the methods that may look for its expert."""
    return [*modules_of(SOLVERS), *family_modules(RUN.file(game))]


def data_modules(data_set):
    """The modules behind a data set: of its game's family, and of the algorithms that are fitted."""
    game = RUN.data_set(data_set).game
    algorithms = map(ALGORITHMS.module, RUN.data_algorithms(data_set))
    return [*algorithms, *(family_modules(game) if game is not None else [])]


def asked_for():
    """What this run was asked for, see `workflow.lib.asked`; Snakemake knows its targets only when jobs are sought."""
    settings = workflow.config_settings
    return asked.told_once(
        lambda: {
            "there": asked.pages_there(RUN, workflow.dag_settings.targets),
            "overlay": asked.overlay(settings.configfiles, settings.config),
        }
    )
