"""The way of the data: a module of the library imports only from its left."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "src" / "mfg_imitation"
PACKAGE = LIBRARY.name

#: From left to right; modules of one line do not see one another. A package's name stands for its `__init__`.
ORDER = [
    "errors imitation threads",
    "checks comparison notation schema summary tables",
    "style",
    "game games.declaration",
    "games.expressions games.families.family",
    "games.families.crowd_walk",
    "games.families.grid_crowd",
    "games.families.beach_bar games.families.evacuation games.families.linear_quadratic games.families.random_garnet",
    "games.families",
    "games.declared games.imported",
    "games games.files",
    "flow simulation",
    "value",
    "demonstrations proxy solvers",
    "polish saddle",
    "bounds cloning control demonstration_files empirical_gap equilibrium lemmas lipschitz",
    "mfc_adversary",
    "mfc_sampled vanilla",
    "storage verification worst_game",
    "sweep",
    "curves explorer frontier properties tightness",
    "scorecard theorems",
    "diagram plotting portrait",
    "experiments finite_populations flow_figure game_figures imitation_figures theory_figures",
]
PLACE = {module: place for place, line in enumerate(ORDER) for module in line.split()}

#: What the library may never see: the workflow that runs it, and how its products are narrated.
FOREIGN = {"snakemake", "papermill", "IPython", "jupyter", "workflow", "job"}


def modules(library: Path) -> dict[str, Path]:
    """Name inside the package -> file; the package's own `__init__` is left out: it gathers what users import."""
    files = {}
    for file in sorted(library.rglob("*.py")):
        parts = file.relative_to(library).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name:
            files[name] = file
    return files


def imports(file: Path, name: str, known: set[str]) -> set[str]:
    """Everything a file imports; modules of the package by their name inside it, others by their root."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: line {node.lineno}: imports are written in full"
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            root, _, inside = target.partition(".")
            while root == PACKAGE and inside and inside not in known:
                inside = inside.rpartition(".")[0]  # a name defined in a module: the module
            found.add((inside or PACKAGE) if root == PACKAGE else root)
    return found


def violations(library: Path) -> list[str]:
    files = modules(library)
    wrong = [f"{name} has no place in ORDER" for name in files if name not in PLACE]
    for name, file in files.items():
        for target in sorted(imports(file, name, set(files))):
            if target in FOREIGN or target == PACKAGE:
                wrong.append(f"{name} imports {target}")
            elif target in files and name in PLACE and PLACE.get(target, len(ORDER)) >= PLACE[name]:
                wrong.append(f"{name} imports {target}, which is not on its left")
    return wrong


def test_every_arrow_runs_from_left_to_right():
    assert violations(LIBRARY) == []


def test_order_names_only_modules_that_exist():
    assert set(PLACE) <= set(modules(LIBRARY))
    assert sum(len(line.split()) for line in ORDER) == len(PLACE)


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("flow", "from mfg_imitation.value import gaps", "flow imports value, which is not on its left"),
        ("flow", "import mfg_imitation.sweep", "flow imports sweep, which is not on its left"),
        ("flow", "from mfg_imitation import sweep", "flow imports sweep, which is not on its left"),
        (
            "flow",
            "def f():\n    from mfg_imitation.proxy import proxies",
            "flow imports proxy, which is not on its left",
        ),
        ("flow", "from mfg_imitation import gaps", "flow imports mfg_imitation"),
        ("flow", "import mfg_imitation", "flow imports mfg_imitation"),
        (
            "control",
            "from mfg_imitation.lipschitz import x",
            "control imports lipschitz, which is not on its left",
        ),
        (
            "game",
            "from mfg_imitation.games.files import load_game",
            "game imports games.files, which is not on its left",
        ),
        (
            "games/files",
            "from mfg_imitation.flow import x",
            "games.files imports flow, which is not on its left",
        ),
        ("storage", "import snakemake.script", "storage imports snakemake"),
        ("new_module", "", "new_module has no place in ORDER"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path, module, line, complaint):
    library = tmp_path / PACKAGE
    for name in PLACE:
        copy = library / modules(LIBRARY)[name].relative_to(LIBRARY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    with (library / f"{module}.py").open("a") as file:
        file.write(f"\n{line}\n")
    assert violations(library) == [complaint]
