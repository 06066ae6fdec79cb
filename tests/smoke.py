"""How tests run the workflow: in copies of the repository, with that copy's own library."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SMOKE = ("--configfile", "config/smoke.yaml")


def snakemake(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    """Run Snakemake in a folder, with that folder's own library and this environment's programs."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def copy(target: Path) -> Path:
    """What the repository holds, without environments, caches and products."""

    def left_out(folder, names):
        products = {"data", "figures", "report", "logs"} if Path(folder) == REPOSITORY else set()
        return [name for name in names if name in products or name.startswith(".") or name == "__pycache__"]

    return Path(shutil.copytree(REPOSITORY, target, ignore=left_out))
