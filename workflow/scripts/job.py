"""What every script does first."""

import os
import sys

from mfg_imitation.errors import InputError
from mfg_imitation.threads import bound


def begin(snakemake) -> None:
    """Send what the job says to its log, cut a user's mistake down to its one line, bound the threads."""
    with open(snakemake.log[0], "wb") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    sys.excepthook = _report
    bound(snakemake.threads)


def _report(kind, error, trace) -> None:
    if issubclass(kind, InputError):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)
