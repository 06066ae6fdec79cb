"""What a run survives: kills, damaged files, a full or read-only disk, a second run beside it, no network, no fonts."""

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from workflow_runs import call, copy, digests, snakemake

#: One game, few points: every kind of file in half a minute.
TINY = """
games: [attractor]
sweep:
  transition_lipschitz: [1]
  horizon: [4]
  alpha: {linear: 5, smallest: 1.0e-2, logarithmic: 3, resolution: 0.5}
social_optimum: {starts: 1, iterations: 20}
imitation:
  {algorithms: [bc, vanilla_adv, mfc_adv], demonstrations: [10], seeds: 2, iterations: 10, resamples: 10,
   games: {attractor: {}}}
finite_populations: {games: [attractor]}
"""
TARGETS = (
    "figure_2",
    "data/experts/attractor.npz",
    "data/demonstrations/attractor.npz",
    "data/tables/scorecard.csv",
    "data/tables/games/attractor/imitators.csv",
    "data/tables/games/attractor/summary.csv",
    "report/paper.html",
)
ARGUMENTS = (*TARGETS, "--configfile", "config/smoke.yaml", "tiny.yaml")

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: mounting a small disk takes root")


def prepared(folder: Path) -> Path:
    copy(folder)
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A folder in which the run went through undisturbed, on eight cores."""
    folder = prepared(tmp_path_factory.mktemp("faults") / "whole")
    snakemake(folder, *ARGUMENTS, cores=8)
    return folder


@pytest.fixture(scope="module")
def expected(whole) -> dict[str, str]:
    return digests(whole)


@pytest.fixture
def finished(whole, tmp_path) -> Path:
    """A copy of what the undisturbed run left, its records included."""
    return shutil.copytree(whole, tmp_path / "finished")


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    """With one bit that is another, in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def refused(folder: Path, *arguments: str) -> str:
    """What a run says that must fail, without a traceback."""
    done = snakemake(folder, *(arguments or ARGUMENTS), check=False)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said, said
    return said


def test_nothing_is_lost_when_it_is_killed(request, expected, tmp_path):
    """At random moments, again and again; what a killed run leaves is whole, and the next one goes on from there."""
    folder, moments = prepared(tmp_path / "killed"), np.random.default_rng(0)
    kills = 0
    while kills < request.config.getoption("--kills"):
        process = subprocess.Popen(
            **call(folder, *ARGUMENTS), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            assert process.wait(moments.uniform(2, 10)) == 0
            for name in ("data", "figures", "report", "logs"):  # done before the kill: from the start
                shutil.rmtree(folder / name)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
            left = {file: digest for file, digest in digests(folder).items() if not file.endswith(".part")}
            assert left.items() <= expected.items(), "no half file"
            if kills == 1:
                snakemake(folder, "--unlock", *ARGUMENTS)
            shutil.rmtree(folder / ".snakemake/locks", ignore_errors=True)  # all that --unlock does, but starts faster
    snakemake(folder, *ARGUMENTS)
    assert digests(folder) == expected


def test_damaged_files_are_refused_by_name(finished, expected):
    damages = {  # what others are made of comes last: it makes them anew
        "figures/figure_2_nash_imitation_gap.svg": cut,
        "data/tables/games/attractor/sweep.csv": flipped,
        "data/experts/attractor.npz": cut,
    }
    for name, damaged in damages.items():
        file = finished / name
        file.write_bytes(damaged(file.read_bytes()))
        assert f"{name}: damaged or altered" in refused(finished)
        file.unlink()
    snakemake(finished, *ARGUMENTS)
    assert digests(finished) == expected


def test_damaged_compiled_programs_are_compiled_again(finished, expected, monkeypatch):
    """A kill can leave half an entry in the cache that jobs share; it costs time, and no result."""
    cache = finished / ".snakemake/jax"
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(cache))  # of its own: that of the tests stays whole
    snakemake(finished, *ARGUMENTS, "--forcerun", "sweep", "game_summary")
    entries = sorted(cache.glob("*-cache"))
    assert len(entries) > 3
    for number, entry in enumerate(entries):
        damaged = flipped if number % 2 else cut
        entry.write_bytes(damaged(entry.read_bytes()))
    snakemake(finished, *ARGUMENTS, "--forcerun", "sweep", "game_summary")
    assert digests(finished) == expected


def test_a_second_run_in_the_folder_is_refused_and_one_core_gives_the_bytes_of_eight(expected, tmp_path):
    folder = prepared(tmp_path / "shared")
    first = subprocess.Popen(**call(folder, *ARGUMENTS, cores=1), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    locks = folder / ".snakemake/locks"
    while not (locks.is_dir() and any(locks.iterdir())):
        assert first.poll() is None
    assert "Directory cannot be locked" in refused(folder)
    said = first.communicate(timeout=900)[0]
    assert first.returncode == 0, said
    assert digests(folder) == expected


def test_another_seed_gives_other_tables(finished, expected):
    target = "data/tables/games/attractor/imitators.csv"  # of noisy labels, too
    snakemake(finished, target, *ARGUMENTS[len(TARGETS) :], "--config", "seed=1")
    assert digests(finished)[target] != expected[target]


@contextmanager
def mounted(place: Path, *options: str):
    subprocess.run(["mount", *options, place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@as_root
def test_a_full_disk_is_said_and_made_good(whole, expected, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # the products fill it
    folder = tmp_path / "small"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=100m", "tmpfs"):
        prepared(folder / "repository")
        used = subprocess.run(["du", "-sk", folder], check=True, capture_output=True, text=True).stdout.split()[0]
        subprocess.run(["mount", "-o", f"remount,size={int(used) + 600}k", folder], check=True)
        assert "No space left on device" in refused(folder / "repository")
        subprocess.run(["mount", "-o", "remount,size=100m", folder], check=True)
        snakemake(folder / "repository", *ARGUMENTS)
        assert digests(folder / "repository") == expected


@as_root
def test_a_read_only_folder_is_said(finished, expected):
    # Of tables that are there and to be made anew Snakemake says by itself that they are write-protected.
    for name in ("scorecard.csv", "certificates.csv", "games/attractor/sweep.csv"):
        (finished / "data/tables" / name).unlink()
    with mounted(finished / "data", "--bind", "-o", "ro", finished / "data"):
        assert "data: cannot be written to" in refused(finished)
    snakemake(finished, *ARGUMENTS)
    assert digests(finished) == expected


@as_root
def test_neither_a_network_nor_a_font_is_needed(finished, expected, tmp_path):
    """In namespaces of its own, which have a loopback device only and an empty folder of fonts."""
    isolated = 'ip link set lo up && mount -t tmpfs tmpfs /usr/share/fonts && exec "$@"'
    settings = call(finished, *ARGUMENTS, "--forcerun", "figure")
    settings["args"] = ["unshare", "--mount", "--net", "sh", "-c", isolated, "sh", *settings["args"]]
    settings["env"]["MPLCONFIGDIR"] = str(tmp_path)  # no memory of the fonts that there were
    done = subprocess.run(**settings, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(finished) == expected
