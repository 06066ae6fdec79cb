"""What JAX computes with, as its environment variables say."""

import os
import subprocess
import sys

import pytest


def said(code: str, **variables: str) -> str:
    """What a fresh process prints."""
    environment = {**os.environ, **variables}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("first", ["jax", "mfg_imitation"])
@pytest.mark.parametrize(("word", "bits"), [("off", 32), ("N", 32), ("yes", 64)])
def test_the_precision_is_read_as_jax_reads_it(first, word, bits):
    code = f"import {first}, mfg_imitation.machine as machine; print(machine.jax_setup())"
    assert said(code, JAX_ENABLE_X64=word, JAX_PLATFORMS="cpu") == f"cpu, {bits} bits"


@pytest.mark.parametrize("variables", [{"JAX_PLATFORMS": "cuda"}, {"JAX_PLATFORMS": "x"}, {"JAX_ENABLE_X64": "maybe"}])
def test_what_jax_cannot_do_is_one_line(variables):
    code = """
from mfg_imitation.machine import InputError, jax_setup
try:
    print(jax_setup())
except InputError as error:
    print(error)
"""
    line = said(code, **variables)
    (asked,) = (f"{name}={value}" for name, value in variables.items())
    if line != "gpu, 64 bits":
        assert line.startswith("JAX does not start with ") and asked in line and len(line.splitlines()) == 1


def test_what_is_announced_is_what_other_processes_hear():
    """A job elsewhere must not decide anew, or what it is of would differ from what the run says."""
    tell = "import mfg_imitation.machine as machine; machine.announce_jax_setup()"
    announced = f"{tell}; print(machine.os.environ[machine.ANNOUNCED])"
    heard = "import mfg_imitation.machine as machine; print(machine.announced_jax_setup())"
    assert said(announced, JAX_PLATFORMS="cpu", JAX_ENABLE_X64="1", MFG_IMITATION_JAX="gpu") == "cpu, 64 bits"
    assert said(heard, JAX_PLATFORMS="cpu", JAX_ENABLE_X64="1", MFG_IMITATION_JAX="gpu, 32 bits") == "gpu, 32 bits"
