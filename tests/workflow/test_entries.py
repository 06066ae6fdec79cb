"""One new file is all that an algorithm, a proxy, a family or a figure needs: the rest of the product follows."""

import re
import shutil
import subprocess
import sys

import pytest
from workflow_runs import REPOSITORY, SMOKE, copy, snakemake

from mfg_imitation.io.tables import read_table

pytestmark = pytest.mark.slow

#: The README's example of an algorithm.
ALGORITHM = re.search(r"^```python\n(# src.*?)^```$", (REPOSITORY / "README.md").read_text("utf-8"), re.M | re.S)[1]

PROXY = r'''"""The error at the first step."""

import jax.numpy as jnp

from mfg_imitation.engine.proxies.proxy import proxy


@proxy(
    "first_step",
    "first-step error",
    summary="compares the occupancies of the first step",
    formula=r"\|\rho^{E,E}_0 - \rho^{\pi,\pi}_0\|_1",
    where="ours",
)
def first_step(comparison):
    return jnp.abs(comparison.expert[0] - comparison.own[0]).sum()
'''

FAMILY = '''"""Two places, one of them crowded."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from mfg_imitation.games.families.family import Family, Parameter, family


@family("two_places")
class TwoPlaces(Family):
    """Whoever moves changes places; a crowd costs everyone in it."""

    parameters: ClassVar = {"cost": Parameter(1.0, "what a full place costs, at every step", minimum=0)}

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    cost: Float[Array, ""]

    def __init__(self, *, horizon, cost):
        self.states = ("here", "there")
        self.actions = ("stay", "move")
        self.horizon = horizon
        self.initial = jnp.asarray([1.0, 0.0])
        self.successors = jnp.asarray([[[0], [1]], [[1], [0]]])
        self.cost = jnp.asarray(cost)

    def probabilities(self, n, mu):
        return jnp.ones((2, 2, 1))

    def reward(self, n, mu):
        return jnp.broadcast_to(-self.cost * mu[:, None], (2, 2))
'''

GAME = """title: Two places
source: a test
family: two_places
horizon: 4
expert:
  solve: {iterations: 2000, tolerance: 0.01}
"""

FIGURE = '''"""How many fits there are."""

import matplotlib.pyplot as plt

from mfg_imitation.figures.registry import figure


@figure("imitation/how_many", tables=("imitators",), caption="Rows of imitators.csv.", alt="how many fits there are")
def how_many(imitators):
    drawing, axes = plt.subplots()
    imitators["algorithm"].value_counts().plot.barh(ax=axes)
    return drawing
'''

FILES = {
    "src/mfg_imitation/imitation/cautious.py": ALGORITHM,
    "src/mfg_imitation/engine/proxies/first_step.py": PROXY,
    "src/mfg_imitation/games/families/two_places.py": FAMILY,
    "config/games/two_places.yaml": GAME,
    "src/mfg_imitation/figures/how_many.py": FIGURE,
}


@pytest.fixture(scope="module")
def run(smoke, tmp_path_factory):
    """A copy of the repository with the files, in which what shows them has been made."""
    folder = copy(tmp_path_factory.mktemp("entries") / "repository")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    targets = ["imitation", "paper", "report/games/two_places.html"]
    snakemake(folder, *targets, *SMOKE, "--config", 'games=["attractor", "two_places"]')
    shutil.copytree(REPOSITORY / "data/reference", folder / "data/reference")  # README's findings are of it
    command = [sys.executable, "-m", "workflow.lib.docs"]
    subprocess.run(command, cwd=folder, env={"PYTHONPATH": f"{folder / 'src'}"}, check=True, timeout=120)
    return folder


def text(file):
    return file.read_text(encoding="utf-8")


def test_an_algorithm_is_one_file(run):
    fits = read_table(run / "data/tables/imitators.csv")
    assert set(fits.loc[fits["algorithm"] == "cautious", "game"]) == {"attractor", "two_places"}
    rows = fits.set_index(["game", "experiment", "demonstrations", "algorithm"])["nash_imitation_gap"].unstack()
    assert (rows["cautious"] >= 0).all() and (rows["cautious"] != rows["bc"]).any()
    assert "cautious BC" in text(run / "report/imitation.html")
    assert "| `cautious` | cautious BC |" in text(run / "README.md")
    assert "cautious BC" in text(run / "figures/games/attractor/imitators.svg")


def test_a_proxy_is_one_file(run):
    assert "first_step" in read_table(run / "data/tables/games/attractor/sweep.csv")
    fits = read_table(run / "data/tables/imitators.csv")
    assert {"first_step", "empirical_first_step"} <= set(fits)
    assert "first-step error" in text(run / "figures/figure_2_nash_imitation_gap.svg")
    assert "compares the occupancies of the first step" in text(run / "report/paper.html")
    assert "| `first_step` | first-step error |" in text(run / "README.md")


def test_a_family_is_one_file(run):
    page = text(run / "report/games/two_places.html")
    assert "Two places" in page and "Traceback" not in page
    assert "#### `two_places`" in text(run / "config/README.md")


def test_a_figure_is_one_file(run):
    for suffix in ("pdf", "png", "svg"):
        assert (run / f"figures/imitation/how_many.{suffix}").stat().st_size > 1000
    planned = snakemake(run, "figures/index.html", *SMOKE, "--dry-run", "--forcerun", "contact_sheet")
    assert "figures/imitation/how_many.svg" in planned.stdout + planned.stderr
    assert 'aria-label="how many fits there are"' in text(run / "report/imitation.html")
