"""How many threads a job may use."""

import os


def bound(threads: int) -> None:
    """Bound the thread pools of XLA and of the linear algebra libraries. Call it before the first computation.

    XLA sizes its CPU pool once, when JAX first computes, from PJRT_NPROC or else from all cores; eight jobs that each
    take all cores get in each other's way.
    """
    for variable in ("PJRT_NPROC", "NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(threads)
