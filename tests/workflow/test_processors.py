"""The numbers elsewhere: XLA kept to the instructions of older processors rounds otherwise, and `verify` passes.

The runs that are compared with are compiled without optimizations, which round otherwise, too.
"""

import platform
import shutil
import subprocess

import pytest
from workflow_runs import SMOKE, copy, snakemake

from workflow.lib.compilation import QUICK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="NOT TESTED: these are x86's"),
]


@pytest.mark.parametrize("instructions", ["SSE4_2", "AVX2"])
def test_a_run_with_other_instructions_agrees_with_the_reference(instructions, smoke, tmp_path, monkeypatch):
    folder = copy(tmp_path / "repository")
    tables = folder / "data" / "tables"
    shutil.copytree(smoke / "data" / "tables", tables)
    subprocess.run(["make", "reference"], cwd=folder, check=True, capture_output=True)
    shutil.rmtree(tables)
    monkeypatch.setenv("XLA_FLAGS", f"{QUICK} --xla_cpu_max_isa={instructions}")  # and optimized
    said = snakemake(folder, "verify", *SMOKE)  # makes the tables that there is a reference of
    report = (folder / "logs/verify/verify.log").read_text(encoding="utf-8") + said.stdout
    assert "cells moved" in report
    same = [file.read_bytes() == (smoke / file.relative_to(folder)).read_bytes() for file in tables.rglob("*.csv")]
    if instructions == "SSE4_2":  # AVX2 may be all that this processor has
        assert not all(same), "the instructions made no difference"
