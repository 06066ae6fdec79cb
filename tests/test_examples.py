"""Every public function has an example, and what it says is so; the report's API pages show them."""

import doctest
import inspect
import os
from pathlib import Path

import pytest

import mfg_imitation as mfg
from workflow.lib.examples import BEGINNING, examples

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = examples(REPOSITORY / "docs/examples.md")


def test_every_public_function_has_an_example():
    functions = {name for name in mfg.__all__ if inspect.isfunction(inspect.unwrap(getattr(mfg, name)))}
    assert functions <= set(EXAMPLES) <= {*mfg.__all__, BEGINNING}


@pytest.fixture(scope="module")
def beginning():
    """The names that all examples begin with."""
    names = {}
    for example in doctest.DocTestParser().get_examples(EXAMPLES[BEGINNING]):
        exec(example.source, names)
    return names


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != BEGINNING])
def test_examples_are_true(name, beginning, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], dict(beginning), name, "docs/examples.md", 0)
    said = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert result.attempted and not result.failed, "".join(said)
    assert os.getcwd() == str(REPOSITORY)
