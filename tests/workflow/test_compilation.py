"""What a run asks of XLA, and what it leaves to the user."""

import os
import subprocess
import sys

import pytest
from workflow_runs import REPOSITORY

from workflow.lib import compilation

NAMES = ("JAX_COMPILATION_CACHE_DIR", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "XLA_FLAGS")


@pytest.fixture
def environment(monkeypatch):
    """The process's own, without what the workflow sets."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    monkeypatch.setattr(os, "environ", kept)
    return kept


def test_programs_are_shared(environment, tmp_path):
    compilation.compile_once(tmp_path)
    assert [environment[name] for name in NAMES[:2]] == [str(tmp_path), "0"]


@pytest.mark.parametrize(("optimize", "level"), [(True, []), (False, [compilation.UNOPTIMIZED])])
def test_programs_are_quickly_compiled_and_optimized_if_asked(optimize, level, environment):
    compilation.compile_quickly(optimize)
    assert environment["XLA_FLAGS"].split() == [compilation.QUICK, *level]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_has_set_stays(name, environment, tmp_path):
    environment[name] = "the user's"
    compilation.compile_once(tmp_path)
    compilation.compile_quickly(optimize=False)
    assert environment[name] == "the user's"


def test_an_xla_that_may_not_know_the_flags_is_not_asked(environment, monkeypatch):
    monkeypatch.setattr(compilation, "version", lambda package: "0.0.1")
    compilation.compile_quickly(optimize=False)
    assert "XLA_FLAGS" not in environment


def test_xla_reads_flags_that_are_set_after_jax_is_imported(tmp_path):
    """Whether to optimize stands in the configuration, which is read with the library that imports JAX."""
    code = f"""import os, jax
os.environ["XLA_FLAGS"] = "--xla_dump_to={tmp_path}"
jax.jit(lambda x: x + 1)(1)"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert any(tmp_path.iterdir())


def test_the_flags_were_tried_with_the_pinned_xla():
    assert f"jaxlib=={compilation.TRIED} " in (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
