"""How XLA compiles the programs of a run: quickly, and each of them once."""

import os
from importlib.metadata import version

#: Most of a small job's time is compilation, which takes two thirds of the time without XLA's fusion emitters.
QUICK = "--xla_cpu_use_fusion_emitters=false"

#: Half the time again, for programs that then take up to ten times as long.
UNOPTIMIZED = "--xla_backend_optimization_level=0"

#: The jaxlib that these were tried with. XLA ends a process over a flag that it does not know.
TRIED = "0.10.2"


def compile_once(folder: str | os.PathLike) -> None:
    """Let this process and those that it starts share in a folder what they have compiled.

    JAX reads this when it is imported. Entries of the folder carry a checksum: JAX passes over a damaged one, warns and
    compiles. What the user has set stays.
    """
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", os.path.abspath(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")  # hundreds of small ones add up


def compile_quickly(optimize: bool = True) -> None:
    """Let this process and those that it starts compile quickly.

    XLA reads this when JAX first computes. What the user has set stays.

    Args:
        optimize: whether what is compiled has to compute quickly, too.
    """
    if version("jaxlib") == TRIED:
        os.environ.setdefault("XLA_FLAGS", QUICK if optimize else f"{QUICK} {UNOPTIMIZED}")
