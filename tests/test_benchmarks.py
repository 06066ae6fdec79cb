"""The benchmarks that need another machine, or a long time, run here on what is small."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

REPOSITORY = Path(__file__).parents[1]


def run(folder, script, *arguments) -> str:
    """What a benchmark prints, run in a folder of its own on the processor."""
    command = [sys.executable, REPOSITORY / "benchmarks" / script, *arguments]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_a_gpu_it_is_one_line_and_no_table(tmp_path):
    device, skipped = run(tmp_path, "accelerator.py").splitlines()
    assert device.startswith("JAX computes on cpu, ") and skipped.startswith("No GPU")
    assert not list(tmp_path.iterdir())


def test_two_devices_are_measured_side_by_side(tmp_path):
    """The processor stands in for the GPU."""
    run(tmp_path, "accelerator.py", "--accelerator", "cpu", "--sizes", "4,3", "--iterations", "2")
    table = pd.read_csv(tmp_path / "data/tables/benchmarks/accelerator.csv")
    assert list(table.states) == [16, 16] and len(set(table.gap)) == 1
    assert (table[["gap_seconds", "mfc_adv_seconds"]] > 0).all(axis=None)


def test_equilibria_are_timed_where_they_are_solved_for(tmp_path):
    """Not where the expert is known, nor where there is common noise."""
    (tmp_path / "config/games").mkdir(parents=True)
    for game in ("attractor", "signal", "stag_hunt"):
        shutil.copy(REPOSITORY / f"config/games/{game}.yaml", tmp_path / "config/games")
    printed = run(tmp_path, "equilibrium.py", "--sides", "2")
    assert re.findall(r"^(.+) \(\d+ numbers\): .*converged$", printed, re.MULTILINE) == ["stag_hunt", "2 x 2"]
    assert "median of 1 games" in printed


def test_the_cuda_wheels_are_of_the_version_that_is_pinned():
    (pinned,) = re.findall(r"^jax==(\S+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE)
    assert f'"jax[cuda12]=={pinned}"' in (REPOSITORY / "README.md").read_text()


@pytest.mark.slow
def test_large_fits_are_measured(tmp_path):
    run(tmp_path, "large_imitation.py", "--sides", "3", "--demonstrations", "20", "40", "--fits", "BC", "likelihood")
    table = pd.read_csv(tmp_path / "data/tables/benchmarks/large_imitation.csv")
    assert list(table.demonstrations) == [40, 40, 20, 20] and (table.gap >= 0).all()
    assert (tmp_path / "figures/benchmarks/large_imitation.png").exists()
