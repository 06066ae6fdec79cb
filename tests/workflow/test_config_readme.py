"""config/README.md says what the code does: its example runs as written, and its tables are complete."""

import hashlib
import re
import shlex
from pathlib import Path

import pytest
import yaml
from workflow_runs import copy, snakemake

import mfg_imitation as mfg
from mfg_imitation.equilibria.expert_file import load_equilibrium
from mfg_imitation.equilibria.solver import SOLVERS
from mfg_imitation.games.declaration import load_schema
from mfg_imitation.games.expressions import FUNCTIONS
from mfg_imitation.games.families.family import FAMILIES
from mfg_imitation.imitation.algorithm import ALGORITHMS
from workflow.lib import docs

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "config/README.md").read_text(encoding="utf-8")
PRODUCTS = ("data", "figures", "report", "logs")


def fenced(begin: str) -> str:
    """The one fenced block of the README whose content begins like this."""
    (block,) = [text for text in re.findall(r"^```\w*\n(.*?)^```$", README, re.M | re.S) if text.startswith(begin)]
    return block


GAME = "config/games/commute.yaml"
EXAMPLE = fenced(f"# {GAME}\n")


def contents(folder: Path) -> dict[str, str]:
    """Digests of all files that no run makes."""
    files = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    kept = [f for f in files if f.parts[0] not in PRODUCTS and not {".snakemake", "__pycache__"} & {*f.parts}]
    return {f.as_posix(): hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in kept}


@pytest.mark.slow
def test_the_example_runs_as_written(tmp_path):
    folder = copy(tmp_path / "repository")
    before = contents(folder)
    (folder / GAME).write_text(EXAMPLE, encoding="utf-8")
    program, *arguments = shlex.split(fenced("snakemake").replace("\\\n", " "))
    assert program == "snakemake"
    snakemake(folder, *arguments)

    page = (folder / "report/games/commute.html").read_text(encoding="utf-8")
    figures = ("diagram", "policy", "convergence", "flow", "paths", "imitators", "crowds")
    assert page.count('<svg role="img"') == len(figures), "they are inside the page"
    for figure in figures:
        for suffix in ("pdf", "png", "svg"):
            assert (folder / f"figures/games/commute/{figure}.{suffix}").stat().st_size > 1000
    expert = load_equilibrium(folder / "data/experts/commute.npz")
    assert expert.status == "converged"
    assert expert.exploitability <= yaml.safe_load(EXAMPLE)["expert"]["solve"]["tolerance"]
    leaving = expert.policy[:2, 0, 1]
    assert 0.6 < leaving[0] < 0.9 and 0.6 < leaving[1] < 0.9, "the text says: about three in four, twice"

    after = contents(folder)
    assert {name for name in after if after[name] != before.get(name)} == {GAME}
    assert before.keys() <= after.keys()


def test_the_mistake_is_told_as_shown(tmp_path, monkeypatch, one_line):
    right, wrong = re.search(r"Write `(\S+)` for `(\S+)`", README).groups()[::-1]
    assert EXAMPLE.count(right) == 1
    monkeypatch.chdir(tmp_path)
    Path(GAME).parent.mkdir(parents=True)
    Path(GAME).write_text(EXAMPLE.replace(right, wrong), encoding="utf-8")
    assert one_line(mfg.load_game, GAME) == fenced(f"{GAME}:").strip()


def dotted(schema: dict, place: str = "") -> set[str]:
    """Every key of a schema, with the keys above it; keys that the user names (states, ...) have no place in it."""
    keys = set()
    for name, below in schema.get("properties", {}).items():
        keys |= {place + name} | dotted(below, f"{place}{name}.")
    return keys


@pytest.mark.parametrize("kind", ["declared", "family", "python", "mfglib", "open_spiel"])
def test_every_key_of_a_game_is_explained(kind):
    schema = load_schema("game")["$defs"][kind]
    keys = dotted(schema)
    given = schema["properties"]["parameters"].get("additionalProperties", {})
    keys |= dotted(given, "parameters.NAME.")
    assert not [key for key in sorted(keys) if f"| `{key}` |" not in README]


@pytest.mark.parametrize("file", docs.FILES)
def test_what_follows_from_the_code_is_what_make_docs_writes(file):
    text = (REPOSITORY / file).read_text(encoding="utf-8")
    assert docs.generated(text) == text, "run `make docs`"
    assert text.count("<!-- end -->") >= 2


def test_every_registry_is_in_the_documentation():
    told = "".join((REPOSITORY / file).read_text(encoding="utf-8") for file in docs.FILES)
    for name in (*ALGORITHMS, *FAMILIES, *SOLVERS):
        assert f"`{name}`" in told


def test_every_function_is_named():
    assert not [name for name in FUNCTIONS if f"`{name}(" not in README]
