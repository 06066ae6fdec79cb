"""What several test modules share."""

import os
import site
from pathlib import Path

from workflow.lib.compilation import compile_once, compile_quickly

REPOSITORY = Path(__file__).parents[1]
compile_once(REPOSITORY / ".pytest_cache/jax")  # for all test processes, and for the next tests
compile_quickly(optimize=False)  # test_processors.py looks at whether optimised programs give the same numbers
if "PEERS" in os.environ:  # the packages of `make test-slow` to compare with, behind this environment's own
    site.addsitedir(os.environ["PEERS"])

import jax  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402
from workflow_runs import SMOKE, copy, snakemake  # noqa: E402

import mfg_imitation as mfg  # noqa: E402
import workflow.lib.startup.sitecustomize  # noqa: E402, F401


@pytest.fixture(scope="module", autouse=True)
def forget_compiled_programs():
    """A process that keeps every program of every module it has tested runs out of memory maps: XLA then crashes."""
    yield
    jax.clear_caches()


@pytest.fixture(scope="session")
def game_files() -> Path:
    """The folder of the games that the repository ships."""
    return REPOSITORY / "config" / "games"


@pytest.fixture(scope="session")
def attractor(game_files) -> mfg.Game:
    """The paper's game, short."""
    return mfg.load_game(game_files / "attractor.yaml", horizon=4, transition_lipschitz=1.5)


@pytest.fixture
def rng() -> np.random.Generator:
    """One seed for all: a test that passes today passes tomorrow."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def draw_policies():
    """(generator, game, batch...) -> random policies [batch..., H, S, A]."""

    def draw(rng, game, *batch):
        horizon, n_states, n_actions = game.policy_shape
        return rng.dirichlet(np.ones(n_actions), (*batch, horizon, n_states))

    return draw


@pytest.fixture(scope="session")
def one_line():
    """Call a function that must raise `InputError`; its message, which must be one line without a memory address."""

    def message(function, *args, **kwargs) -> str:
        with pytest.raises(mfg.InputError) as caught:
            function(*args, **kwargs)
        text = str(caught.value)
        assert text and text.splitlines() == [text]
        assert "object at 0x" not in text
        return text

    return message


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items):
    """What looks at the smoke run is slow: that run takes minutes.

    The longest files come first, so that both processes end together; what makes the smoke run before what looks at it,
    so that none waits for it.
    """
    for item in items:
        if "smoke" in item.fixturenames:
            item.add_marker("slow")
    first = ["test_slurm", "test_faults", "test_processors", "test_entries", "test_workflow", "test_imported"]
    first += ["test_config_readme", "test_empirical_gap", "test_types", "test_worst_policy"]
    items.sort(key=lambda item: first.index(item.path.stem) if item.path.stem in first else len(first))


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=6, help="how often the test of killed runs kills its run")


@pytest.fixture(scope="session")
def smoke(tmp_path_factory, worker_id) -> Path:
    """A copy of the repository in which the smoke configuration has been run, once for all workers; nobody edits it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "smoke" / "repository"
    done = folder.with_name("done")
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_name("lock")):
        if not done.exists():
            snakemake(copy(folder), *SMOKE)
            done.touch()
    return folder
