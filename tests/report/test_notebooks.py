"""Notebooks compute nothing, and run by hand from any folder of the repository with one parameter."""

import ast
import json
import subprocess
import sys

import pytest
from workflow_runs import REPOSITORY

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))

#: What counts, orders or summarises: the library does that, where it is tested.
COMPUTES = {
    *("agg", "aggregate", "apply", "corr", "crosstab", "cumsum", "diff", "groupby", "idxmax", "idxmin", "max", "mean"),
    *("median", "merge", "min", "nlargest", "nsmallest", "pivot", "pivot_table", "quantile", "rank", "sort_values"),
    *("std", "sum", "transform", "unstack", "value_counts", "var"),
}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_notebooks_compute_nothing(notebook):
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    nodes = list(ast.walk(ast.parse(code)))
    called = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert called & COMPUTES == set()
    assert not [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow)]


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_papermill_needs_one_parameter(smoke, tmp_path, folder):
    notebook = "game.ipynb" if folder == "notebooks" else "notebooks/game.ipynb"
    command = [
        sys.executable,
        "-m",
        "papermill",
        notebook,
        str(tmp_path / "out.ipynb"),
        "-p",
        "game",
        "sheltered_attractor",
    ]
    done = subprocess.run(command, cwd=smoke / folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Sheltered attractor" in (tmp_path / "out.ipynb").read_text("utf-8")
