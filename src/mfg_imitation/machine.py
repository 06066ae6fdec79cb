"""What a process computes with: its threads, and JAX's platform and precision."""

import os

from mfg_imitation.errors import InputError, first_line


def bound(threads: int) -> None:
    """Bound the thread pools of XLA and of the linear algebra libraries. Call it before the first computation.

    XLA sizes its CPU pool once, when JAX first computes, from PJRT_NPROC or else from all cores; eight jobs that each
    take all cores get in each other's way.
    """
    for variable in ("PJRT_NPROC", "NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(threads)


#: The environment variable by which a process tells those that it starts what JAX computes with.
ANNOUNCED = "MFG_IMITATION_JAX"


def announce_jax_setup() -> None:
    """Ask for `jax_setup`, and tell the processes that this one starts."""
    os.environ[ANNOUNCED] = jax_setup()


def announced_jax_setup() -> str:
    """What was announced to this process; `jax_setup` where nothing was."""
    return os.environ.get(ANNOUNCED) or jax_setup()


def jax_setup() -> str:
    """What JAX computes on, and in how many bits: "cpu, 64 bits".

    Raises:
        InputError: JAX does not start, because one of its environment variables asks for what is not there.
    """
    try:
        import jax

        return f"{jax.default_backend()}, {64 if jax.config.jax_enable_x64 else 32} bits"
    except (AssertionError, RuntimeError, ValueError) as error:  # JAX's words for a missing device, and a bad value
        asked = [f"{name}={os.environ[name]}" for name in ("JAX_PLATFORMS", "JAX_ENABLE_X64") if name in os.environ]
        raise InputError(
            f"JAX does not start with {' '.join(asked)} ({first_line(error)}); allowed are platforms that this machine "
            "has, as cpu, and for the precision 1 or 0"
        ) from None
