"""Which modules are behind which rule: an edit reruns these rules and no others."""

import json

import pytest

from mfg_imitation.imitation.algorithm import ALGORITHMS
from workflow.lib import library_digest
from workflow.lib.library_digest import ROOT, modules_behind

SCRIPTS = sorted(file.stem for file in (ROOT / "workflow/scripts").glob("*.py"))


def uses(script: str, *entries: str) -> set[str]:
    return {name.removeprefix("mfg_imitation.") for name in modules_behind(f"workflow/scripts/{script}.py", *entries)}


#: The scripts that look for equilibria.
SOLVING = {"expert", "biting_games", "transfer", "common_noise"}


@pytest.mark.parametrize(
    ("module", "users", "others"),
    [
        ("claims.section_5_observations", set(), {"sweep", "properties", "figure", "expert"}),
        ("claims.claim", {"scorecard", "theorems"}, {"sweep", "properties", "figure", "expert"}),
        ("engine.control", {"properties", "game_summary"}, {"fit", "sweep", "figure", "expert", "frontier"}),
        ("engine.gaps", {"sweep", "expert", "properties", "fit", "frontier"}, {"figure", "gather", "scorecard"}),
        (
            "engine.proxies.bc",
            {"sweep", "fit", "frontier", "random_games", "proxies"},
            {"figure", "expert", "scorecard"},
        ),
        ("theory.worst_policy", {"frontier"}, {"random_games", "tightness", "sweep", "theorems"}),
        ("theory.frontier_growth", {"theorems"}, {"frontier", "random_games", "scorecard"}),
        (
            "theory.proof_steps",
            {"random_games", "biting_games", "noisy_games"},
            {"tightness", "frontier", "sweep", "theorems"},
        ),
        ("equilibria.solve", SOLVING, {*SCRIPTS} - SOLVING),
        ("figures.save", {"figure"}, {"sweep", "scorecard", "expert"}),
        ("studies.experiment", {"fit", "demonstrations"}, {"imitators", "sweep", "finite_populations", "figure"}),
        ("errors", {*SCRIPTS} - {"page"}, set()),
    ],
)
def test_an_edited_module_reruns_the_rules_that_use_it(module, users, others):
    found = {script for script in SCRIPTS if module in uses(script)}
    assert users <= found and not others & found, found


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_fit_depends_on_its_own_algorithm_only(name):
    found = uses("fit", ALGORITHMS.module(name))
    entries = {ALGORITHMS.module(other).removeprefix("mfg_imitation.") for other in ALGORITHMS}
    own = {module.removeprefix("mfg_imitation.") for module in library_digest._closure({ALGORITHMS.module(name)})}
    assert entries & found == entries & own
    assert "imitation.linear_program" not in uses("fit", ALGORITHMS.module("bc"))


def test_figures_never_import_jax_or_the_engine():
    found = uses("figure", "mfg_imitation.figures.sweep")
    assert not {name for name in found if name.split(".")[0] in ("engine", "imitation", "equilibria", "theory")}


def test_notebooks_and_packages_count(tmp_path):
    found = modules_behind("notebooks/theory.ipynb")
    assert {"mfg_imitation.report.cells", "mfg_imitation.report", "mfg_imitation"} <= found
    book = tmp_path / "book.ipynb"
    cell = {"cell_type": "code", "source": ["def f():\n", "    from mfg_imitation.theory import bounds\n"]}
    book.write_text(json.dumps({"cells": [cell, {"cell_type": "markdown", "source": ["import mfg_imitation.io"]}]}))
    found = modules_behind(str(book))
    assert "mfg_imitation.theory.bounds" in found and "mfg_imitation.studies" not in found


def test_a_digest_follows_what_its_files_hold(monkeypatch):
    before = library_digest.library_digest("workflow/scripts/scorecard.py")
    assert before == library_digest.library_digest("workflow/scripts/scorecard.py")
    real = library_digest._file
    monkeypatch.setattr(
        library_digest, "_file", lambda name: real("mfg_imitation.names" if name.endswith("claim") else name)
    )
    assert before != library_digest.library_digest("workflow/scripts/scorecard.py")
