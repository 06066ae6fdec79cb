"""A data set as its users have it: one file and one command make the page; what is wrong is one line."""

import pandas as pd
import pytest
import yaml
from trajectory_tables import rows_of
from workflow_runs import SMOKE, copy, digests, snakemake

import mfg_imitation as mfg
from mfg_imitation.data.declaration import TABLES
from mfg_imitation.io.tables import read_table

pytestmark = pytest.mark.slow

TITLE = "<script>alert(1)</script> *two* `words` $5"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the repository with a data set, and the page of it."""
    folder = copy(tmp_path_factory.mktemp("data") / "repository")
    game = mfg.load_game(folder / "config/games/sis.yaml", horizon=5, infection=0.6)
    drawn = mfg.sample_demonstrations(game, 0.8 * game.uniform_policy() + 0.2 * game.uniform_policy()[:, ::-1], 200, 0)
    table = rows_of(game, drawn, [5, 3] * 100).rename(columns={"trajectory": "qui", "step": "jour", "action": "acte"})
    table["qui"] = "<b>" + table["qui"].astype(str) + "</b>"
    table.to_csv(folder / "config/data/mine.csv.gz", index=False)
    said = {
        "title": TITLE,
        "source": "a test",
        "trajectories": "mine.csv.gz",
        "columns": {"trajectory": "qui", "step": "jour", "action": "acte"},
        "game": "sis",
        "overrides": {"horizon": 5},
        "unequal": "censor",
        "estimate": ["infection"],
        "algorithms": ["bc", "likelihood"],
        "resamples": 20,
    }
    (folder / "config/data/mine.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    snakemake(folder, "report/data/mine.html", *SMOKE)
    return folder


def test_one_file_and_one_command_make_the_page(folder):
    page = (folder / "report/data/mine.html").read_text(encoding="utf-8")
    assert page.count('<svg role="img"') == 3 and "Traceback" not in page
    assert "<script>alert" not in page and "100 of 200 trajectories end before the horizon" in page
    for name in TABLES:
        assert (folder / f"data/tables/data/mine/{name}.csv").is_file()
        assert (folder / f"report/tables/data/mine/{name}.csv").is_file()
    rate = read_table(folder / "data/tables/data/mine/parameters.csv").iloc[0]
    assert rate["low"] < 0.6 < rate["high"]


def test_a_second_run_does_nothing_and_the_same_run_makes_the_same_bytes(folder):
    before = digests(folder)
    assert "Nothing to be done" in snakemake(folder, "report/data/mine.html", *SMOKE).stderr
    snakemake(folder, "report/data/mine.html", *SMOKE, "--forcerun", "data_set")
    assert digests(folder) == before


def test_a_wrong_row_is_one_line(folder):
    file = folder / "config/data/mine.csv.gz"
    table = pd.read_csv(file)
    table.assign(state=table["state"].replace("infected", "dead")).to_csv(file, index=False)
    done = snakemake(folder, "report/data/mine.html", *SMOKE, check=False)
    (line,) = [line for line in done.stderr.splitlines() if "is no state of the game" in line]
    assert line.startswith("config/data/mine.csv.gz: row ") and "Traceback" not in done.stderr
    assert done.returncode == 1
