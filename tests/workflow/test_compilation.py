"""What a run asks of XLA, and what it leaves to the user."""

import os

import pytest
from workflow_runs import REPOSITORY

from workflow.lib import compilation

NAMES = ("JAX_COMPILATION_CACHE_DIR", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "XLA_FLAGS")


@pytest.fixture
def environment(monkeypatch):
    """The process's own, without what `compile_once` sets."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    monkeypatch.setattr(os, "environ", kept)
    return kept


def test_programs_are_shared_and_quickly_compiled(environment, tmp_path):
    compilation.compile_once(tmp_path)
    assert [environment[name] for name in NAMES] == [str(tmp_path), "0", compilation.QUICK]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_has_set_stays(name, environment, tmp_path):
    environment[name] = "the user's"
    compilation.compile_once(tmp_path)
    assert environment[name] == "the user's"


def test_an_xla_that_may_not_know_the_flag_is_not_asked(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(compilation, "version", lambda package: "0.0.1")
    compilation.compile_once(tmp_path)
    assert "XLA_FLAGS" not in environment


def test_the_flag_was_tried_with_the_pinned_xla():
    assert f"jaxlib=={compilation.TRIED} " in (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
