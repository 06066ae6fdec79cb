"""The workflow as its users run it, for the tests that do."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workflow.lib.compilation import QUICK, UNOPTIMIZED

REPOSITORY = Path(__file__).parents[1]
SMOKE = ("--configfile", "config/smoke.yaml")


def call(folder: Path, *arguments: str, cores: int = 2) -> dict:
    """What `subprocess` is to do for Snakemake in a folder, with that folder's own library and this environment."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    if environment.get("XLA_FLAGS") == f"{QUICK} {UNOPTIMIZED}":  # the tests' own: the run asks for what it needs
        del environment["XLA_FLAGS"]
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
    return {"args": command, "cwd": folder, "env": environment, "text": True}


def snakemake(folder: Path, *arguments: str, cores: int = 2, check: bool = True) -> subprocess.CompletedProcess:
    """Run Snakemake in a folder; with `check` it must succeed."""
    done = subprocess.run(**call(folder, *arguments, cores=cores), capture_output=True, timeout=900)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def copy(target: Path) -> Path:
    """What the repository holds, without environments, caches and products."""

    def left_out(folder, names):
        products = {"data", "figures", "report", "logs"} if Path(folder) == REPOSITORY else set()
        return [name for name in names if name in products or name.startswith(".") or name == "__pycache__"]

    return Path(shutil.copytree(REPOSITORY, target, ignore=left_out))


def digests(folder: Path) -> dict[str, str]:
    files = [file for place in ("data", "figures", "report") for file in sorted((folder / place).rglob("*"))]
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}
