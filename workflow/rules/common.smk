# Helpers only: what the rules share.
import ast
import hashlib
import importlib.metadata
import json
import os
import sys
from functools import cache
from pathlib import Path

import mfg_imitation
from mfg_imitation.games.declaration import read_declaration
from mfg_imitation.names import GAPS

GAMES = Path("config/games")
LIBRARY = Path(mfg_imitation.__file__).parent
SCRIPTS = Path(workflow.basedir, "workflow/scripts")
NOTEBOOKS = Path(workflow.basedir, "notebooks")
PAGE = multiext("workflow/report/page/", "conf.json", "index.html.j2")
THEORY_FIGURES = ("verification", "tightness", "regime", "frontier")
#: The pages that every page leads to, from the report's folder; the games' pages are on the first.
PAGES = {
    "index.html": "Start",
    "paper.html": "Paper",
    "theory.html": "Theory",
    "imitation.html": "Imitation",
    "explorer.html": "Explorer",
}
ENVIRONMENT = "../envs/mfg-imitation.yaml"

# The commands of shell rules are this environment's, whether or not it was activated.
os.environ.update(PATH=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
# Jobs share what XLA has compiled. Entries carry a checksum: JAX passes over a damaged one, warns and compiles.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", os.path.abspath(".snakemake/jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")  # hundreds of small ones add up


def game_names():
    """Every game there is: the files are the register."""
    return sorted(file.stem for file in GAMES.glob("*.yaml"))


def selected_games():
    """The games of this run: those that the configuration lists, else all."""
    return config.get("games", game_names())


@cache
def declaration(game):
    """What a game's file says."""
    return read_declaration(GAMES / f"{game}.yaml")


def swept_games():
    """The games of this run whose expert is known in closed form, and so at every point of the grid."""
    return [game for game in selected_games() if "policy" in declaration(game).get("expert", {})]


def drawn_games():
    """The games of this run that are declared state by state and small enough to draw."""
    return [game for game in selected_games() if len(declaration(game).get("states", [])) in range(1, 9)]


def further_games():
    """The swept games of this run that are not the paper's."""
    return [game for game in swept_games() if game != lookup(dpath="paper/game", within=config)]


def made_with():
    """What made the report, for the foot of every page; nothing that differs from run to run."""
    packages = ("mfg-imitation", "jax", "numpy", "scipy", "pandas", "matplotlib", "snakemake")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]
    return f"Made with {versions}. Configuration {digest}, seed {config['seed']}."


def imitation_settings(game):
    """The experiments of one game: what all games share, and what the configuration changes for this one."""
    common = {key: value for key, value in config["imitation"].items() if key not in ("games", "resamples")}
    return common | config["imitation"].get("games", {}).get(game, {})


def referenced_tables():
    """The tables of which data/reference keeps what they held when this was published."""
    folder = Path("data/reference")
    return sorted(file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob("*.csv"))


def library_digest(*scripts):
    """Digest of the modules of ours that scripts or notebooks import, directly or through one another.

    Snakemake watches a rule's script, but not what that imports. As a parameter of the rule, the digest makes an
    edit of a module rerun exactly the rules that use it.
    """
    files, waiting = set(), set().union(*(imported_modules(Path(workflow.basedir, script)) for script in scripts))
    while waiting:
        files.add(file := waiting.pop())
        waiting |= imported_modules(file) - files
    # Importing a.b.c executes a/__init__.py and a/b/__init__.py, too: they count, the names they re-export do not.
    packages = {folder / "__init__.py" for file in files for folder in file.parents}
    files |= {file for file in packages if file.is_relative_to(LIBRARY)}
    digests = sorted((file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files)
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:16]


@cache
def imported_modules(file):
    """The modules of the library, and of the folders of scripts and notebooks, that one file names in its imports."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = (cell["source"] for cell in json.loads(source)["cells"] if cell["cell_type"] == "code")
        lines = "\n".join("".join(cell) for cell in cells).splitlines()
        source = "\n".join(line for line in lines if not line.startswith(("%", "!")))
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {module_file(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules |= {module_file(f"{node.module}.{alias.name}") or module_file(node.module) for alias in node.names}
    return modules - {None}


def module_file(name):
    """The file of a module of ours; None for every other name."""
    folders = [LIBRARY.parent] if name.split(".")[0] == LIBRARY.name else [SCRIPTS, NOTEBOOKS]
    stems = [folder.joinpath(*name.split(".")) for folder in folders]
    candidates = [path for stem in stems for path in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py")]
    return next((file for file in candidates if file.is_file()), None)
