"""Digests of the code behind a rule, so that an edit of a module reruns exactly the rules that use it.

Snakemake watches a rule's script, but not what that imports. A digest of the modules is a parameter of the rule.
"""

import ast
import hashlib
import json
import sys
from functools import cache
from pathlib import Path

import grimp

import mfg_imitation

#: A package of entries that imports all its modules by itself, because its own definitions need them.
WHOLE = "mfg_imitation.engine.proxies"

LIBRARY = Path(mfg_imitation.__file__).parent
ROOT = Path(__file__).parents[2]


def library_digest(script: str, *modules: str) -> str:
    """Digest of the modules of ours that a script or notebook imports, directly or through one another.

    Args:
        script: path from the folder of the Snakefile.
        modules: further modules that it uses, by their full names: entries that a registry imports by itself.
    """
    names = modules_behind(script, *modules)
    digests = sorted((name, hashlib.sha256(_file(name).read_bytes()).hexdigest()) for name in names)
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:16]


def modules_behind(script: str, *modules: str) -> set[str]:
    """The modules of ours that are behind a script or notebook; see `library_digest` for the arguments."""
    return _closure({*_imported(ROOT / script), *modules})


def public_modules() -> list[str]:
    """The modules that hold the public names, as the package's own file lists them."""
    tree = ast.parse((LIBRARY / "__init__.py").read_text(encoding="utf-8"))
    listed = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "submod_attrs")
    return [f"{LIBRARY.name}.{name}" for name in ast.literal_eval(next(listed))]


@cache
def _graph() -> grimp.ImportGraph:
    """Who imports whom in the library and in workflow/lib."""
    sys.path.insert(0, str(ROOT))
    try:
        return grimp.build_graph("mfg_imitation", "workflow.lib", cache_dir=None)
    finally:
        sys.path.remove(str(ROOT))


def _closure(names: set[str]) -> set[str]:
    """The modules, all that they import, and the packages on the way: importing a.b.c executes a and a.b, too."""
    graph, found, waiting = _graph(), set(), set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        packages = {name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)} & graph.modules
        entries = graph.find_children(name) if name == WHOLE else set()
        waiting |= (graph.find_modules_directly_imported_by(name) | packages | entries) - found
    return found


@cache
def _imported(file: Path) -> frozenset[str]:
    """The modules of ours that one file names in its imports."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(source)["cells"]
        source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    named = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(named & _graph().modules)


def _file(module: str) -> Path:
    folder = ROOT if module.startswith("workflow.") else LIBRARY.parent
    stem = folder.joinpath(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
