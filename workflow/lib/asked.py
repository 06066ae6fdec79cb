"""What Snakemake was asked for, as pages say it: which pages there will be, and what makes the same again.

The processes that Snakemake starts for its jobs are asked for something else; the first one tells them.
"""

import json
import os
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from workflow.lib.run import Run

#: The environment variable by which a process tells those that it starts.
ANNOUNCED = "MFG_IMITATION_RUN"

#: Pages that are made of no notebook, and the rules that make them: the API reference, and all figures at a glance.
OTHERS = {"api/index": "api", "../figures/index": "figures"}


def told_once(find_out: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was announced to this process; else what it finds out, announced from now on."""
    if ANNOUNCED not in os.environ:
        os.environ[ANNOUNCED] = json.dumps(find_out())
    return json.loads(os.environ[ANNOUNCED])


def pages_there(run: Run, targets: Collection[str]) -> list[str]:
    """The pages of a run that will be there when the targets are made: these, and those on the disk.

    Args:
        run: whose pages.
        targets: names of rules and files, as on the command line; none for all.
    """
    everything = not targets or any(re.search("(?:^|_)(?:all|report)$", target) for target in targets)
    made = {name for name in run.pages() if everything or {name, f"report/{name}.html"} & {*targets}}
    report = Path("report")
    made |= {page for page, rule in OTHERS.items() if everything or rule in targets}
    there = {name for name in (*run.pages(), *OTHERS) if (report / f"{name}.html").is_file()}
    return sorted(f"{name}.html" for name in there | made)


def overlay(files: Sequence[Path | str], values: Mapping[str, Any]) -> str:
    """The options of Snakemake that lay something over config/config.yaml; empty where nothing is.

    Args:
        files: what `--configfile` gave.
        values: what `--config` gave.
    """
    here = Path.cwd()
    shown = [Path(file).resolve() for file in files]
    shown = [str(file.relative_to(here) if file.is_relative_to(here) else file) for file in shown]
    words = ["--configfile", *shown] if shown else []
    words += ["--config", *(f"{key}={json.dumps(value)}" for key, value in values.items())] if values else []
    return shlex.join(words)
