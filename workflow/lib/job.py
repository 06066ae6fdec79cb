"""What every script does first."""

import atexit
import errno
import os
import sys
from collections.abc import Iterable

from mfg_imitation.errors import InputError
from mfg_imitation.machine import bound
from workflow.lib.digests import check, record

#: What the disk, not the program, is to blame for.
OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}


def begin(snakemake, checked: Iterable[str] | None = None) -> None:
    """Send what the job says to its log, cut what a user can mend down to one line, bound the threads.

    Damaged inputs are refused here, or what is to be `checked` in their place; at the end, what the job wrote is noted
    for those that read it.
    """
    terminal = os.dup(2)
    with open(snakemake.log[0], "wb") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)

    def report(kind, error, trace) -> None:
        if issubclass(kind, OSError) and error.errno in OF_THE_DISK:  # which may not take the log, either
            os.write(terminal, f"{error.filename or snakemake.output[0]}: {error.strerror}\n".encode())
        elif issubclass(kind, InputError):
            print(error, file=sys.stderr)
        else:
            sys.__excepthook__(kind, error, trace)

    def end() -> None:
        try:
            record(snakemake.output)
        except OSError as error:
            report(type(error), error, None)
            os._exit(1)  # an exception here would leave the exit status 0

    sys.excepthook = report
    bound(snakemake.threads)
    check(snakemake.input if checked is None else checked)
    atexit.register(end)
